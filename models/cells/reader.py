"""The cell recogniser: pictures of one line of a cell in, the likeliest figures with calibrated probabilities out.

A small CTC network of our own (recipe: `training/digits`, weights: `models/weights/digits`). It reads digits, signs and
separators, sees that a cell is blank, and says `OTHER` for whatever it has no letters for. What nobody can read has
several readings, none of them likely.
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

_FOREIGN = CHARSET.index(OTHER) + 1
_COUNT = 8  # readings kept
_BATCH = 64
_PLAIN = 0.9999  # probability of the likeliest path above which no other text is looked for: nor do the sums need one


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a line may say, in the network's own charset (`models.cells.charset`), the likeliest first; never empty.

    The probabilities add up to 1 at most; "" is a blank.
    """

    candidates: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The likeliest text."""
        return self.candidates[0][0]

    @property
    def probability(self) -> float:
        """Of the likeliest text."""
        return self.candidates[0][1]

    @property
    def foreign(self) -> bool:
        """Whether it holds something that this network cannot read."""
        return OTHER in self.text

    def of(self, text: str) -> float:
        """The probability of a text, 0 where it is not among the candidates."""
        return next((p for t, p in self.candidates if t == text), 0.0)


class CellReader:
    """The network, loaded once. Raises WeightsError. Not safe for use by several threads at once."""

    def __init__(self, threads: int = 1, folder: Path | None = None) -> None:
        """With the shipped weights, or those in a `folder` that training has written."""
        path = weights("digits").verified_path() if folder is None else folder / "digits.onnx"
        card = tomllib.loads(path.with_name("model.toml").read_text(encoding="utf-8"))
        if card.get("charset") != CHARSET:
            raise WeightsError("digits: trained for another charset than this version's")
        self._session = open_session(path, threads)
        self._temperature = float(card["temperature"])

    def read(self, pictures: Sequence[Grey]) -> list[CellReading]:
        """One reading a picture, in the same order; pictures as `models.cells.crop.cut` makes them."""
        readings = dict(pair for batch in _batches(pictures) for pair in self._read(pictures, *batch))
        return [readings[i] for i in range(len(pictures))]

    def _read(self, pictures: Sequence[Grey], indices: Sequence[int], width: int) -> Iterator[tuple[int, CellReading]]:
        given: Floats = as_input([pictures[i] for i in indices], width)
        likely = tempered(self._session.run(None, {"pictures": given})[0], self._temperature)
        paths, peaks = likely.argmax(axis=2), likely.max(axis=2).astype(np.float64).prod(axis=1)
        for i, path, peak, steps in zip(indices, map(collapse, paths.tolist()), peaks.tolist(), likely, strict=True):
            if _FOREIGN in path and set(path) != {_FOREIGN}:  # a figure with a note: of all paths, as figures are
                found = [(path, text_probability(steps, path))]
            else:
                found = [(path, peak)] if peak > _PLAIN or _FOREIGN in path else n_best(steps, _COUNT)
            yield i, CellReading(tuple((text_of(classes), p) for classes, p in found))


def _batches(pictures: Sequence[Grey]) -> Iterator[tuple[list[int], int]]:
    """Indices of pictures that are shown at one width, and the width."""
    by_width: defaultdict[int, list[int]] = defaultdict(list)
    for i, picture in enumerate(pictures):
        by_width[bucket(picture.shape[1])].append(i)
    for width, indices in by_width.items():
        for start in range(0, len(indices), _BATCH):
            yield indices[start : start + _BATCH], width
