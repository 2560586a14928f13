"""The token classifier by ONNX Runtime: pieces of print -> what each of them, and each run of characters, is.

In: the pieces of a page in reading order. Out: for each piece how probable each tag is, and the runs of characters that
are one thing (a figure in a sentence). Trained by `training.labeller`; nothing of torch is needed here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.label_tokens import Piece, Spot, Vocabulary, windows
from models.weights import weights

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
        path, card = _network(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._places = "bbox" in {i.name for i in self._session.get_inputs()}
        self.vocabulary = Vocabulary.read(path.with_name("vocab.txt"))
        self.tags: tuple[str, ...] = tuple(card["tags"])
        self._longest, self._temperature = int(card["longest"]), float(card["temperature"])

    def label(self, pieces: Sequence[Piece]) -> Labelling:
        """What the pieces of one page are."""
        found = np.zeros((len(pieces), 1 + len(self.tags)), np.float32)
        counts = np.zeros(len(pieces), np.float32)
        spots: list[Spot] = []
        rows: list[Probabilities] = []
        for window in windows(pieces, self.vocabulary, self._longest):
            inputs = {"input_ids": np.array([window.ids], np.int64)}
            if self._places:
                inputs["bbox"] = np.array([window.boxes], np.int64)
            (logits,) = self._session.run(None, inputs)
            probable = _softmax(np.asarray(logits[0], np.float32) / self._temperature)
            for spot, row in zip(window.spots, probable, strict=True):
                if spot is not None:
                    found[spot.piece] += _by_tag(row)
                    counts[spot.piece] += 1
                    spots.append(spot)
                    rows.append(row)
        found /= np.maximum(counts, 1)[:, None]
        return Labelling(found, tuple(self._runs(spots, rows)))

    def _runs(self, spots: Sequence[Spot], rows: Sequence[Probabilities]) -> Iterator[Run]:
        """Neighbouring characters of one piece whose likeliest tag is the same; a new run where one begins."""
        tag, start, last, sure = 0, Spot(-1, -1), Spot(-1, -1), list[float]()
        for spot, row in zip(spots, rows, strict=True):
            best = int(_by_tag(row).argmax())
            begins = best > 0 and row[2 * best - 1] > row[2 * best]
            if tag and (best != tag or spot.piece != start.piece or begins):
                yield Run(self.tags[tag - 1], start.piece, start.character, last.character + 1, float(np.mean(sure)))
                tag = 0
            if best and not tag:
                tag, start, sure = best, spot, []
            if best:
                sure.append(float(_by_tag(row)[best]))
            last = spot
        if tag:
            yield Run(self.tags[tag - 1], start.piece, start.character, last.character + 1, float(np.mean(sure)))


def _by_tag(row: Probabilities) -> Probabilities:
    """Probabilities of O, B-x, I-x, … -> of none, x, …"""
    return np.concatenate([row[:1], row[1::2] + row[2::2]])


def _softmax(logits: Probabilities) -> Probabilities:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def _network(folder: Path | None) -> tuple[Path, dict[str, Any]]:
    """The network's file and what its card says."""
    if folder is None:
        return weights(NAME).verified_path(), weights(NAME).card()
    return folder / f"{NAME}.onnx", tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
