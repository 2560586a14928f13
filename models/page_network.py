"""Our own layout network: a page's picture in, typed boxes in its pixels out.

A small U-net trained on the generator's pages (`training.layout`, which compares it as a LayoutParser model).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from models.line_reader import Image, as_bgr
from models.masks import Found, regions
from models.sessions import open_session
from models.weights import network

NAME = "layout"
"""The name of the weights."""


class Seen(Protocol):
    """A detected block of a page, whatever detected it."""

    @property
    def type(self) -> str:
        """Its type."""
        ...

    @property
    def coordinates(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in pixels."""
        ...


class LayoutNetwork(Protocol):
    """A detector of page blocks with the types of `PageNetwork`: ours, or a LayoutParser model."""

    def detect(self, image: Image) -> Iterable[Seen]:
        """Return the blocks of a page, top down; the picture is BGR or grey."""
        ...


class Block(NamedTuple):
    """A block of a page: its type, (left, top, right, bottom) in pixels, and its score (0..1)."""

    type: str
    coordinates: tuple[float, float, float, float]
    score: float


class PageNetwork:
    """Detects the blocks of a report's page. Not safe for use by several threads at once.

    Types are `title` (of the document), `heading`, `text`, `table`, `header` and `footer` (page numbers and the like),
    and `stamp`. Only a stamp may overlap other blocks; readings under it are doubtful.
    """

    def __init__(self, min_score: float = 0.5, threads: int = 2, folder: Path | None = None) -> None:
        """Load the weights in use, or `layout.onnx` and `model.toml` in `folder`. Raises WeightsError.

        Blocks of a score below `min_score` are left out; `threads` are those of ONNX Runtime.
        """
        path, card = network(NAME, folder)
        self._session = open_session(path, threads)
        self.side, self._step = int(card["input"]["side"]), int(card["input"]["step"])
        self._grown = {kind: float(pixels) for kind, pixels in card["grown"].items()}
        self._lines = [name for name in card["classes"] if name not in ("none", "table", "stamp")]
        self._order = [card["classes"].index(name) for name in ("none", *self._lines, "table", "stamp")]
        self._min_score = min_score

    def detect(self, image: Image) -> list[Block]:
        """Return the blocks of a page, top down; the picture is BGR or grey."""
        height, width = image.shape[:2]
        maps = self._maps(as_bgr(image))
        found = regions(maps, self._lines, self._grown)
        x, y = width / maps.shape[2], height / maps.shape[1]
        blocks = [_block(f, x, y, width, height) for f in found if f.score >= self._min_score]
        return sorted(blocks, key=lambda b: b.coordinates[1])

    def _maps(self, pixels: Image) -> npt.NDArray[np.float32]:
        """Return the probabilities of all classes, classes x height x width, at half the resolution of the input."""
        factor = self.side / max(pixels.shape[:2])
        shape = [max(self._step, round(side * factor / self._step) * self._step) for side in pixels.shape[:2]]
        shrinking = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        shown = cv2.resize(pixels, (shape[1], shape[0]), interpolation=shrinking)
        (maps,) = self._session.run(None, {self._session.get_inputs()[0].name: shown})
        return np.asarray(maps[self._order], np.float32)


def _block(found: Found, x: float, y: float, width: int, height: int) -> Block:
    """Return the region in page pixels; furniture is a header or a footer by its position."""
    left, top, right, bottom = found.box
    kind = found.kind
    if kind == "furniture":
        kind = "header" if (top + bottom) / 2 * y < height / 2 else "footer"
    sides = max(0.0, left * x), max(0.0, top * y), min(float(width), right * x), min(float(height), bottom * y)
    return Block(kind, sides, found.score)
