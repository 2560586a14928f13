"""The token classifier by ONNX Runtime: pieces of print -> what each of them, and each run of characters, is.

In: the pieces of a page in reading order. Out: for each piece how probable each tag is, and the runs of characters that
are one thing (a figure in a sentence). Trained by `training.labeller`; nothing of torch is needed here.
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
"""Of the weights."""

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters [start, end) of a piece that are one thing, and how probable that is (0..1, calibrated)."""

    tag: str
    piece: int
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Labelling:
    """What the pieces of a page are. `pieces` is n x (1 + tags): column 0 is none of them, the mean over a piece's
    characters; rows of pieces without characters are all 0."""

    pieces: Probabilities
    runs: tuple[Run, ...]


class Labeller:
    """Loaded once, used for every page."""

    def __init__(self, threads: int = 2, folder: Path | None = None) -> None:
        """`folder` has another network than the one shipped: `labeller.onnx`, `model.toml`, `vocab.txt`. Raises
        WeightsError."""
        path, card = network(NAME, folder)
        self._session = open_session(path, threads)
        self._places = "bbox" in {i.name for i in self._session.get_inputs()}
        self.vocabulary = Vocabulary.read(path.with_name("vocab.txt"))
        self.tags: tuple[str, ...] = tuple(card["tags"])
        self._longest, self._temperature = int(card["longest"]), float(card["temperature"])

    def label(self, pieces: Sequence[Piece]) -> Labelling:
        """What the pieces of one page are."""
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
        """Neighbouring characters of one piece whose likeliest tag is the same; a new run where one begins."""
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
    """A character with its likeliest tag (0 for none), and whether a run begins with it."""

    spot: Spot
    tag: int
    probability: float
    begins: bool


def _softmax(logits: Probabilities) -> Probabilities:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
