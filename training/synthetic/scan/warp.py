"""Geometry of a page on its scan, and back: curled paper, a tilted camera, a skewed sheet.

In: points of the page as printed. Out: points of the scanned sheet. Both directions are exact to a fraction of a pixel,
so gold boxes are mapped with the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Box

Points = npt.NDArray[np.float64]
"""n x 2, (x, y) in points."""

Curve = Literal["flat", "roll", "sag", "fold"]

_SIDE_STEPS = 9
_ROUNDS = 8
_GRID = 16
_MARGIN = 5.0


def _roll(u: Points, v: Points) -> tuple[Points, Points]:
    """A rolled-up sheet: one smooth wave across, stronger towards the bottom."""
    return 0.2 * np.cos(np.pi * u) * v, np.sin(np.pi * u) * (0.4 + 0.6 * v) - 0.5


def _sag(u: Points, v: Points) -> tuple[Points, Points]:
    """An open book: flat at the outer edge, steep at the spine."""
    return 0.3 * (1 - u) ** 3, (1 - u) ** 4 * (1 - 0.8 * v)


def _fold(u: Points, v: Points) -> tuple[Points, Points]:
    """A letter folded in three: creases across, a weaker one down the middle."""
    ridges = np.sqrt((v - 0.34) ** 2 + 2e-4) - np.sqrt((v - 0.67) ** 2 + 2e-4)
    return 0.8 * ridges, 0.9 * np.sqrt((u - 0.5) ** 2 + 2e-4) - 0.5 * ridges


_CURVES: dict[Curve, Callable[[Points, Points], tuple[Points, Points]]] = {"roll": _roll, "sag": _sag, "fold": _fold}


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """A map of the page of `size` (width, height): it bends by `depth` points along `curve`, then `matrix` (3 x 3)."""

    size: tuple[float, float]
    matrix: npt.NDArray[np.float64]
    curve: Curve = "flat"
    depth: float = 0.0

    def forward(self, points: Points) -> Points:
        """Return points of the page on the sheet."""
        return _apply(self.matrix, points + self._bend(points))

    def inverse(self, points: Points) -> Points:
        """Return points of the sheet on the page; the bend is inverted by fixed-point iteration, each round ten
        times closer."""
        bent = _apply(np.asarray(np.linalg.inv(self.matrix), np.float64), points)
        flat = bent
        for _ in range(_ROUNDS if self.depth else 0):
            flat = bent - self._bend(flat)
        return flat

    def box(self, box: Box) -> Box:
        """Return the smallest upright box around the mapped sides."""
        t = np.linspace(0, 1, _SIDE_STEPS, dtype=np.float64)
        x, y = box.left + t * box.width, box.top + t * box.height
        rim = [(x, np.full_like(t, box.top)), (x, np.full_like(t, box.bottom))]
        rim += [(np.full_like(t, box.left), y), (np.full_like(t, box.right), y)]
        mapped = self.forward(np.concatenate([np.stack(side, axis=1) for side in rim]).astype(np.float64))
        return Box(*map(float, (*mapped.min(axis=0), *mapped.max(axis=0))))

    def then(self, matrix: npt.NDArray[np.float64]) -> Warp:
        """Return this map followed by another."""
        return Warp(self.size, matrix @ self.matrix, self.curve, self.depth)

    def sources(self, shape: tuple[int, int], dpi: int) -> Points:
        """Return for every pixel of a sheet of this height and width the point of the page it shows (height x width x
        2).

        Computed on a coarse grid and interpolated: the maps are smooth, and whole pages would take seconds.
        """
        rows, columns = (-(-side // _GRID) + 2 for side in shape)
        xs = ((np.arange(columns) - 0.5) * _GRID) * 72 / dpi
        ys = ((np.arange(rows) - 0.5) * _GRID) * 72 / dpi
        nodes = np.stack(np.meshgrid(xs, ys), axis=-1)
        coarse = self.inverse(nodes.reshape(-1, 2)).reshape(nodes.shape).astype(np.float32)
        fine = cv2.resize(coarse, (columns * _GRID, rows * _GRID), interpolation=cv2.INTER_LINEAR)
        return fine[_GRID : _GRID + shape[0], _GRID : _GRID + shape[1]]  # type: ignore[return-value]

    def _bend(self, points: Points) -> Points:
        if not self.depth or self.curve == "flat":
            return np.zeros_like(points)
        u, v = (np.clip(points / self.size, -0.2, 1.2)).T
        return self.depth * np.stack(_CURVES[self.curve](u, v), axis=1)


def laid(
    size: tuple[float, float],
    content: Box,
    *,
    degrees: float = 0.0,
    zoom: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    tilt: Points | None = None,
    curve: Curve = "flat",
    depth: float = 0.0,
) -> Warp:
    """Return the map of a page to a sheet of its own size.

    It is rotated and zoomed about its centre, shifted, its corners moved inwards by `tilt` (4 x 2 points, clockwise
    from the top left), then moved and shrunk so far that `content` is on the sheet in full.
    """
    width, height = size
    middle = (width / 2, height / 2)
    matrix = np.vstack([cv2.getRotationMatrix2D(middle, degrees, zoom), [0, 0, 1]]).astype(float)
    matrix = moved(*shift) @ matrix
    if tilt is not None:
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = np.asarray(cv2.getPerspectiveTransform(corners, corners + tilt.astype(np.float32)), float) @ matrix
    warp = Warp(size, matrix, curve, depth)
    return warp.then(_inside(warp.box(content), size))


def moved(x: float, y: float) -> npt.NDArray[np.float64]:
    """Return the matrix of a shift by (x, y)."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], float)


def scaled(x: float, y: float) -> npt.NDArray[np.float64]:
    """Return the matrix of a scaling by (x, y)."""
    return np.diag([x, y, 1.0])


def turned(quarters: int, size: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Return the matrix of `np.rot90(sheet, quarters)` for a sheet of this width and height in points."""
    width, height = size
    matrices = {
        0: np.eye(3),
        1: np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]], float),
        2: np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], float),
        3: np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]], float),
    }
    return matrices[quarters % 4]


def _inside(box: Box, size: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Return the smallest shrinking and shift that brings a box onto the sheet."""
    room = [side - 2 * _MARGIN for side in size]
    scale = min(1.0, room[0] / box.width, room[1] / box.height)
    x, y = box.middle
    shrunk = moved(x, y) @ scaled(scale, scale) @ moved(-x, -y)
    half = box.width * scale / 2, box.height * scale / 2
    to = [min(max(m, h + _MARGIN), s - h - _MARGIN) - m for m, h, s in zip((x, y), half, size, strict=True)]
    return moved(*to) @ shrunk


def _apply(matrix: npt.NDArray[np.float64], points: Points) -> Points:
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])
