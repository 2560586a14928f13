"""The cell recogniser: crops of one line of a cell in, the likeliest figures with calibrated probabilities out.

A small CTC network of our own (recipe: `training/digits`, weights: `models/weights/digits`). It reads digits, signs and
separators, recognises blank cells, and outputs `OTHER` for every other character. An illegible crop gives several
readings, all of low probability.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.cells.charset import CHARSET, OTHER, text_of
from models.cells.crop import Floats, Grey, as_input, bucket
from models.cells.ctc import collapse, n_best, tempered, text_probability
from models.sessions import open_session
from models.weights import WeightsError, weights

_OTHER_CLASS = CHARSET.index(OTHER) + 1
_MAX_CANDIDATES = 8
_BATCH_CROPS = 64
_MIN_GREEDY_PROBABILITY = 0.9999  # of the likeliest path, for its text to be the only candidate


@dataclass(frozen=True, slots=True)
class CellReading:
    """The readings of one crop in the network's charset (`models.cells.charset`), the likeliest first; never empty.

    `candidates` are (text, probability); the probabilities sum to at most 1, and "" is a blank cell.
    """

    candidates: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The likeliest text."""
        return self.candidates[0][0]

    @property
    def probability(self) -> float:
        """The probability of the likeliest text."""
        return self.candidates[0][1]

    @property
    def foreign(self) -> bool:
        """Whether the likeliest text holds characters outside the charset."""
        return OTHER in self.text

    def of(self, text: str) -> float:
        """Return the probability of a text, 0 where it is not among the candidates."""
        return next((p for t, p in self.candidates if t == text), 0.0)


class CellReader:
    """The network on ONNX Runtime. Not safe for use by several threads at once."""

    def __init__(self, threads: int = 1, folder: Path | None = None) -> None:
        """Load the weights in use, or those that training has written to `folder`. Raises WeightsError."""
        path = weights("digits").verified_path() if folder is None else folder / "digits.onnx"
        card = tomllib.loads(path.with_name("model.toml").read_text(encoding="utf-8"))
        if card.get("charset") != CHARSET:
            raise WeightsError("digits: the weights were trained for another charset; reinstall gouji or retrain them")
        self._session = open_session(path, threads)
        self._temperature = float(card["temperature"])

    def read(self, pictures: Sequence[Grey]) -> list[CellReading]:
        """Return one reading for each crop, in the same order; crops as `models.cells.crop.cut` makes them."""
        readings = dict(pair for batch in _batches(pictures) for pair in self._read(pictures, *batch))
        return [readings[i] for i in range(len(pictures))]

    def _read(self, pictures: Sequence[Grey], indices: Sequence[int], width: int) -> Iterator[tuple[int, CellReading]]:
        given: Floats = as_input([pictures[i] for i in indices], width)
        likely = tempered(self._session.run(None, {"pictures": given})[0], self._temperature)
        paths, peaks = likely.argmax(axis=2), likely.max(axis=2).astype(np.float64).prod(axis=1)
        for i, path, peak, steps in zip(indices, map(collapse, paths.tolist()), peaks.tolist(), likely, strict=True):
            if _OTHER_CLASS in path and set(path) != {
                _OTHER_CLASS
            }:  # a figure with a note: summed over its paths, as figures are
                found = [(path, text_probability(steps, path))]
            else:
                found = (
                    [(path, peak)]
                    if peak > _MIN_GREEDY_PROBABILITY or _OTHER_CLASS in path
                    else n_best(steps, _MAX_CANDIDATES)
                )
            yield i, CellReading(tuple((text_of(classes), p) for classes, p in found))


def _batches(pictures: Sequence[Grey]) -> Iterator[tuple[list[int], int]]:
    """Yield the indices of crops that are padded to one width, at most `_BATCH_CROPS`, and the width in pixels."""
    by_width: defaultdict[int, list[int]] = defaultdict(list)
    for i, picture in enumerate(pictures):
        by_width[bucket(picture.shape[1])].append(i)
    for width, indices in by_width.items():
        for start in range(0, len(indices), _BATCH_CROPS):
            yield indices[start : start + _BATCH_CROPS], width
