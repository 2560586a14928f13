"""The model of a table with grid lines: edges and what divides its unit squares in, cells out.

It is the same for lines that a file draws and for those seen in a picture (`vector_grid`, `line_grid`): these say how
far each side of a unit square is ruled, and where. An edge that hardly any side confirms is no edge of the table.
Squares that no line divides are one cell; where they make no rectangle they are parted again, along broken lines first,
and what stays open marks its cells doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from extraction.doubts import DoubtCode
from extraction.tables.grid import GridCell

RULED = 0.6
"""Share of a unit side that must be covered to be a grid line."""

FAINT = 0.2
"""Share of a side above which it may be a broken grid line."""

STRONG = 0.85
"""Share of a side that no stroke of text covers."""

WHOLE = 0.97
"""Share of a side that is not broken."""

STRONG_SIDES = 3
"""An edge with so many strong sides is one of the table."""

_MIN_CONFIRMED_SHARE = 0.12  # of the table's extent: what an edge of fewer strong sides must be ruled along
_MIN_REACHED = 0.4  # of the lines that end at a side of the table: where fewer do, something has touched it
_MAX_DOUBTFUL = 0.25  # of the cells: where more are doubtful, what the others are is no surer

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GridSides:
    """What divides the unit squares in one direction.

    `edges` are the positions of its grid lines, ascending. The others have a row for each edge and a column for each
    unit between two edges of the other direction: how much of the side is ruled (0..1), where exactly the line lies,
    whether it is unbroken, and whether its being there is a guess.
    """

    edges: Numbers
    cover: Numbers
    at: Numbers
    whole: Flags
    guessed: Flags


def joined_edges(strokes: Sequence[tuple[float, float]], snap: float) -> Numbers:
    """Where strokes (position, weight) lie: those closer than `snap` are one edge, at their weighted mean."""
    groups: list[list[tuple[float, float]]] = []
    for stroke in sorted(strokes):
        if groups and stroke[0] - groups[-1][-1][0] <= snap:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    return np.array([sum(p * w for p, w in g) / sum(w for _, w in g) for g in groups])


def with_outer_edges(edges: Numbers, first: float, last: float, snap: float) -> Numbers:
    """A table may be open at its sides: it then ends where the lines of the other direction do, `first` and `last`."""
    before = [first] if edges[0] - first > 2 * snap else []
    after = [last] if last - edges[-1] > 2 * snap else []
    return np.array([*before, *edges, *after])


def confirmed(sides: GridSides, crossing: GridSides) -> Flags:
    """Which edges are the table's: those ruled along enough of it, and the outer ones where the lines that cross them
    reach so far."""
    lengths = np.diff(crossing.edges)
    strong = (sides.cover >= STRONG).sum(axis=1)
    share = (np.where(sides.cover >= RULED, sides.cover, 0.0) * lengths).sum(axis=1) / lengths.sum()
    kept = (strong >= STRONG_SIDES) | (share >= _MIN_CONFIRMED_SHARE) | sides.whole.any(axis=1)
    kept[[0, -1]] |= (crossing.cover[:, [0, -1]] >= RULED).mean(axis=0) >= _MIN_REACHED
    return np.asarray(kept)


def cells_of(
    rows: GridSides, columns: GridSides, inset: float, scale: float = 1.0, origin: tuple[int, int] = (0, 0)
) -> tuple[GridCell, ...]:
    """The cells, as far inside their lines as `inset`, in units of the edges; `scale` of these are a pixel, and
    `origin` is the pixel (left, top) at which they begin."""
    merged = list(_merged(rows.cover, columns.cover.T))
    # An edge at which no cell begins is no edge of this table: a stroke of text has made it.
    row_numbers = _numbers({m[0] for m in merged}, len(rows.edges))
    column_numbers = _numbers({m[1] for m in merged}, len(columns.edges))

    def pixel(at: Numbers, direction: int, start: int) -> int:
        return start + round((float(median(at.tolist())) + direction * inset) / scale)

    left, top = origin
    cells = tuple(
        GridCell(
            row_numbers[r0],
            column_numbers[c0],
            row_numbers[r1] - row_numbers[r0],
            column_numbers[c1] - column_numbers[c0],
            pixel(columns.at[c0, r0:r1], +1, left),
            pixel(rows.at[r0, c0:c1], +1, top),
            pixel(columns.at[c1, r0:r1], -1, left),
            pixel(rows.at[r1, c0:c1], -1, top),
            DoubtCode.GRID_LINE_BROKEN
            if doubtful or rows.guessed[[r0, r1], c0:c1].any() or columns.guessed[[c0, c1], r0:r1].any()
            else None,
        )
        for r0, c0, r1, c1, doubtful in merged
    )
    if sum(c.doubtful for c in cells) > _MAX_DOUBTFUL * len(cells):
        return tuple(replace(c, doubt=DoubtCode.GRID_LINE_BROKEN) for c in cells)
    return cells


def _numbers(starts: set[int], edge_count: int) -> list[int]:
    """For each edge, how many edges before it begin a cell: its number in the table's own counting."""
    return [sum(s < edge for s in starts) for edge in range(edge_count)]


def _merged(ruled_above: Numbers, ruled_left: Numbers) -> Iterator[tuple[int, int, int, int, bool]]:
    """Cells as (row, column, row end, column end, doubtful): unit squares joined where no line divides them.

    `ruled_above` is (rows + 1) x columns, `ruled_left` rows x (columns + 1), both shares of the side that is ruled.
    Joined squares that do not make a rectangle are parted again, along broken lines first, and marked doubtful.
    """
    rows, columns = ruled_above.shape[0] - 1, ruled_above.shape[1]
    pending = [(_joined(ruled_above, ruled_left, RULED, None, rows, columns), False)]
    while pending:
        labels, doubtful = pending.pop()
        for label in range(1, int(labels.max()) + 1):
            members = np.argwhere(labels == label)
            (r0, c0), (r1, c1) = members.min(axis=0), members.max(axis=0) + 1
            if len(members) == (r1 - r0) * (c1 - c0):
                inner = [*ruled_above[r0 + 1 : r1, c0:c1].flat, *ruled_left[r0:r1, c0 + 1 : c1].flat]
                yield int(r0), int(c0), int(r1), int(c1), bool(doubtful or max(inner, default=0.0) >= FAINT)
            elif doubtful:
                for r, c in members:
                    yield int(r), int(c), int(r) + 1, int(c) + 1, True
            else:
                within = labels == label
                pending.append((_joined(ruled_above, ruled_left, FAINT, within, rows, columns), True))


def _joined(
    ruled_above: Numbers,
    ruled_left: Numbers,
    threshold: float,
    within: Flags | None,
    rows: int,
    columns: int,
) -> npt.NDArray[np.int32]:
    """Label the unit squares (0 outside `within`), two neighbours alike where less than `threshold` divides them."""
    # Squares on odd positions, the sides between them on even ones: joining is then plain component labelling.
    canvas = np.zeros((2 * rows + 1, 2 * columns + 1), np.uint8)
    canvas[1::2, 1::2] = 1 if within is None else within
    canvas[2:-1:2, 1::2] = ruled_above[1:-1] < threshold
    canvas[1::2, 2:-1:2] = ruled_left[:, 1:-1] < threshold
    if within is not None:
        canvas[2:-1:2, 1::2] &= within[1:] & within[:-1]
        canvas[1::2, 2:-1:2] &= within[:, 1:] & within[:, :-1]
    _, labels = cv2.connectedComponents(canvas, connectivity=4)
    return np.asarray(labels[1::2, 1::2], np.int32)
