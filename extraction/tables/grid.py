"""A table as a grid of cells in the pixels of its page, with grid lines or without."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extraction.doubts import DoubtCode

MAX_OVERHANG_PIXELS = 8  # beyond the picture, of an edge that is interpolated between two pieces of text


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: its grid position and spans, and its box inside its grid lines in pixels.

    `doubt` is why the box is uncertain, None where it is not.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    left: int
    top: int
    right: int
    bottom: int
    doubt: DoubtCode | None = None

    @property
    def doubtful(self) -> bool:
        """Whether its box is uncertain."""
        return self.doubt is not None

    @property
    def is_nonempty(self) -> bool:
        """Whether its box has a positive width and height."""
        return self.left < self.right and self.top < self.bottom


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    cells: tuple[GridCell, ...]

    def overlaps(self, other: Grid) -> bool:
        """Whether the two boxes overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def fits(self, width: int, height: int) -> bool:
        """Whether no cell is empty, and none lies beyond a picture of this size in pixels."""
        return all(
            c.is_nonempty
            and min(c.left, c.top) >= -MAX_OVERHANG_PIXELS
            and c.right <= width + MAX_OVERHANG_PIXELS
            and c.bottom <= height + MAX_OVERHANG_PIXELS
            for c in self.cells
        )

    def clipped(self, width: int, height: int, min_side: float) -> Grid:
        """The grid with its cells clipped to a picture of this size, those with a side below `min_side` doubtful."""
        return replace(self, cells=tuple(_clipped(cell, width, height, min_side) for cell in self.cells))


def _clipped(cell: GridCell, width: int, height: int, min_side: float) -> GridCell:
    left, top = min(max(0, cell.left), width - 1), min(max(0, cell.top), height - 1)
    right, bottom = max(left + 1, min(cell.right, width)), max(top + 1, min(cell.bottom, height))
    is_small = min(cell.right - cell.left, cell.bottom - cell.top) < min_side
    doubt = cell.doubt or (DoubtCode.CELL_TOO_SMALL if is_small else None)
    return replace(cell, left=left, top=top, right=right, bottom=bottom, doubt=doubt)
