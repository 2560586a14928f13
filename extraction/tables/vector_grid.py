"""The tables of a page whose file draws its own rules: strokes in points in, the cells of the ruled tables out.

What a file draws is exact: nothing is broken, faint or a streak, so the steps are those of
`extraction.tables.line_grid` without its doubts. Strokes of one line are joined, strokes that touch make a table, their
positions its edges, and unit squares that no stroke divides are one cell. Squares that so make no rectangle are
doubtful cells of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from extraction.document import Box
from extraction.doubts import DoubtCode
from extraction.settings import TableSettings
from extraction.tables.grid import Grid, GridCell

_ONE_LINE = 1.5  # points across within which strokes are one rule
_BROKEN = 3.0  # points between two strokes of one rule
_MEETS = 3.0  # points within which a level rule meets an upright one
_TOUCHES = 1.5  # points within which rules belong to one table
_STROKE = 26.0  # points: shorter upright strokes with a loose end are no rules
_CORNER = 1.5  # points at both ends of a side in which other rules stand
_CLEAR = 1.44  # points from the middle of a rule to the room inside the cell
_RULED, _FAINT, _STRONG, _WHOLE = 0.6, 0.2, 0.85, 0.97  # shares of a side
_STRONG_SIDES = 3
_BORNE_OUT = 0.12  # of the table's extent: what an edge of fewer strong sides must be ruled along
_REACHED = 0.4  # of the rules that end at an open side of the table
_UNTRUSTED = 0.25  # of the cells: where more are doubtful, what the others are is no surer

Numbers = npt.NDArray[np.float64]


class _Line(NamedTuple):
    """A rule: where it lies, and from where to where it runs."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Sides:
    """What divides the unit squares in one direction: the edges, and for each edge and unit between two edges of the
    other direction how much of the side is ruled and where the rule lies."""

    edges: list[float]
    cover: Numbers
    at: Numbers


def grids_of_rules(rules: Sequence[Box], scale: float, settings: TableSettings) -> list[Grid]:
    """The ruled tables, top to bottom, in pixels of `scale` points each; `rules` are strokes in points, level or
    upright, without extent across."""
    level = _lines(((r.top, r.left, r.right) for r in rules if r.width > r.height), settings.min_horizontal_line_points)
    upright = _lines(
        ((r.left, r.top, r.bottom) for r in rules if r.width <= r.height), settings.min_vertical_line_points
    )
    level = [a for a in level if any(_cross(a, d, _MEETS) for d in upright)]
    upright = [d for d in upright if d.length >= _STROKE or _is_closed(d, level)]
    grids = [_grid(*table, scale, settings.snap_points) for table in _tables(level, upright)]
    found = [grid for grid in grids if grid is not None and len(grid.cells) >= settings.min_cells]
    return sorted(found, key=lambda g: (g.top, g.left))


def _lines(strokes: Iterator[tuple[float, float, float]], shortest: float) -> list[_Line]:
    """The rules that strokes (at, from, to) make: those of one line that touch or all but touch are one."""
    lines: list[_Line] = []
    group: list[_Line] = []
    for stroke in sorted(_Line(*s) for s in strokes):
        if group and stroke.at - group[-1].at > _ONE_LINE:
            lines += _joined(group)
            group = []
        group.append(stroke)
    return [line for line in [*lines, *_joined(group)] if line.length >= shortest]


def _joined(strokes: Sequence[_Line]) -> Iterator[_Line]:
    """The strokes of one line, joined where less than `_BROKEN` parts them."""
    run: list[_Line] = []
    end = 0.0
    for stroke in sorted(strokes, key=lambda s: s.start):
        if run and stroke.start - end > _BROKEN:
            yield _Line(_middle(run), run[0].start, end)
            run = []
        end = max(end, stroke.end) if run else stroke.end
        run.append(stroke)
    if run:
        yield _Line(_middle(run), run[0].start, end)


def _middle(lines: Sequence[_Line]) -> float:
    """Where lines lie, the longer ones counting for more."""
    return sum(n.at * n.length for n in lines) / sum(n.length for n in lines)


def _cross(one: _Line, other: _Line, reach: float) -> bool:
    """Whether a level and an upright rule cross, touch, or miss each other by no more than `reach`."""
    return one.start - reach <= other.at <= one.end + reach and other.start - reach <= one.at <= other.end + reach


def _is_closed(upright: _Line, level: Sequence[_Line]) -> bool:
    """Whether level rules cross an upright one at both its ends."""
    crossed = [a.at for a in level if _cross(a, upright, _TOUCHES)]
    return bool(crossed) and min(crossed) - upright.start <= _TOUCHES and upright.end - max(crossed) <= _TOUCHES


def _tables(level: Sequence[_Line], upright: Sequence[_Line]) -> Iterator[tuple[list[_Line], list[_Line]]]:
    """The level and upright rules of each group that hangs together."""
    left, right = set(range(len(level))), set(range(len(upright)))
    while left:
        rows, columns, fresh = {left.pop()}, set[int](), True
        while fresh:
            met = {k for k in right if any(_cross(level[i], upright[k], _TOUCHES) for i in rows)}
            columns |= met
            right -= met
            new = {i for i in left if any(_cross(level[i], upright[k], _TOUCHES) for k in met)}
            rows |= new
            left -= new
            fresh = bool(new)
        yield [level[i] for i in sorted(rows)], [upright[k] for k in sorted(columns)]


def _grid(level: Sequence[_Line], upright: Sequence[_Line], scale: float, snap: float) -> Grid | None:
    """The table of rules that hang together, in pixels of `scale` points; None where they make none."""
    if not level or not upright:
        return None
    ys = _edges(level, min(d.start for d in upright), max(d.end for d in upright), snap)
    xs = _edges(upright, min(a.start for a in level), max(a.end for a in level), snap)
    if len(ys) < 2 or len(xs) < 2:
        return None
    rows, columns = _sides(level, ys, xs, snap), _sides(upright, xs, ys, snap)
    ys, xs = _borne_out(rows, columns), _borne_out(columns, rows)
    if len(ys) < 2 or len(xs) < 2:
        return None
    rows, columns = _sides(level, ys, xs, snap), _sides(upright, xs, ys, snap)
    cells = tuple(_cells(rows, columns, scale))
    if sum(c.doubtful for c in cells) > _UNTRUSTED * len(cells):
        cells = tuple(replace(c, doubt=DoubtCode.GRID_LINE_BROKEN) for c in cells)
    box = xs[0] - _CLEAR, ys[0] - _CLEAR, xs[-1] + _CLEAR, ys[-1] + _CLEAR
    left, top, right, bottom = (round(side / scale) for side in box)
    return Grid(left, top, right, bottom, cells)


def _edges(lines: Sequence[_Line], first: float, last: float, snap: float) -> list[float]:
    """Where the rules lie, those closer than `snap` taken together; a table may be open at its sides, and then ends
    where the rules of the other direction do, `first` and `last`."""
    groups: list[list[_Line]] = []
    for line in sorted(lines):
        if groups and line.at - groups[-1][-1].at <= snap:
            groups[-1].append(line)
        else:
            groups.append([line])
    edges = [_middle(group) for group in groups]
    before = [first] if edges[0] - first > 2 * snap else []
    after = [last] if last - edges[-1] > 2 * snap else []
    return [*before, *edges, *after]


def _sides(lines: Sequence[_Line], edges: list[float], others: Sequence[float], snap: float) -> _Sides:
    """How far each side of the unit squares is ruled, and where: what rules most of it counts."""
    at, start, end = np.array(lines).T
    lower, upper = np.array(others[:-1]) + _CORNER, np.array(others[1:]) - _CORNER
    shared = np.minimum(end[:, None], upper) - np.maximum(start[:, None], lower)
    part = np.clip(shared / np.maximum(upper - lower, 1e-6), 0.0, 1.0)
    near = np.abs(at[:, None] - np.array(edges)) <= snap
    each = near[:, :, None] * part[:, None, :]
    cover = each.max(axis=0)
    lies = np.where(cover >= _RULED, at[each.argmax(axis=0)], np.array(edges)[:, None])
    return _Sides(edges, cover, lies)


def _borne_out(sides: _Sides, crossing: _Sides) -> list[float]:
    """The edges that are the table's: those ruled along enough of it, and the outer ones where enough of the rules that
    cross them reach so far."""
    lengths = np.diff(crossing.edges)
    strong = (sides.cover >= _STRONG).sum(axis=1)
    share = (np.where(sides.cover >= _RULED, sides.cover, 0.0) * lengths).sum(axis=1) / lengths.sum()
    kept = (strong >= _STRONG_SIDES) | (share >= _BORNE_OUT) | (sides.cover >= _WHOLE).any(axis=1)
    kept[[0, -1]] |= (crossing.cover[:, [0, -1]] >= _RULED).mean(axis=0) >= _REACHED
    return [edge for edge, keep in zip(sides.edges, kept, strict=True) if keep]


def _cells(rows: _Sides, columns: _Sides, scale: float) -> Iterator[GridCell]:
    """The cells, row by row; an edge at which none begins is not counted."""
    squares = [(r, c) for r in range(len(rows.edges) - 1) for c in range(len(columns.edges) - 1)]
    merged = list(_merged(squares, rows.cover.tolist(), columns.cover.tolist(), _RULED))
    row_numbers = _numbers({r for r, *_ in merged}, len(rows.edges))
    column_numbers = _numbers({c for _, c, *_ in merged}, len(columns.edges))
    above, beside = rows.at.tolist(), columns.at.tolist()
    for r0, c0, r1, c1, doubtful in merged:
        yield GridCell(
            row_numbers[r0],
            column_numbers[c0],
            row_numbers[r1] - row_numbers[r0],
            column_numbers[c1] - column_numbers[c0],
            round((median(beside[c0][r0:r1]) + _CLEAR) / scale),
            round((median(above[r0][c0:c1]) + _CLEAR) / scale),
            round((median(beside[c1][r0:r1]) - _CLEAR) / scale),
            round((median(above[r1][c0:c1]) - _CLEAR) / scale),
            DoubtCode.GRID_LINE_BROKEN if doubtful else None,
        )


def _numbers(starts: set[int], count: int) -> list[int]:
    """For each edge, how many before it begin a cell."""
    return [sum(s < edge for s in starts) for edge in range(count)]


def _merged(
    squares: Sequence[tuple[int, int]],
    above: Sequence[Sequence[float]],
    beside: Sequence[Sequence[float]],
    least: float,
) -> Iterator[tuple[int, int, int, int, bool]]:
    """Cells as (row, column, row end, column end, doubtful): squares joined where less than `least` of the side between
    them is ruled.

    `above` is by edge and column, `beside` by edge and row: shares of the side that is ruled.
    """
    left = set(squares)
    for square in squares:
        if square not in left:
            continue
        left.discard(square)
        part, pending = [square], [square]
        while pending:
            r, c = pending.pop()
            for side, other in (
                (above[r + 1][c], (r + 1, c)),
                (above[r][c], (r - 1, c)),
                (beside[c + 1][r], (r, c + 1)),
                (beside[c][r], (r, c - 1)),
            ):
                if side < least and other in left:
                    left.discard(other)
                    part.append(other)
                    pending.append(other)
        r0, c0, r1, c1 = _extent(part)
        if len(part) == (r1 - r0) * (c1 - c0):
            inner = [above[r][c] for r in range(r0 + 1, r1) for c in range(c0, c1)]
            inner += [beside[c][r] for c in range(c0 + 1, c1) for r in range(r0, r1)]
            yield r0, c0, r1, c1, least < _RULED or max(inner, default=0.0) >= _FAINT
        elif least > _FAINT:
            yield from _merged(sorted(part), above, beside, _FAINT)
        else:
            yield from ((r, c, r + 1, c + 1, True) for r, c in part)


def _extent(squares: Sequence[tuple[int, int]]) -> tuple[int, int, int, int]:
    """The rectangle (row, column, row end, column end) around squares."""
    rows, columns = [r for r, _ in squares], [c for _, c in squares]
    return min(rows), min(columns), max(rows) + 1, max(columns) + 1
