"""Where things stand: boxes on a page, pictures of it, and the maps from their pixels to the page's points.

Boxes are in points (1/72 inch) from the page's top left, on the page as the file shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""An image, height x width (grey) or height x width x 3 (BGR), 0 black to 255 white."""

Matrix = npt.NDArray[np.float64]
"""Numbers: a 2 x 3 affine map of (x, y), or n points (x, y)."""


class Box(NamedTuple):
    """A rectangle in points: left < right, top < bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Extent in x."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent in y."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Square points, 0 for a box that is inside out."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def middle(self) -> tuple[float, float]:
        """The centre (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether (x, y) lies inside."""
        return self.left <= point[0] < self.right and self.top <= point[1] < self.bottom

    def overlap(self, other: Box) -> float:
        """Shared area in square points."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def grown(self, by: float) -> Box:
        """The box with `by` points added on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


def union(boxes: list[Box]) -> Box:
    """The smallest box around all of them; raises ValueError for none."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A smooth map of the plane that is not affine: where paper was bent or the camera tilted.

    `nodes` (rows x columns x 2) are the places to which (column, row) goes; between nodes it is bilinear, and beyond
    the outermost it goes on as between them.
    """

    nodes: Matrix

    def __call__(self, points: Matrix) -> Matrix:
        """Where these n points (x, y), in units of nodes, go: n x 2."""
        rows, columns = self.nodes.shape[:2]
        column = np.clip(np.floor(points[:, 0]).astype(int), 0, columns - 2)
        row = np.clip(np.floor(points[:, 1]).astype(int), 0, rows - 2)
        x, y = points[:, 0, None] - column[:, None], points[:, 1, None] - row[:, None]
        upper = (1 - x) * self.nodes[row, column] + x * self.nodes[row, column + 1]
        lower = (1 - x) * self.nodes[row + 1, column] + x * self.nodes[row + 1, column + 1]
        return np.asarray((1 - y) * upper + y * lower)


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A picture of a page and the map from its pixels to the page's points.

    `to_page` is that map; where the picture was flattened, it leads to the nodes of `mesh`, whose values are the
    points. `overprint` is 255 where coloured ink (a seal, a pen) was taken out of the picture, None where none was:
    what is read there may have lost a stroke.
    """

    pixels: Pixels
    to_page: Matrix
    mesh: Mesh | None = None
    overprint: Pixels | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.pixels.shape[:2]
        return height, width

    def part(self, left: int, top: int, right: int, bottom: int) -> Pixels:
        """The picture within a rectangle of pixels, as far as it lies on the picture."""
        return self.pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]

    @property
    def scale(self) -> float:
        """Points a pixel, in the middle of the picture where it is not everywhere the same."""
        if self.mesh is None:
            return float(np.hypot(*self.to_page[:, 0]))
        height, width = self.size
        middle = np.array([[width / 2, height / 2], [width / 2 + 1, height / 2]])
        return float(np.hypot(*np.diff(self.points_on_page(middle), axis=0)[0]))

    def points_on_page(self, points: Matrix) -> Matrix:
        """Where n places (x, y) of the picture are on the page, in points: n x 2."""
        placed = points @ self.to_page[:, :2].T + self.to_page[:, 2]
        return np.asarray(placed if self.mesh is None else self.mesh(placed))

    def box_on_page(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box in points around a pixel rectangle of this picture: around its sides, where they are bent."""
        if self.mesh is None:
            (a, c, e), (b, d, f) = self.to_page.tolist()
            corners = [(x, y) for x in (left, right) for y in (top, bottom)]
            across, down = [a * x + c * y + e for x, y in corners], [b * x + d * y + f for x, y in corners]
            return Box(*map(float, (min(across), min(down), max(across), max(down))))
        steps = np.linspace(0, 1, _SIDE_STEPS)
        xs, ys = left + steps * (right - left), top + steps * (bottom - top)
        sides = [(xs, np.full_like(xs, top)), (xs, np.full_like(xs, bottom))]
        sides += [(np.full_like(ys, left), ys), (np.full_like(ys, right), ys)]
        xy = self.points_on_page(np.concatenate([np.stack(side, axis=1) for side in sides]))
        return Box(*map(float, (*xy.min(axis=0), *xy.max(axis=0))))

    def after(self, matrix: Matrix, pixels: Pixels, overprint: Pixels | None = None) -> Raster:
        """These `pixels` in place of the picture; `matrix` (2 x 3) leads from theirs to its own."""
        return Raster(pixels, self.to_page @ np.vstack([matrix, [0, 0, 1]]), self.mesh, overprint)


_SIDE_STEPS = 5  # points looked at along a side that may be bent
