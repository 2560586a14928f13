"""Ruling lines to grids: the picture of a level page in, the cells of its ruled tables out.

A chain of small steps: thin dark strokes -> rules -> groups of rules that touch -> edges of the grid -> which sides of
each unit square are ruled -> cells, merged where no rule divides them. All lengths in the settings are points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels
from extraction.preprocess.binarize import Component, components_of, grey_quantile, noise_of, outer_contours, page_ink
from extraction.settings import TableSettings
from extraction.tables.cropped_cells import with_cut_off_cells_doubted
from extraction.tables.grid import Grid
from extraction.tables.line_grid import Strokes, grids_of

_THICKEST = 3.5  # points; anything thicker is a band, not a rule
_HEADING = 26.0  # points; no stroke of a heading is longer
_PIECE = 0.75  # of the shortest rule: what is shorter may be a stroke of text
_STREAK = 4.0  # headings
_MARGIN = 2.0  # headings: a stroke that comes from the page's edge, or half as long where it runs from edge to edge
_NEAR = 0.3  # headings: as near as this a heading stands to no table
_GRAINY = 0.05  # of the print's depth: noise from which a hairline is lost in the paper's grain
_ALONG = 3.2  # points along a rule over which such a page is smoothed
_GAP = 2.0  # headings; no rule is broken for longer
_DARKEST = 0.005  # share of a page's pixels that are surely print
_EVERY = 4  # columns: one of so many is looked at first
_OPEN_RULES = 3  # upright rules ending together: the table is open there


def find_grids(grey_pixels: Pixels, scale: float, settings: TableSettings, marks: Pixels | None = None) -> list[Grid]:
    """The ruled tables of a level page, top to bottom. `scale` is points a pixel.

    `marks` is the page's ink, where it is known already.
    """
    # Upright rules are found as level ones of the picture with its axes exchanged.
    turned, along = _turned(grey_pixels), max(3, round(_ALONG / scale)) if _is_grainy(grey_pixels) else 1
    across, down = _thin(grey_pixels, scale, along), _thin(turned, scale, along)
    strokes = (
        Strokes(grey_pixels, across, _rules(across, round(settings.min_horizontal_line_points / scale))),
        Strokes(turned, down, _rules(down, round(settings.min_vertical_line_points / scale))),
    )
    level, upright = strokes[0].mask, _turned(strokes[1].mask)
    level = _meeting(level, upright, round(3.0 / scale))
    upright = _without_loose_strokes(upright, level, _HEADING / scale, 1.5 / scale)
    boxes = list(_touching(level, upright, reach=max(1, round(1.0 / scale))))
    if not boxes:
        return []
    marks = page_ink(grey_pixels) if marks is None else marks
    strokes = replace(strokes[0], mask=level), replace(strokes[1], mask=_turned(upright))
    grids = [
        g for g in grids_of(*strokes, marks, boxes, settings.snap_points / scale) if len(g.cells) >= settings.min_cells
    ]
    return sorted(with_cut_off_cells_doubted(grids, level, upright), key=lambda g: (g.top, g.left))


def _turned(pixels: Pixels) -> Pixels:
    """The picture with its axes exchanged."""
    return np.asarray(cv2.transpose(pixels), np.uint8)


def _is_grainy(grey_pixels: Pixels) -> bool:
    """Whether print is so faint beside the paper's noise that rules break into pieces."""
    return noise_of(grey_pixels) > _GRAINY * (grey_quantile(grey_pixels) - grey_quantile(grey_pixels, _DARKEST))


def _thin(grey_pixels: Pixels, scale: float, along: int) -> Pixels:
    """How much darker than what lies above and below it a stroke is that runs across, 0 where it is no thin one.

    The black-hat transform keeps what is dark and thinner than the kernel, whatever the paper's own tone: hairlines
    and grey rules count, edges of coloured bands do not. The mean over `along` pixels takes out noise, not rules.
    """
    if along > 1:
        grey_pixels = np.asarray(cv2.blur(grey_pixels, (along, 1), borderType=cv2.BORDER_REPLICATE), np.uint8)
    kernel = np.ones((max(7, round(_THICKEST / scale) | 1), 1), np.uint8)
    thin = cv2.morphologyEx(grey_pixels, cv2.MORPH_BLACKHAT, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(thin, np.uint8)


def _rules(thin: Pixels, shortest: int) -> Pixels:
    """255 on long thin dark strokes that run across."""
    shortest = max(8, shortest)
    noise = grey_quantile(thin)  # most of a page is bare paper
    _, dark = cv2.threshold(thin, max(14.0, 3.0 * noise), 255, cv2.THRESH_BINARY)
    # A rule may drift by a pixel: thicken it before asking for its length. Only pieces too long for a stroke of text
    # are then bridged, else neighbouring characters would make a rule.
    thick = np.asarray(cv2.dilate(dark, np.ones((3, 1), np.uint8)), np.uint8)
    piece = round(_PIECE * shortest)
    mask = np.zeros_like(thick)
    rows = _rows_with_runs(thick, piece)
    if len(rows):
        pieces = cv2.morphologyEx(thick[rows], cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
        kernel = np.ones((1, shortest), np.uint8)
        # Closing fills up to the picture's edge: some room around keeps a table that is cropped closely as it is.
        room = cv2.copyMakeBorder(np.asarray(pieces), 0, 0, shortest, shortest, cv2.BORDER_CONSTANT, value=[0])
        bridged = cv2.morphologyEx(room, cv2.MORPH_CLOSE, kernel)[:, shortest:-shortest]
        mask[rows] = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, kernel)
    return mask


def _rows_with_runs(dark: Pixels, length: int) -> npt.NDArray[np.intp]:
    """The rows that may hold a run of so many marked pixels: those in which as many in four are marked in a row.

    Most of a page's rows have none: looking for them in a fourth of the pixels saves most of the work.
    """
    some = np.ascontiguousarray(dark[:, ::_EVERY])
    runs = cv2.erode(some, np.ones((1, max(1, length // _EVERY)), np.uint8))
    return np.flatnonzero(np.asarray(runs).max(axis=1))


def _meeting(across: Pixels, down: Pixels, reach: int) -> Pixels:
    """Only the level strokes that meet an upright rule: one that stands free in a cell is a line of text."""
    kept = np.zeros_like(across)
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    height, width = across.shape
    for part in components_of(across):
        left, top = min(reach, part.left), min(reach, part.top)  # room before the part, as far as the picture has some
        rows = slice(part.top - top, min(height, part.top + part.height + reach))
        columns = slice(part.left - left, min(width, part.left + part.width + reach))
        upright = down[rows, columns]
        if not upright.any():
            continue
        near = np.asarray(cv2.dilate(upright, square))[top : top + part.height, left : left + part.width]
        if (near[part.mask] > 0).any():
            kept[part.window][part.mask] = 255
    return kept


def _without_loose_strokes(down: Pixels, across: Pixels, short: float, margin: float) -> Pixels:
    """Without the upright ends that no level rule closes: strokes of a heading above or below the table.

    A stroke with a long loose end is a streak of the scanner and goes altogether. Where a page break leaves
    a table open, three or more rules end at one height; those are kept, but not where they run to the page's edge.
    """
    kept, reach = down.copy(), round(margin)
    loose: list[tuple[Component, int, int]] = []  # stroke, from, to
    for part in components_of(down):
        top, bottom = part.top, part.top + part.height
        level = across[max(0, top - reach) : bottom + reach, part.left : part.left + part.width].any(axis=1)
        crossings = np.flatnonzero(level) + max(0, top - reach)
        ends = (crossings[0] - top, bottom - 1 - crossings[-1]) if len(crossings) else (part.height, part.height)
        if part.height < short:
            if max(ends) > reach:
                kept[part.window][part.mask] = 0
            continue
        if len(crossings):
            loose += [(part, top, int(crossings[0]) - 1)] if ends[0] > reach else []
            loose += [(part, int(crossings[-1]) + 2, bottom)] if ends[1] > reach else []
    for part, start, end in loose:
        if _comes_from_edge(part, start, end, len(down), reach, _MARGIN * short):
            kept[part.window][part.mask] = 0
            continue
        alike = sum(abs(s - start) <= 2 * reach and abs(e - end) <= 2 * reach for _, s, e in loose)
        x = part.left + part.width // 2
        crossed = _goes_on(across, start, end, part.top, x, _NEAR * short, beside=round(short))
        if alike < _OPEN_RULES and not crossed:
            if end - start >= _STREAK * short and not _goes_on(across, start, end, part.top, x, _GAP * short):
                kept[part.window][part.mask] = 0
            else:
                end_of_it = part.mask.copy()
                end_of_it[: max(0, start - part.top)] = False
                end_of_it[end - part.top :] = False
                kept[part.window][end_of_it] = 0
    return kept


def _comes_from_edge(part: Component, start: int, end: int, height: int, reach: int, long: float) -> bool:
    """Whether the loose end of a stroke begins at the upper or lower edge of a page so many pixels high: it must be so
    `long`, or half of that where the stroke runs from edge to edge."""
    from_top, to_bottom = part.top <= reach, part.top + part.height >= height - reach
    is_at_edge = (from_top and start == part.top) or (to_bottom and end == part.top + part.height)
    return is_at_edge and (end - start) * (from_top + to_bottom) >= long


def _goes_on(across: Pixels, start: int, end: int, top: int, x: int, within: float, beside: int = 0) -> bool:
    """Whether a level rule runs a little beyond the loose end of an upright one, there or `beside` it on both sides:
    the rule is broken in a tall row, or where they cross."""
    rows = slice(max(0, start - round(within)), start) if start == top else slice(end, end + round(within))
    here = across[rows, x].any()
    on_both = across[rows, max(0, x - beside) : x].any() and across[rows, x + 1 : x + 1 + beside].any()
    return bool(here or on_both)


def _touching(across: Pixels, down: Pixels, reach: int) -> Iterator[tuple[int, int, int, int]]:
    """Bounding boxes (left, top, right, bottom) of groups of rules that touch."""
    both = cv2.dilate(cv2.bitwise_or(across, down), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    for left, top, width, height in outer_contours(np.asarray(both, np.uint8))[1].tolist():
        if width > 3 * reach and height > 3 * reach:
            yield left, top, left + width, top + height
