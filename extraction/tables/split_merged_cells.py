"""Cells that are several because a rule between them is lost: one figure stands in the middle of each.

In: a grid of a scan and the ink of its page. Out: the grid with such cells parted, where other rows have their rules,
or where one cell is as wide as two, and the others are even. A figure of a cell that is that wide in print stands
about its middle; a cell of which a part has no ink stays as it is. A label may stand before the figure. Level rules are
looked for after the upright ones, in the grid turned over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from statistics import median

import numpy as np

from extraction.document import Pixels
from extraction.tables.grid import Grid, GridCell
from extraction.tables.line_grid import Flags

_LEAST = 6  # even cells of a table, beside one that is twice as wide
_ALIKE = 0.1  # of the usual width: by how much even ones differ
_OFF = 0.2  # of a part's width: how far the middle of a figure is from that of its part
_ROOM = 0.1  # of it: bare paper on either side of a figure
_RULE = 5  # pixels on either side of a lost rule that what is left of it takes
_BEFORE = 2  # pixels from the middle of a rule to the cell after it
_EDGE = 4  # pixels at the sides of a cell that belong to its rules
_FIGURE = 4  # pixels of height from which ink may be a figure


def parted(grid: Grid, marks: Pixels) -> Grid:
    """The grid with every cell parted that holds a figure in each of several parts. `marks` is the page's ink."""
    rows = _rows(grid.cells)
    first, inner = [row[0] for row in rows], [cell for row in rows for cell in row[1:]]
    across = [
        (cell, edges)
        for cell, edges in (*_below_several(first + inner, grid), *_twice_as_wide(inner))
        if _holds_all(cell, edges, marks, labelled=cell in first)
    ]
    grid, marks = _turned(_with_edges(grid, across)), np.asarray(marks.T)
    inner = [cell for row in _rows(grid.cells) for cell in row[1:] if _is_beside_several(cell, grid)]
    down = [(cell, edges) for cell, edges in _below_several(inner, grid) if _holds_all(cell, edges, marks)]
    return _turned(_with_edges(grid, down))


def _turned(grid: Grid) -> Grid:
    """The grid with rows for columns."""
    cells = (
        GridCell(c.column, c.row, c.column_span, c.row_span, c.top, c.left, c.bottom, c.right, c.doubt)
        for c in grid.cells
    )
    return Grid(grid.top, grid.left, grid.bottom, grid.right, tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _is_beside_several(cell: GridCell, grid: Grid) -> bool:
    """Whether, in a turned grid, the row before has all the edges: labels stand there. Before a header there is none,
    or one as high."""
    before = {c.column for c in grid.cells if c.row + c.row_span == cell.row}
    return before.issuperset(range(cell.column, cell.column + cell.column_span))


def _with_edges(grid: Grid, found: Iterable[tuple[GridCell, Sequence[int]]]) -> Grid:
    """The grid with these cells parted at these edges."""
    for cell, edges in found:
        for edge in reversed(edges):
            grid = _with_edge(grid, cell, edge)
    return grid


def _rows(cells: Sequence[GridCell]) -> list[list[GridCell]]:
    """The cells that begin in each row and are of that row only, from left to right."""
    single = sorted((c for c in cells if c.row_span == 1), key=lambda c: (c.row, c.left))
    return [list(row) for _, row in groupby(single, key=lambda c: c.row)]


def _below_several(cells: Sequence[GridCell], grid: Grid) -> Iterator[tuple[GridCell, list[int]]]:
    """Those of several columns, and where these part in other rows, if all do."""
    lefts: defaultdict[int, list[int]] = defaultdict(list)
    for cell in grid.cells:
        lefts[cell.column].append(cell.left)
    edges = {column: round(median(known)) - _BEFORE for column, known in lefts.items()}
    for cell in cells:
        within = range(cell.column + 1, cell.column + cell.column_span)
        if within and edges.keys() >= set(within):
            yield cell, [edges[column] for column in within]


def _twice_as_wide(cells: Sequence[GridCell]) -> Iterator[tuple[GridCell, list[int]]]:
    """Those of one column that are twice as wide as most of a table, and their middles."""
    single = [cell for cell in cells if cell.column_span == 1]
    usual = median(map(_width, single)) if single else 0.0
    if sum(abs(_width(c) - usual) < _ALIKE * usual for c in single) >= _LEAST:
        for cell in single:
            if abs(_width(cell) - 2 * usual) < 2 * _ALIKE * usual:
                yield cell, [(cell.left + cell.right) // 2]


def _width(cell: GridCell) -> int:
    return cell.right - cell.left


def _holds_all(cell: GridCell, edges: Sequence[int], marks: Pixels, *, labelled: bool = False) -> bool:
    """Whether a mark stands in the middle of each part, and none between them but what is left of a rule. The first of
    a row may begin with a label."""
    sides = [cell.left + _EDGE - _RULE, *edges, cell.right - _EDGE + _RULE]
    band = marks[cell.top + _EDGE : cell.bottom - _EDGE] > 0
    parts = [band[:, left + _RULE : right - _RULE] for left, right in pairwise(sides)]
    return all(map(_holds_one, parts[labelled:])) and (not labelled or _ends_before(parts[0]))


def _ends_before(part: Flags) -> bool:
    """Whether a label's part has ink, with room behind it."""
    inked = np.flatnonzero(part.any(axis=0))
    return bool(len(inked)) and bool(part.shape[1] - 1 - inked[-1] >= _ROOM * part.shape[1])


def _holds_one(part: Flags) -> bool:
    """Whether the ink of a part is as tall as a figure's, stands about the middle, and leaves room beside it."""
    if np.count_nonzero(part.any(axis=1)) < _FIGURE:
        return False
    width, inked = part.shape[1], np.flatnonzero(part.any(axis=0))
    before, after = inked[0], width - 1 - inked[-1]
    return bool(abs(before - after) / 2 <= _OFF * width and min(before, after) >= _ROOM * width)


def _with_edge(grid: Grid, cell: GridCell, at: int) -> Grid:
    """The grid with a cell parted at an edge: one of its columns' where it has several, else a new one."""
    (cell,) = (c for c in grid.cells if (c.row, c.left) == (cell.row, cell.left))
    within = range(cell.column + 1, cell.column + cell.column_span)
    known = [c.column for c in grid.cells if c.column in within and abs(c.left - at) < _ALIKE * _width(cell)]
    edge = known[0] if known else cell.column + 1
    cells = grid.cells if known else tuple(_shifted(c, edge) for c in grid.cells)
    (cell,) = (c for c in cells if (c.row, c.left) == (cell.row, cell.left))
    left = replace(cell, column_span=edge - cell.column, right=at - _BEFORE + 1)
    right = replace(cell, column=edge, column_span=cell.column + cell.column_span - edge, left=at + _BEFORE)
    return replace(grid, cells=tuple(part for c in cells for part in ((left, right) if c is cell else (c,))))


def _shifted(cell: GridCell, edge: int) -> GridCell:
    """A cell where a column is new: behind it, over it, or before it."""
    if cell.column >= edge:
        return replace(cell, column=cell.column + 1)
    over = cell.column + cell.column_span >= edge
    return replace(cell, column_span=cell.column_span + 1) if over else cell
