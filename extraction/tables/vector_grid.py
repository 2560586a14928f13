"""The tables of a page whose file draws its own grid lines: strokes in points in, the cells of the ruled tables out.

What a file draws is exact: nothing is broken, faint or a streak. Strokes of one line are joined, strokes that touch
make a table, and how they divide it is for `extraction.tables.grid_solver`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from extraction.geometry import Box
from extraction.settings import TableSettings
from extraction.tables.grid import Grid
from extraction.tables.grid_solver import (
    RULED,
    WHOLE,
    GridSides,
    Numbers,
    cells_of,
    confirmed,
    joined_edges,
    with_outer_edges,
)

_ONE_LINE = 1.5  # points across within which strokes are one rule
_BROKEN = 3.0  # points between two strokes of one rule
_MEETS = 3.0  # points within which a level rule meets an upright one
_TOUCHES = 1.5  # points within which rules belong to one table
_STROKE = 26.0  # points: shorter upright strokes with a loose end are no rules
_CORNER = 1.5  # points at both ends of a side in which other rules stand
_CLEAR = 1.44  # points from the middle of a rule to the room inside the cell


class _Line(NamedTuple):
    """A rule: where it lies, and from where to where it runs."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


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
    ys, xs = _edges(level, upright, snap), _edges(upright, level, snap)
    if len(ys) < 2 or len(xs) < 2:
        return None
    rows, columns = _sides(level, ys, xs, snap), _sides(upright, xs, ys, snap)
    ys, xs = ys[confirmed(rows, columns)], xs[confirmed(columns, rows)]
    if len(ys) < 2 or len(xs) < 2:
        return None
    cells = cells_of(_sides(level, ys, xs, snap), _sides(upright, xs, ys, snap), _CLEAR, scale)
    box = xs[0] - _CLEAR, ys[0] - _CLEAR, xs[-1] + _CLEAR, ys[-1] + _CLEAR
    left, top, right, bottom = (round(side / scale) for side in box)
    return Grid(left, top, right, bottom, cells)


def _edges(lines: Sequence[_Line], crossing: Sequence[_Line], snap: float) -> Numbers:
    """Where the lines lie; a table may be open at its sides."""
    edges = joined_edges([(line.at, line.length) for line in lines], snap)
    return with_outer_edges(edges, min(c.start for c in crossing), max(c.end for c in crossing), snap)


def _sides(lines: Sequence[_Line], edges: Numbers, others: Numbers, snap: float) -> GridSides:
    """How far each side of the unit squares is ruled, and where: what rules most of it counts."""
    at, start, end = np.array(lines).T
    lower, upper = others[:-1] + _CORNER, others[1:] - _CORNER
    shared = np.minimum(end[:, None], upper) - np.maximum(start[:, None], lower)
    part = np.clip(shared / np.maximum(upper - lower, 1e-6), 0.0, 1.0)
    near = np.abs(at[:, None] - edges) <= snap
    each = near[:, :, None] * part[:, None, :]
    cover = each.max(axis=0)
    lies = np.where(cover >= RULED, at[each.argmax(axis=0)], edges[:, None])
    return GridSides(edges, cover, lies, cover >= WHOLE, np.zeros(cover.shape, bool))
