"""The model of a ruled table: edges and what divides its unit squares in, cells out.

Rows and columns vouch for each other. A stroke is a rule where it runs straight along a side of a unit square from
corner to corner; an edge that hardly any side bears out is a stroke of text, a seal or a pen; a side that is missing
while the rows (columns) before and after have it is put back where the ink allows. Whatever stays open marks its cells
doubtful. Positions are pixels of the table's own picture until the cells are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels
from extraction.doubts import DoubtCode
from extraction.preprocess.binarize import middle, parts_of
from extraction.tables.grid import Grid, GridCell

RULED = 0.6
"""Share of a unit side that must be covered to be a rule."""

_HALF = 0.35  # of a side that is ruled from one corner
_FAINT = 0.2  # above this share a side may be a broken rule
_TRACE, _TRACED, _TRACE_LENGTH = 0.35, 0.8, 11  # of the rules' darkness; of the side; pixels averaged
_CORNER = 5  # pixels at each end of a side where text has left room and a rule has not
_WHOLE = 0.97  # share of a side that is not broken
_STRONG = 0.85  # share of a side that no stroke of text covers
_BORNE_OUT = 0.12  # of the table's extent: what an edge of fewer strong sides must be ruled along
_STRONG_SIDES = 3
_WORN = 0.03  # of the sides: more broken ones are no accident of one label
_UNTRUSTED = 0.25  # of the cells: where more are doubtful, what the others are is no surer
_REACHED = 0.4  # of the rules that end at a side of the table: where fewer do, something has touched it
_SHINING_THROUGH = 0.5  # of the usual darkness
_NEAR = 3  # an edge that is missing in so many rows less one, and ruled before and after, is put back
_UPRIGHT = np.ones((3, 1), np.uint8)  # a rule may drift by a pixel
_BEYOND = 10.0  # of the distance within which edges are one: how far a streak is followed beyond the table
_MOST_STREAKS = 2

Edges = npt.NDArray[np.float64]
"""Positions of the grid's rules in pixels, ascending."""

Sides = npt.NDArray[np.float64]
"""A number for each edge and each unit between two others."""

Flags = npt.NDArray[np.bool_]
"""As `Sides`, true or false."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Strokes of one direction, as if they ran across: `thin` is how dark, `mask` where surely a rule, `grey` the
    picture itself."""

    grey: Pixels
    thin: Pixels
    mask: Pixels

    def part(self, left: int, top: int, right: int, bottom: int) -> Strokes:
        """The strokes within a box."""
        area = (slice(top, bottom), slice(left, right))
        return Strokes(self.grey[area], self.thin[area], self.mask[area])


@dataclass(frozen=True, slots=True)
class Ruling:
    """What divides the squares in one direction: for each edge and unit how much of the side is ruled, where exactly
    the rule lies there, and whether its being there is a guess."""

    edges: Edges
    cover: Sides
    at: Sides
    whole: Flags  # not broken anywhere
    begun: Flags  # from both corners, if not all the way
    half: Flags  # from one corner
    guessed: Flags


def grids_of(
    across: Strokes, down: Strokes, marks: Pixels, boxes: Sequence[tuple[int, int, int, int]], snap: float
) -> Iterator[Grid]:
    """The tables of the rules in these boxes (left, top, right, bottom), where they make some.

    `down` has its axes exchanged, so that its strokes run across too; `marks` is the ink. All are the page's.
    """
    paper, ruled = _tone(down)
    faint = paper + max(5.0, _TRACE * ruled)
    for box in boxes:
        grid = _grid_of(across, down, marks, box, snap, faint)
        if grid is not None:
            yield grid


def _grid_of(
    across: Strokes, down: Strokes, marks: Pixels, box: tuple[int, int, int, int], snap: float, faint: float
) -> Grid | None:
    """The table of the rules in a box, None where they make none. `faint` is the darkness of a streak at least."""
    left, top, right, bottom = box
    whole, beyond = down, round(_BEYOND * snap)
    across, down = across.part(left, top, right, bottom), down.part(top, left, bottom, right)
    marks = marks[top:bottom, left:right]
    ys, xs = _edges(across.mask, snap), _edges(down.mask, snap)
    if len(xs):
        xs = xs[~_goes_on(whole, faint, xs + left, (top, bottom), beyond)]
    if len(ys) < 2 or len(xs) < 2:
        return None
    ys, xs = _with_outer_edges(ys, bottom - top, snap), _with_outer_edges(xs, right - left, snap)
    traces = _trace(across), _trace(down)
    rows, columns = _ruling(across, traces[0], ys, xs, snap), _ruling(down, traces[1], xs, ys, snap)
    tones = _tones(across, ys, snap), _tones(down, xs, snap)
    usual = np.median(np.concatenate(tones, axis=1), axis=1, keepdims=True)
    darkness = [np.asarray((own / usual).max(axis=0)) for own in tones]
    kept = _borne_out(rows, columns, darkness[0]), _borne_out(columns, rows, darkness[1])
    ys, xs = ys[kept[0]], xs[kept[1]]
    if len(ys) < 2 or len(xs) < 2:
        return None
    if not all(k.all() for k in kept):
        rows, columns = _ruling(across, traces[0], ys, xs, snap), _ruling(down, traces[1], xs, ys, snap)
    rows = _put_back(rows, columns, np.asarray(marks.T))
    columns = _put_back(columns, rows, marks)
    cells = tuple(_cells(rows, columns, left, top))
    if sum(c.doubtful for c in cells) > _UNTRUSTED * len(cells):
        cells = tuple(replace(c, doubt=DoubtCode.GRID_LINE_BROKEN) for c in cells)
    box = left + round(xs[0]) - 2, top + round(ys[0]) - 2, left + round(xs[-1]) + 3, top + round(ys[-1]) + 3
    return Grid(*box, cells)


def _tone(strokes: Strokes) -> tuple[float, float]:
    """How dark the paper is between the strokes, and the rules themselves; endlessly so where there are none."""
    rows = np.flatnonzero(strokes.mask.max(axis=1))
    ruled = strokes.thin[rows][strokes.mask[rows] > 0]
    return middle(strokes.thin), float(np.median(ruled)) if len(ruled) else np.inf


def _trace(strokes: Strokes) -> float:
    """How dark a rule's trace is at least: a third as dark as the table's rules are."""
    paper, ruled = _tone(strokes)
    return paper + max(5.0, _TRACE * (ruled - paper))


def _edges(mask: Pixels, snap: float) -> Edges:
    """Where the rules lie: the middles of the strokes, those closer than `snap` taken together by their length."""
    strokes = sorted(
        (part.top + (part.height - 1) / 2, float(np.count_nonzero(part.own)))
        for part in parts_of(mask)
        if part.width > 2 * part.height
    )
    groups: list[list[tuple[float, float]]] = []
    for stroke in strokes:
        if groups and stroke[0] - groups[-1][-1][0] <= snap:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    return np.array([sum(p * w for p, w in g) / sum(w for _, w in g) for g in groups])


def _with_outer_edges(edges: Edges, extent: int, snap: float) -> Edges:
    """A table may be open at its sides: the rules' own ends close it."""
    first = [] if edges[0] <= 2 * snap else [0.0]
    last = [] if edges[-1] >= extent - 1 - 2 * snap else [float(extent - 1)]
    return np.array([*first, *edges, *last])


def _goes_on(down: Strokes, faint: float, xs: Edges, ends: tuple[int, int], beyond: int) -> npt.NDArray[np.bool_]:
    """Which edges run on straight above or below the table, as streaks of the scanner do.

    Where several do, a page break has left the table open or another one follows.
    """
    top, bottom = ends
    found = np.zeros(len(xs), bool)
    for start, end in ((top - 2 - beyond, top - 2), (bottom + 2, bottom + 2 + beyond)):
        if start < 0 or end > down.thin.shape[1]:
            continue
        on = np.zeros(len(xs), bool)
        for i, x in enumerate(xs):
            band = down.thin[max(0, round(x) - 4) : round(x) + 5, start:end]
            trace = cv2.dilate((np.asarray(cv2.blur(band, (_TRACE_LENGTH, 1))) >= faint).astype(np.uint8), _UPRIGHT)
            on[i] = np.asarray(trace).mean(axis=1).max() >= _STRONG
        if on.sum() <= _MOST_STREAKS:
            found |= on
    return found


def _ruling(strokes: Strokes, faint: float, edges: Edges, others: Edges, snap: float) -> Ruling:
    """How far each side of the unit squares is ruled, and where.

    A rule keeps its line: only what lies at one height (a pixel up or down) along a side counts. Where an edge is known
    from other cells, a trace of it as dark as `faint` counts too, along most of the side and at both its corners, where
    text leaves room.
    """
    reach = max(2, round(snap))
    shape = (len(edges), len(others) - 1)
    cover = np.zeros(shape)
    whole, begun, half = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    at = np.repeat(edges[:, None], shape[1], axis=1)
    starts, ends = np.rint(others[:-1]).astype(int) + 2, np.rint(others[1:]).astype(int) - 1
    corner = np.minimum(_CORNER, ends - starts)
    part = np.maximum(corner, np.rint(_HALF * (ends - starts)).astype(int))
    stretches = _Stretches(
        np.concatenate([starts, starts, ends - corner, starts, ends - part]),
        np.concatenate([ends, starts + corner, ends, starts + part, ends]),
    )
    for i, edge in enumerate(edges):
        first = max(0, round(edge) - reach)
        band = slice(first, round(edge) + reach + 1)
        sure = np.asarray(cv2.dilate((strokes.mask[band] > 0).astype(np.uint8), _UPRIGHT), np.uint8)
        dark = (np.asarray(cv2.blur(strokes.thin[band], (_TRACE_LENGTH, 1))) >= faint).astype(np.uint8)
        trace = np.asarray(cv2.dilate(dark, _UPRIGHT), np.uint8)
        firm = _Stretches(starts, ends).shares(sure)
        traced, at_start, at_end, from_start, to_end = np.split(stretches.shares(trace), 5, axis=1)
        at_both = (at_start >= 0.5) & (at_end >= 0.5)
        half[i] = (np.maximum(from_start, to_end) >= _STRONG).any(axis=0)
        begun[i] = (at_both & (traced >= _FAINT)).any(axis=0)
        whole[i] = (at_both & (firm >= _WHOLE) & (traced >= _WHOLE)).any(axis=0)
        shares = np.maximum(firm, np.where((traced >= _TRACED) & at_both, traced, 0.0))
        cover[i] = shares.max(axis=0)
        best = shares >= cover[i] - 0.02
        heights = first + (best * np.arange(len(best))[:, None]).sum(axis=0) / best.sum(axis=0)
        at[i] = np.where(cover[i] >= RULED, heights, at[i])
    return Ruling(edges, cover, at, whole, begun, half, np.zeros(shape, bool))


class _Stretches(NamedTuple):
    """Stretches of a row of pixels, from starts to ends."""

    starts: npt.NDArray[np.int_]
    ends: npt.NDArray[np.int_]

    def shares(self, marked: Pixels) -> npt.NDArray[np.float64]:
        """For each row of 0 and 1, and each stretch: the share of ones; 0 for no stretch."""
        sums = np.diff(cv2.integral(marked), axis=0)
        ends = np.minimum(self.ends, marked.shape[1])
        lengths = ends - self.starts
        inside = sums[:, np.maximum(self.starts, ends)] - sums[:, np.minimum(self.starts, ends)]
        return np.asarray(np.where(lengths > 0, inside / np.maximum(lengths, 1), 0.0))


def _tones(strokes: Strokes, edges: Edges, snap: float) -> npt.NDArray[np.float64]:
    """How much darker than the paper beside it each edge is where it is surely ruled; infinite where nowhere.

    2 x edges: at its darkest, and over the darkest two pixels, for a hairline between two pixels is half as dark as one
    on a pixel. Not over more: what shines through is as wide as it is faint.
    """
    reach = max(2, round(snap))
    tones = np.full((2, len(edges)), np.inf)
    for i, edge in enumerate(edges):
        band = slice(max(0, round(edge) - reach), round(edge) + reach + 1)
        ruled = (strokes.mask[band] > 0).any(axis=0)
        if ruled.any():
            beside = strokes.grey[band][:, ruled].astype(np.int32)
            usual = np.median(beside, axis=1)  # of each row, so that neither noise nor print counts
            both = usual.max() - (usual[:-1] + usual[1:]) / 2
            tones[:, i] = np.median(beside.max(axis=0) - beside.min(axis=0)), both.max()
    return tones


def _borne_out(ruling: Ruling, crossing: Ruling, tones: Edges) -> npt.NDArray[np.bool_]:
    """Which edges are the table's: those ruled along enough of it, about as dark as the others; and the outer ones
    where the rules that cross them reach so far.

    What shines through from the back of the paper is fainter than what is printed on it.
    """
    lengths = np.diff(crossing.edges)
    reached = [(crossing.cover[:, side] >= RULED).mean() >= _REACHED for side in (0, -1)]
    strong = (ruling.cover >= _STRONG).sum(axis=1)
    share = (np.where(ruling.cover >= RULED, ruling.cover, 0.0) * lengths).sum(axis=1) / lengths.sum()
    kept = (strong >= _STRONG_SIDES) | (share >= _BORNE_OUT) | ruling.whole.any(axis=1)
    kept[[0, -1]] |= reached
    kept &= tones >= _SHINING_THROUGH
    return np.asarray(kept)


def _put_back(ruling: Ruling, crossing: Ruling, marks: Pixels) -> Ruling:
    """With the sides that are missing while the same edge is ruled shortly before and shortly after.

    The ink must leave room for the rule, and the square must have another rule of this direction beside it: a title
    runs over all columns. Where no rule of the table is broken, a missing side was never printed. Where nothing of the
    rule is left and one of the two cells would be empty it is a guess. A side of which half is left, with ink on both
    sides of it, needs no others. `marks` is the ink, turned so that this ruling runs down.
    """
    cover, guessed = ruling.cover.copy(), ruling.guessed.copy()
    least = 0.0 if _is_worn(ruling, crossing) else _FAINT
    ruled, strong = ruling.cover >= RULED, ruling.cover >= _STRONG
    spans = crossing.edges
    for i, j in np.argwhere(~ruled[1:-1]):
        edge, unit = int(i) + 1, int(j)
        before, after = strong[edge, max(0, unit - _NEAR + 1) : unit], strong[edge, unit + 1 : unit + _NEAR]
        borne_out = bool(before.any() and after.any() and ruled[1:-1, unit].any())
        seen = bool(ruling.begun[edge, unit] or ruling.cover[edge, unit] >= max(least, _FAINT))
        half = ruling.half[edge, unit] and strong[edge].sum() >= _STRONG_SIDES
        if not (borne_out and (seen or not least)) and not half:
            continue
        inked = _inked(marks, ruling.edges[edge - 1 : edge + 2], spans[unit : unit + 2])
        if inked is None or not (borne_out or all(inked)):
            continue
        cover[edge, unit] = 1.0
        guessed[edge, unit] = not seen and not all(inked)
    return Ruling(ruling.edges, cover, ruling.at, ruling.whole, ruling.begun, ruling.half, guessed)


def _inked(marks: Pixels, edges: Edges, span: Edges) -> tuple[bool, bool] | None:
    """Whether there is ink on either side of the middle edge of three, None where some lies across it."""
    top, bottom = round(span[0]) + 4, round(span[1]) - 3
    before, middle, after = (round(edge) for edge in edges)
    flanks = marks[top:bottom, max(0, middle - 7) : middle - 4], marks[top:bottom, middle + 5 : middle + 8]
    across = (flanks[0].any(axis=1) & flanks[1].any(axis=1)).sum()
    if bottom <= top or across > max(5, 0.15 * (bottom - top)):
        return None
    left, right = marks[top:bottom, before + 4 : middle - 3], marks[top:bottom, middle + 4 : after - 3]
    return bool(left.any(axis=1).sum() > 4), bool(right.any(axis=1).sum() > 4)


def _is_worn(*rulings: Ruling) -> bool:
    """Whether rules of the table are broken in places."""
    cover = np.concatenate([r.cover[1:-1].ravel() for r in rulings])
    begun = cover[cover >= _FAINT]
    return bool((begun < _WHOLE).sum() > _WORN * max(1, len(begun)))


def _cells(rows: Ruling, columns: Ruling, left: int, top: int) -> Iterator[GridCell]:
    merged = list(_merged(rows.cover, columns.cover.T))
    # An edge at which no cell begins is no edge of this table: a stroke of text has made it.
    row_numbers = _used({m[0] for m in merged}, len(rows.edges))
    column_numbers = _used({m[1] for m in merged}, len(columns.edges))
    for r0, c0, r1, c1, doubtful in merged:
        guessed = rows.guessed[[r0, r1], c0:c1].any() or columns.guessed[[c0, c1], r0:r1].any()
        yield GridCell(
            row_numbers[r0],
            column_numbers[c0],
            row_numbers[r1] - row_numbers[r0],
            column_numbers[c1] - column_numbers[c0],
            left + _inside(columns.at[c0, r0:r1], +1),
            top + _inside(rows.at[r0, c0:c1], +1),
            left + _inside(columns.at[c1, r0:r1], -1),
            top + _inside(rows.at[r1, c0:c1], -1),
            DoubtCode.GRID_LINE_BROKEN if doubtful or guessed else None,
        )


def _used(starts: set[int], edge_count: int) -> list[int]:
    """For each edge, how many edges before it begin a cell: its number in the table's own counting."""
    return [sum(s < edge for s in starts) for edge in range(edge_count)]


def _inside(at: npt.NDArray[np.float64], direction: int) -> int:
    """A little inside of a side, from where its rule lies along each of its units."""
    return round(float(median(at.tolist()))) + 2 * direction


def _merged(
    ruled_above: npt.NDArray[np.float64], ruled_left: npt.NDArray[np.float64]
) -> Iterator[tuple[int, int, int, int, bool]]:
    """Cells as (row, column, row end, column end, doubtful): unit squares joined where no rule divides them.

    `ruled_above` is (rows + 1) x columns, `ruled_left` rows x (columns + 1), both shares of the side that is ruled.
    Joined squares that do not make a rectangle are parted again, along broken rules first, and marked doubtful.
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
                yield int(r0), int(c0), int(r1), int(c1), bool(doubtful or max(inner, default=0.0) >= _FAINT)
            elif doubtful:
                for r, c in members:
                    yield int(r), int(c), int(r) + 1, int(c) + 1, True
            else:
                within = labels == label
                pending.append((_joined(ruled_above, ruled_left, _FAINT, within, rows, columns), True))


def _joined(
    ruled_above: npt.NDArray[np.float64],
    ruled_left: npt.NDArray[np.float64],
    threshold: float,
    within: npt.NDArray[np.bool_] | None,
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
