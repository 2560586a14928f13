"""The cells of a table in the pixels of its page, wherever they come from: rules, or how text stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extraction.doubts import DoubtCode

_ROOM = 8  # pixels beyond the picture that an edge between two pieces of text may be thought to lie


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: grid position, spans, and the pixels inside its grid lines. `doubt`: why these do not say for sure
    where it ends, None where they do."""

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
        """Whether its grid lines do not say for sure where it ends."""
        return self.doubt is not None

    @property
    def has_room(self) -> bool:
        """Whether there is anything between its rules."""
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
        """Whether the two share any part of the page."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def fits(self, width: int, height: int) -> bool:
        """Whether it can be a table on a picture of this size: every cell has room, and none lies off the page."""
        return all(
            c.has_room and min(c.left, c.top) >= -_ROOM and c.right <= width + _ROOM and c.bottom <= height + _ROOM
            for c in self.cells
        )

    def clipped(self, width: int, height: int, least: float) -> Grid:
        """With every cell inside a picture of this size; one narrower or lower than `least` pixels is doubtful."""
        return replace(self, cells=tuple(_clipped(cell, width, height, least) for cell in self.cells))


def _clipped(cell: GridCell, width: int, height: int, least: float) -> GridCell:
    left, top = min(max(0, cell.left), width - 1), min(max(0, cell.top), height - 1)
    right, bottom = max(left + 1, min(cell.right, width)), max(top + 1, min(cell.bottom, height))
    slim = min(cell.right - cell.left, cell.bottom - cell.top) < least
    doubt = cell.doubt or (DoubtCode.CELL_TOO_SMALL if slim else None)
    return replace(cell, left=left, top=top, right=right, bottom=bottom, doubt=doubt)
