"""The grid lines of a picture: strokes in, and how far each side of a table's unit squares is ruled.

Rows and columns vouch for each other (`extraction.tables.grid_solver`). A stroke is a rule where it runs straight along
a side of a unit square from corner to corner; an edge that hardly any side bears out is a stroke of text, a seal or a
pen; a side that is missing while the rows (columns) before and after have it is put back where the ink allows.
Positions are pixels of the table's own picture until the cells are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels
from extraction.preprocess.binarize import components_of, grey_quantile
from extraction.tables.grid import Grid
from extraction.tables.grid_solver import (
    FAINT,
    RULED,
    STRONG,
    STRONG_SIDES,
    WHOLE,
    Flags,
    GridSides,
    Numbers,
    cells_of,
    confirmed,
    joined_edges,
    with_outer_edges,
)

_HALF = 0.35  # of a side that is ruled from one corner
_TRACE, _TRACED, _TRACE_LENGTH = 0.35, 0.8, 11  # of the rules' darkness; of the side; pixels averaged
_CORNER = 5  # pixels at each end of a side where text has left room and a rule has not
_WORN = 0.03  # of the sides: more broken ones are no accident of one label
_SHINING_THROUGH = 0.5  # of the usual darkness
_INSET = 2  # pixels from the middle of a rule to the room inside the cell
_NEAR = 3  # an edge that is missing in so many rows less one, and ruled before and after, is put back
_UPRIGHT = np.ones((3, 1), np.uint8)  # a rule may drift by a pixel
_BEYOND = 10.0  # of the distance within which edges are one: how far a streak is followed beyond the table
_MOST_STREAKS = 2


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


@dataclass(frozen=True, slots=True, eq=False)
class Ruling(GridSides):
    """The sides of one direction as a picture shows them: which are `begun` from both corners, if not all the way, and
    of which there is `half` from one corner."""

    begun: Flags
    half: Flags


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
    ys = with_outer_edges(ys, 0.0, bottom - top - 1.0, snap)
    xs = with_outer_edges(xs, 0.0, right - left - 1.0, snap)
    traces = _trace(across), _trace(down)
    rows, columns = _ruling(across, traces[0], ys, xs, snap), _ruling(down, traces[1], xs, ys, snap)
    tones = _tones(across, ys, snap), _tones(down, xs, snap)
    usual = np.median(np.concatenate(tones, axis=1), axis=1, keepdims=True)
    darkness = [np.asarray((own / usual).max(axis=0)) for own in tones]
    # What shines through from the back of the paper is fainter than what is printed on it.
    dark = [own >= _SHINING_THROUGH for own in darkness]
    kept = confirmed(rows, columns) & dark[0], confirmed(columns, rows) & dark[1]
    ys, xs = ys[kept[0]], xs[kept[1]]
    if len(ys) < 2 or len(xs) < 2:
        return None
    if not all(k.all() for k in kept):
        rows, columns = _ruling(across, traces[0], ys, xs, snap), _ruling(down, traces[1], xs, ys, snap)
    rows = _put_back(rows, columns, np.asarray(marks.T))
    columns = _put_back(columns, rows, marks)
    cells = cells_of(rows, columns, _INSET, origin=(left, top))
    box = left + round(xs[0]) - 2, top + round(ys[0]) - 2, left + round(xs[-1]) + 3, top + round(ys[-1]) + 3
    return Grid(*box, cells)


def _tone(strokes: Strokes) -> tuple[float, float]:
    """How dark the paper is between the strokes, and the rules themselves; endlessly so where there are none."""
    rows = np.flatnonzero(strokes.mask.max(axis=1))
    ruled = strokes.thin[rows][strokes.mask[rows] > 0]
    return grey_quantile(strokes.thin), float(np.median(ruled)) if len(ruled) else np.inf


def _trace(strokes: Strokes) -> float:
    """How dark a rule's trace is at least: a third as dark as the table's rules are."""
    paper, ruled = _tone(strokes)
    return paper + max(5.0, _TRACE * (ruled - paper))


def _edges(mask: Pixels, snap: float) -> Numbers:
    """Where the rules lie: the middles of the strokes, those closer than `snap` taken together by their length."""
    strokes = [
        (part.top + (part.height - 1) / 2, float(np.count_nonzero(part.mask)))
        for part in components_of(mask)
        if part.width > 2 * part.height
    ]
    return joined_edges(strokes, snap)


def _goes_on(down: Strokes, faint: float, xs: Numbers, ends: tuple[int, int], beyond: int) -> Flags:
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
            on[i] = np.asarray(trace).mean(axis=1).max() >= STRONG
        if on.sum() <= _MOST_STREAKS:
            found |= on
    return found


def _ruling(strokes: Strokes, faint: float, edges: Numbers, others: Numbers, snap: float) -> Ruling:
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
        half[i] = (np.maximum(from_start, to_end) >= STRONG).any(axis=0)
        begun[i] = (at_both & (traced >= FAINT)).any(axis=0)
        whole[i] = (at_both & (firm >= WHOLE) & (traced >= WHOLE)).any(axis=0)
        shares = np.maximum(firm, np.where((traced >= _TRACED) & at_both, traced, 0.0))
        cover[i] = shares.max(axis=0)
        best = shares >= cover[i] - 0.02
        heights = first + (best * np.arange(len(best))[:, None]).sum(axis=0) / best.sum(axis=0)
        at[i] = np.where(cover[i] >= RULED, heights, at[i])
    return Ruling(edges, cover, at, whole, np.zeros(shape, bool), begun, half)


class _Stretches(NamedTuple):
    """Stretches of a row of pixels, from starts to ends."""

    starts: npt.NDArray[np.int_]
    ends: npt.NDArray[np.int_]

    def shares(self, marked: Pixels) -> Numbers:
        """For each row of 0 and 1, and each stretch: the share of ones; 0 for no stretch."""
        sums = np.diff(cv2.integral(marked), axis=0)
        ends = np.minimum(self.ends, marked.shape[1])
        lengths = ends - self.starts
        inside = sums[:, np.maximum(self.starts, ends)] - sums[:, np.minimum(self.starts, ends)]
        return np.asarray(np.where(lengths > 0, inside / np.maximum(lengths, 1), 0.0))


def _tones(strokes: Strokes, edges: Numbers, snap: float) -> Numbers:
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


def _put_back(ruling: Ruling, crossing: Ruling, marks: Pixels) -> Ruling:
    """With the sides that are missing while the same edge is ruled shortly before and shortly after.

    The ink must leave room for the rule, and the square must have another rule of this direction beside it: a title
    runs over all columns. Where no rule of the table is broken, a missing side was never printed. Where nothing of the
    rule is left and one of the two cells would be empty it is a guess. A side of which half is left, with ink on both
    sides of it, needs no others. `marks` is the ink, turned so that this ruling runs down.
    """
    cover, guessed = ruling.cover.copy(), ruling.guessed.copy()
    least = 0.0 if _is_worn(ruling, crossing) else FAINT
    ruled, strong = ruling.cover >= RULED, ruling.cover >= STRONG
    spans = crossing.edges
    for i, j in np.argwhere(~ruled[1:-1]):
        edge, unit = int(i) + 1, int(j)
        before, after = strong[edge, max(0, unit - _NEAR + 1) : unit], strong[edge, unit + 1 : unit + _NEAR]
        borne_out = bool(before.any() and after.any() and ruled[1:-1, unit].any())
        seen = bool(ruling.begun[edge, unit] or ruling.cover[edge, unit] >= max(least, FAINT))
        half = ruling.half[edge, unit] and strong[edge].sum() >= STRONG_SIDES
        if not (borne_out and (seen or not least)) and not half:
            continue
        inked = _inked(marks, ruling.edges[edge - 1 : edge + 2], spans[unit : unit + 2])
        if inked is None or not (borne_out or all(inked)):
            continue
        cover[edge, unit] = 1.0
        guessed[edge, unit] = not seen and not all(inked)
    return replace(ruling, cover=cover, guessed=guessed)


def _inked(marks: Pixels, edges: Numbers, span: Numbers) -> tuple[bool, bool] | None:
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
    begun = cover[cover >= FAINT]
    return bool((begun < WHOLE).sum() > _WORN * max(1, len(begun)))
