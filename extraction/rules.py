"""Ruling lines to grids: the picture of a level page in, the cells of its ruled tables out.

A chain of small steps: thin dark strokes -> rules -> groups of rules that touch -> edges of the grid -> which sides of
each unit square are ruled -> cells, merged where no rule divides them. All lengths in the settings are points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels
from extraction.settings import TableSettings

_RULED = 0.6  # share of a unit side that must be covered to be a rule
_THICKEST = 3.5  # points; anything thicker is a band, not a rule
_HEADING = 26.0  # points; no stroke of a heading is longer
_PIECE = 0.75  # of the shortest rule: what is shorter may be a stroke of text
_TRACE, _TRACED, _TRACE_LENGTH = 0.35, 0.8, 11  # of the rules' darkness; of the side; pixels averaged
_OPEN_RULES = 3  # upright rules ending together: the table is open there
_FAINT = 0.2  # above this share a side may be a broken rule

Edges = npt.NDArray[np.float64]
"""Positions of the grid's rules in pixels, ascending."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: grid position, spans, and the pixels inside its rules. `doubtful` where the rules do not say for sure."""

    row: int
    column: int
    row_span: int
    column_span: int
    left: int
    top: int
    right: int
    bottom: int
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    cells: tuple[GridCell, ...]


def find_grids(grey_pixels: Pixels, scale: float, settings: TableSettings) -> list[Grid]:
    """The ruled tables of a level page, top to bottom. `scale` is points a pixel."""
    across = _rules(grey_pixels, round(settings.min_rule_across / scale), scale)
    # Upright rules are found as level ones of the picture with its axes exchanged.
    down = _rules(np.ascontiguousarray(grey_pixels.T), round(settings.min_rule_down / scale), scale)
    across = _Rules(across.thin, _meeting(across.mask, down.mask.T, round(3.0 / scale)))
    down = _Rules(down.thin, _without_loose_strokes(down.mask.T, across.mask, _HEADING / scale, 1.5 / scale).T)
    grids = []
    for box in _touching(across.mask, down.mask.T, reach=max(1, round(1.0 / scale))):
        grid = _grid(across, down, box, snap=settings.snap / scale)
        if grid is not None and len(grid.cells) >= settings.min_cells:
            grids.append(grid)
    return sorted(grids, key=lambda g: (g.top, g.left))


@dataclass(frozen=True, slots=True)
class _Rules:
    """Strokes of one direction, as if they ran across: `thin` is how dark, `mask` where surely a rule."""

    thin: Pixels
    mask: Pixels

    def part(self, left: int, top: int, right: int, bottom: int) -> _Rules:
        return _Rules(self.thin[top:bottom, left:right], self.mask[top:bottom, left:right])


def _rules(grey_pixels: Pixels, shortest: int, scale: float) -> _Rules:
    """Long thin dark strokes that run across: hairlines and grey rules count, edges of coloured bands do not.

    The black-hat transform keeps what is dark and thinner than the kernel, whatever the paper's own tone.
    """
    shortest = max(8, shortest)
    thick = max(7, round(_THICKEST / scale) | 1)

    def kernel(along: int, width: int) -> Pixels:
        return np.ones((width, along), np.uint8)

    thin = cv2.morphologyEx(grey_pixels, cv2.MORPH_BLACKHAT, kernel(1, thick), borderType=cv2.BORDER_REPLICATE)
    noise = float(np.median(thin))  # most of a page is bare paper
    _, dark = cv2.threshold(thin, max(14.0, 3.0 * noise), 255, cv2.THRESH_BINARY)
    # A rule may drift by a pixel: thicken it before asking for its length. Only pieces too long for a stroke of text
    # are then bridged, else neighbouring characters would make a rule.
    dark = cv2.dilate(dark, kernel(1, 3))
    pieces = cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel(round(_PIECE * shortest), 1))
    # Closing fills up to the picture's edge: some room around keeps a table that is cropped closely as it is.
    room = cv2.copyMakeBorder(np.asarray(pieces), 0, 0, shortest, shortest, cv2.BORDER_CONSTANT, value=[0])
    bridged = cv2.morphologyEx(room, cv2.MORPH_CLOSE, kernel(shortest, 1))[:, shortest:-shortest]
    mask = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, kernel(shortest, 1))
    return _Rules(np.asarray(thin, np.uint8), np.asarray(mask, np.uint8))


def _meeting(across: Pixels, down: Pixels, reach: int) -> Pixels:
    """Only the level strokes that meet an upright rule: one that stands free in a cell is a line of text."""
    near = cv2.dilate(down, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, labels = cv2.connectedComponents(across, connectivity=8)
    meets = np.zeros(count, bool)
    meets[np.unique(labels[near > 0])] = True
    return np.where(meets[labels], across, 0).astype(np.uint8)


def _without_loose_strokes(down: Pixels, across: Pixels, short: float, margin: float) -> Pixels:
    """Without the short upright ends that no level rule closes: strokes of a heading above or below the table.

    Where a page break leaves a table open, three or more rules end at one height; those are kept.
    """
    kept, reach = np.ascontiguousarray(down), round(margin)
    down = kept.copy()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(down, connectivity=8)
    loose: list[tuple[int, int, int]] = []  # label, from, to
    for label, (left, top, width, height, _) in enumerate(stats[1:count], start=1):
        bottom = top + height
        level = across[max(0, top - reach) : bottom + reach, left : left + width].any(axis=1)
        crossings = np.flatnonzero(level) + max(0, top - reach)
        above, below = (crossings[0] - top, bottom - 1 - crossings[-1]) if len(crossings) else (height, height)
        if height < short:
            if max(above, below) > reach:
                kept[top:bottom, left : left + width][labels[top:bottom, left : left + width] == label] = 0
            continue
        loose += [(label, top, int(crossings[0]) - 1)] if reach < above < short else []
        loose += [(label, int(crossings[-1]) + 2, bottom)] if reach < below < short else []
    for label, start, end in loose:
        alike = sum(abs(s - start) <= 2 * reach and abs(e - end) <= 2 * reach for _, s, e in loose)
        if alike < _OPEN_RULES:
            left, _, width, _, _ = stats[label]
            area = (slice(start, end), slice(left, left + width))
            kept[area][labels[area] == label] = 0
    return kept


def _touching(across: Pixels, down: Pixels, reach: int) -> Iterator[tuple[int, int, int, int]]:
    """Bounding boxes (left, top, right, bottom) of groups of rules that touch."""
    both = cv2.dilate(across | down, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(both, connectivity=8)
    for left, top, width, height, _ in stats[1:count]:
        if width > 3 * reach and height > 3 * reach:
            yield int(left), int(top), int(left + width), int(top + height)


def _grid(across: _Rules, down: _Rules, box: tuple[int, int, int, int], snap: float) -> Grid | None:
    left, top, right, bottom = box
    across, down = across.part(left, top, right, bottom), down.part(top, left, bottom, right)
    ys, xs = _edges(across.mask, snap), _edges(down.mask, snap)
    if len(ys) < 2 or len(xs) < 2:
        return None
    ys, xs = _with_outer_edges(ys, bottom - top, snap), _with_outer_edges(xs, right - left, snap)
    ruled_above, ruled_left = _side_cover(across, ys, xs, snap), _side_cover(down, xs, ys, snap).T
    merged = list(_merged(ruled_above, ruled_left))
    # An edge at which no cell begins is no edge of this table: a stroke of text has made it.
    rows, columns = _used({m[0] for m in merged}, len(ys)), _used({m[1] for m in merged}, len(xs))
    cells = tuple(
        GridCell(
            rows[r0],
            columns[c0],
            rows[r1] - rows[r0],
            columns[c1] - columns[c0],
            left + _inside(xs[c0], +1),
            top + _inside(ys[r0], +1),
            left + _inside(xs[c1], -1),
            top + _inside(ys[r1], -1),
            doubtful,
        )
        for r0, c0, r1, c1, doubtful in merged
    )
    return Grid(left, top, right, bottom, cells)


def _used(starts: set[int], edge_count: int) -> list[int]:
    """For each edge, how many edges before it begin a cell: its number in the table's own counting."""
    return [sum(s < edge for s in starts) for edge in range(edge_count)]


def _edges(mask: Pixels, snap: float) -> Edges:
    """Where the rules lie: the middles of the strokes, those closer than `snap` taken together by their length."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    strokes = sorted(
        (top + (height - 1) / 2, float(area)) for _, top, width, height, area in stats[1:count] if width > 2 * height
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


def _side_cover(rules: _Rules, edges: Edges, others: Edges, snap: float) -> npt.NDArray[np.float64]:
    """For each edge and each unit between two others: the share of that side along which a rule runs.

    Where an edge is known from other cells, a fainter trace of it counts too: at least a third as dark as the table's
    rules are, along most of the side.
    """
    reach = max(2, round(snap))
    ruled = rules.thin[rules.mask > 0].astype(np.float32)
    paper = float(np.median(rules.thin))
    faint = paper + max(5.0, _TRACE * (float(np.median(ruled)) - paper)) if len(ruled) else 255.0
    cover = np.zeros((len(edges), len(others) - 1))
    for i, edge in enumerate(edges):
        band = slice(max(0, round(edge) - reach), round(edge) + reach + 1)
        sure = rules.mask[band].max(axis=0) > 0
        trace = np.asarray(cv2.blur(rules.thin[band], (_TRACE_LENGTH, 1))).max(axis=0) >= faint
        for j in range(len(others) - 1):
            start, end = round(others[j]) + 2, round(others[j + 1]) - 1
            if end > start:
                traced = trace[start:end].mean()
                cover[i, j] = max(sure[start:end].mean(), traced if traced >= _TRACED else 0.0)
    return cover


def _merged(
    ruled_above: npt.NDArray[np.float64], ruled_left: npt.NDArray[np.float64]
) -> Iterator[tuple[int, int, int, int, bool]]:
    """Cells as (row, column, row end, column end, doubtful): unit squares joined where no rule divides them.

    `ruled_above` is (rows + 1) x columns, `ruled_left` rows x (columns + 1), both shares of the side that is ruled.
    Joined squares that do not make a rectangle are parted again, along broken rules first, and marked doubtful.
    """
    rows, columns = ruled_above.shape[0] - 1, ruled_above.shape[1]
    pending = [(_joined(ruled_above, ruled_left, _RULED, None, rows, columns), False)]
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


def _inside(edge: float, direction: int) -> int:
    return round(edge) + 2 * direction
