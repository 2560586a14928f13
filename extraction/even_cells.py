"""Rows of even cells: where one is as wide as two, and a figure stands in the middle of each half, a rule is lost.

In: a grid of a scan and the ink of its page. Out: the grid with such cells parted. A figure of a cell that is that wide
in print stands about its middle, where the ink must leave room; a cell without ink in either half stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

import numpy as np

from extraction.document import Pixels
from extraction.grid import Flags
from extraction.grid_cells import Grid, GridCell

_LEAST = 6  # even cells of a row, beside those that are twice as wide
_ALIKE = 0.1  # of the usual width: by how much even ones differ
_OFF = 0.2  # of it: how far the middle of a figure is from that of its cell
_ROOM = 0.1  # of it: bare paper on either side of a figure
_RULE = 5  # pixels on either side of a lost rule that what is left of it takes
_EDGE = 4  # pixels at the sides of a cell that belong to its rules
_FIGURE = 4  # pixels of height from which ink may be a figure


def parted(grid: Grid, marks: Pixels) -> Grid:
    """The grid with every cell parted that is two of a row of even cells. `marks` is the page's ink."""
    found = [cell for row in _rows(grid.cells) for cell in _double(row) if _holds_two(cell, marks)]
    for cell in found:
        grid = _with_edge(grid, cell)
    return grid


def _rows(cells: Sequence[GridCell]) -> list[list[GridCell]]:
    """The cells that begin in each row and are of that row only, from left to right."""
    single = sorted((c for c in cells if c.row_span == 1), key=lambda c: (c.row, c.left))
    return [list(row) for _, row in groupby(single, key=lambda c: c.row)]


def _double(row: Sequence[GridCell]) -> list[GridCell]:
    """The cells twice as wide as most of a row. The first may be a label's."""
    usual = median(_width(c) for c in row)
    even = [c for c in row if abs(_width(c) - usual) < _ALIKE * usual]
    return [c for c in row[1:] if abs(_width(c) - 2 * usual) < 2 * _ALIKE * usual] if len(even) >= _LEAST else []


def _width(cell: GridCell) -> int:
    return cell.right - cell.left


def _middle(cell: GridCell) -> int:
    return (cell.left + cell.right) // 2


def _holds_two(cell: GridCell, marks: Pixels) -> bool:
    """Whether a mark stands in the middle of each half, and none between them but what is left of a rule."""
    ink = marks[cell.top + _EDGE : cell.bottom - _EDGE, cell.left + _EDGE : cell.right - _EDGE] > 0
    middle = _middle(cell) - cell.left - _EDGE
    return all(_holds_one(side, _width(cell) / 2) for side in (ink[:, : middle - _RULE], ink[:, middle + _RULE :]))


def _holds_one(half: Flags, width: float) -> bool:
    """Whether the ink of half a cell is as tall as a figure's, stands about the middle, and leaves room beside it."""
    if np.count_nonzero(half.any(axis=1)) < _FIGURE:
        return False
    inked = np.flatnonzero(half.any(axis=0))
    before, after = inked[0], half.shape[1] - 1 - inked[-1]
    return bool(abs(before - after) / 2 <= _OFF * width and min(before, after) >= _ROOM * width)


def _with_edge(grid: Grid, cell: GridCell) -> Grid:
    """The grid with an edge through the middle of a cell: one of its columns' where there is one, else a new one."""
    at, (cell,) = _middle(cell), [c for c in grid.cells if (c.row, c.left) == (cell.row, cell.left)]
    near = _ALIKE * _width(cell)
    after = range(cell.column + 1, cell.column + cell.column_span)
    known = next((c.column for c in grid.cells if c.column in after and abs(c.left - at) < near), None)
    edge = cell.column + 1 if known is None else known
    cells = grid.cells if known is not None else tuple(_shifted(c, edge) for c in grid.cells)
    cell = next(c for c in cells if (c.row, c.left) == (cell.row, cell.left))
    left = replace(cell, column_span=edge - cell.column, right=at - 1)
    right = replace(cell, column=edge, column_span=cell.column + cell.column_span - edge, left=at + 2)
    return replace(grid, cells=tuple(part for c in cells for part in ((left, right) if c is cell else (c,))))


def _shifted(cell: GridCell, edge: int) -> GridCell:
    """A cell where a column is new: behind it, over it, or before it."""
    if cell.column >= edge:
        return replace(cell, column=cell.column + 1)
    over = cell.column + cell.column_span >= edge
    return replace(cell, column_span=cell.column_span + 1) if over else cell
