"""The token classifier on ONNX Runtime: pieces of print -> tags of each piece, and tagged runs of characters.

In: the pieces of a page in reading order. Out: the probability of each tag for each piece, and the runs of characters
that are one entity (a figure in a sentence). Trained by `training.labeller`; torch is not needed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.label_tokens import Piece, Spot, Vocabulary, windows
from models.sessions import open_session
from models.weights import network

NAME = "labeller"
"""The name of the weights."""

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters [start, end) of a piece that are one entity, with the probability of its tag (0..1, calibrated)."""

    tag: str
    piece: int
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Labelling:
    """The tags of a page's pieces.

    `pieces` is n x (1 + tags), float32: the mean over a piece's characters, column 0 for no tag; the row of a piece
    without characters is all 0. `runs` are the entities in reading order.
    """

    pieces: Probabilities
    runs: tuple[Run, ...]


class Labeller:
    """The classifier with its vocabulary, loaded once and used for every page."""

    def __init__(self, threads: int = 2, folder: Path | None = None) -> None:
        """Load the weights in use, or `labeller.onnx`, `model.toml` and `vocab.txt` in `folder`. Raises WeightsError.

        `threads` are those of ONNX Runtime.
        """
        path, card = network(NAME, folder)
        self._session = open_session(path, threads)
        self._places = "bbox" in {i.name for i in self._session.get_inputs()}
        self.vocabulary = Vocabulary.read(path.with_name("vocab.txt"))
        self.tags: tuple[str, ...] = tuple(card["tags"])
        self._longest, self._temperature = int(card["longest"]), float(card["temperature"])

    def label(self, pieces: Sequence[Piece]) -> Labelling:
        """Return the tags of the pieces of one page, which are in reading order."""
        found = np.zeros((len(pieces), 1 + len(self.tags)), np.float32)
        counts = np.zeros(len(pieces), np.float32)
        characters: list[_Character] = []
        for window in windows(pieces, self.vocabulary, self._longest):
            inputs = {"input_ids": np.array([window.ids], np.int64)}
            if self._places:
                inputs["bbox"] = np.array([window.boxes], np.int64)
            (logits,) = self._session.run(None, inputs)
            classes = _softmax(np.asarray(logits[0], np.float32) / self._temperature)
            by_tag = np.concatenate([classes[:, :1], classes[:, 1::2] + classes[:, 2::2]], axis=1)
            for spot, row, sums in zip(window.spots, classes, by_tag, strict=True):
                if spot is not None:
                    found[spot.piece] += sums
                    counts[spot.piece] += 1
                    best = int(sums.argmax())
                    begins = best > 0 and bool(row[2 * best - 1] > row[2 * best])
                    characters.append(_Character(spot, best, float(sums[best]), begins))
        found /= np.maximum(counts, 1)[:, None]
        return Labelling(found, tuple(self._runs(characters)))

    def _runs(self, characters: Sequence[_Character]) -> Iterator[Run]:
        """Yield runs of neighbouring characters of one piece with the same likeliest tag, split where a new entity
        begins."""
        run: list[_Character] = []
        for character in characters:
            if run and (character.begins or (character.tag, character.spot.piece) != (run[0].tag, run[0].spot.piece)):
                yield self._run(run)
                run = []
            if character.tag:
                run.append(character)
        if run:
            yield self._run(run)

    def _run(self, run: Sequence[_Character]) -> Run:
        piece, start = run[0].spot
        sure = float(np.mean([character.probability for character in run]))
        return Run(self.tags[run[0].tag - 1], piece, start, run[-1].spot.character + 1, sure)


class _Character(NamedTuple):
    """A character with its likeliest tag (0 for none), the tag's probability, and whether an entity begins with it."""

    spot: Spot
    tag: int
    probability: float
    begins: bool


def _softmax(logits: Probabilities) -> Probabilities:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
