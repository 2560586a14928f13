"""Ruling lines to grids: the picture of a level page in, the cells of its ruled tables out.

A chain of small steps: thin dark strokes -> rules -> groups of rules that touch -> edges of the grid -> which sides of
each unit square are ruled -> cells, merged where no rule divides them. All lengths in the settings are points.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from extraction.cell_ink import page_marks_of
from extraction.document import Pixels
from extraction.grid import Strokes, grid_of
from extraction.grid_cells import Grid
from extraction.raster import middle
from extraction.settings import TableSettings

_THICKEST = 3.5  # points; anything thicker is a band, not a rule
_HEADING = 26.0  # points; no stroke of a heading is longer
_PIECE = 0.75  # of the shortest rule: what is shorter may be a stroke of text
_STREAK = 4.0  # headings
_NEAR = 0.3  # headings: as near as this a heading stands to no table
_GAP = 2.0  # headings; no rule is broken for longer
_OPEN_RULES = 3  # upright rules ending together: the table is open there


def find_grids(
    grey_pixels: Pixels, scale: float, settings: TableSettings, marks: Pixels | None = None, *, rules_only: bool = False
) -> list[Grid]:
    """The ruled tables of a level page, top to bottom. `scale` is points a pixel.

    `marks` is the page's ink, where it is known already. A picture of `rules_only` has no streaks of a scanner.
    """
    across = _rules(grey_pixels, round(settings.min_rule_across / scale), scale)
    # Upright rules are found as level ones of the picture with its axes exchanged.
    down = _rules(np.ascontiguousarray(grey_pixels.T), round(settings.min_rule_down / scale), scale)
    across = Strokes(across.grey, across.thin, _meeting(across.mask, down.mask.T, round(3.0 / scale)))
    down_mask = _without_loose_strokes(down.mask.T, across.mask, _HEADING / scale, 1.5 / scale, not rules_only).T
    down = Strokes(down.grey, down.thin, down_mask)
    marks = page_marks_of(grey_pixels) if marks is None else marks
    grids = []
    for box in _touching(across.mask, down.mask.T, reach=max(1, round(1.0 / scale))):
        grid = grid_of(across, down, marks, box, snap=settings.snap / scale)
        if grid is not None and len(grid.cells) >= settings.min_cells:
            grids.append(grid)
    return sorted(grids, key=lambda g: (g.top, g.left))


def _rules(grey_pixels: Pixels, shortest: int, scale: float) -> Strokes:
    """Long thin dark strokes that run across: hairlines and grey rules count, edges of coloured bands do not.

    The black-hat transform keeps what is dark and thinner than the kernel, whatever the paper's own tone.
    """
    shortest = max(8, shortest)
    thick = max(7, round(_THICKEST / scale) | 1)

    def kernel(along: int, width: int) -> Pixels:
        return np.ones((width, along), np.uint8)

    thin = cv2.morphologyEx(grey_pixels, cv2.MORPH_BLACKHAT, kernel(1, thick), borderType=cv2.BORDER_REPLICATE)
    noise = middle(np.asarray(thin, np.uint8))  # most of a page is bare paper
    _, dark = cv2.threshold(thin, max(14.0, 3.0 * noise), 255, cv2.THRESH_BINARY)
    # A rule may drift by a pixel: thicken it before asking for its length. Only pieces too long for a stroke of text
    # are then bridged, else neighbouring characters would make a rule.
    dark = cv2.dilate(dark, kernel(1, 3))
    pieces = cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel(round(_PIECE * shortest), 1))
    # Closing fills up to the picture's edge: some room around keeps a table that is cropped closely as it is.
    room = cv2.copyMakeBorder(np.asarray(pieces), 0, 0, shortest, shortest, cv2.BORDER_CONSTANT, value=[0])
    bridged = cv2.morphologyEx(room, cv2.MORPH_CLOSE, kernel(shortest, 1))[:, shortest:-shortest]
    mask = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, kernel(shortest, 1))
    return Strokes(grey_pixels, np.asarray(thin, np.uint8), np.asarray(mask, np.uint8))


def _meeting(across: Pixels, down: Pixels, reach: int) -> Pixels:
    """Only the level strokes that meet an upright rule: one that stands free in a cell is a line of text."""
    near = cv2.dilate(down, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, labels = cv2.connectedComponents(across, connectivity=8)
    meets = np.zeros(count, bool)
    meets[np.unique(labels[near > 0])] = True
    return np.where(meets[labels], across, 0).astype(np.uint8)


def _without_loose_strokes(down: Pixels, across: Pixels, short: float, margin: float, scanned: bool) -> Pixels:
    """Without the upright ends that no level rule closes: strokes of a heading above or below the table.

    On a scan, a stroke with a long loose end is a streak of the scanner and goes altogether. Where a page break leaves
    a table open, three or more rules end at one height; those are kept.
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
        if len(crossings):
            loose += [(label, top, int(crossings[0]) - 1)] if above > reach else []
            loose += [(label, int(crossings[-1]) + 2, bottom)] if below > reach else []
    for label, start, end in loose:
        if not scanned and end - start >= short:
            continue
        alike = sum(abs(s - start) <= 2 * reach and abs(e - end) <= 2 * reach for _, s, e in loose)
        left, top, width, height, _ = stats[label]
        crossed = _goes_on(across, start, end, top, left + width // 2, _NEAR * short, beside=round(short))
        if alike < _OPEN_RULES and not crossed:
            streak = (
                scanned
                and end - start >= _STREAK * short
                and not _goes_on(across, start, end, top, left + width // 2, _GAP * short)
            )
            rows = slice(top, top + height) if streak else slice(start, end)
            area = (rows, slice(left, left + width))
            kept[area][labels[area] == label] = 0
    return kept


def _goes_on(across: Pixels, start: int, end: int, top: int, x: int, within: float, beside: int = 0) -> bool:
    """Whether a level rule runs a little beyond the loose end of an upright one, there or `beside` it on both sides:
    the rule is broken in a tall row, or where they cross."""
    rows = slice(max(0, start - round(within)), start) if start == top else slice(end, end + round(within))
    here = across[rows, x].any()
    on_both = across[rows, max(0, x - beside) : x].any() and across[rows, x + 1 : x + 1 + beside].any()
    return bool(here or on_both)


def _touching(across: Pixels, down: Pixels, reach: int) -> Iterator[tuple[int, int, int, int]]:
    """Bounding boxes (left, top, right, bottom) of groups of rules that touch."""
    both = cv2.dilate(across | down, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(both, connectivity=8)
    for left, top, width, height, _ in stats[1:count]:
        if width > 3 * reach and height > 3 * reach:
            yield int(left), int(top), int(left + width), int(top + height)
