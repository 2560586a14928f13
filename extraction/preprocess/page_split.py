"""Splitting a scan of two facing pages: the place of the gutter between them."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.geometry import Pixels

MIN_SHEET_ASPECT = 1.2  # width to height of a sheet with two pages
MAX_GUTTER_OFFSET = 0.06  # of the width, from the centre
MIN_GUTTER_WIDTH = 0.015  # of the width, free of ink
MAX_SPECK_INK = 0.004  # of the height: ink pixels in a column that counts as bare
MIN_CROSSING_WIDTH = 0.85  # of the gutter's width: ink in a row that crosses it
MAX_FOLD_WIDTH = 4  # pixels of a dark line along the fold


def gutter_position(ink_mask: Pixels) -> float | None:
    """The centre of the gutter between two pages as a share of the sheet's width; None for a sheet with one page.

    `ink_mask` (255 on ink) is that of the upright sheet. Grid lines and text of a single wide page cross its centre.
    """
    height, width = ink_mask.shape
    if width < MIN_SHEET_ASPECT * height:
        return None
    first, last = round((0.5 - MAX_GUTTER_OFFSET) * width), round((0.5 + MAX_GUTTER_OFFSET) * width)
    ink = np.count_nonzero(ink_mask[:, first:last], axis=0)
    noise = np.quantile(ink, 0.1)  # noise lies in every column: only what exceeds it is print
    bare = _without_fold(ink <= noise + MAX_SPECK_INK * height)
    runs = np.split(np.arange(first, last), np.flatnonzero(np.diff(bare)) + 1)
    gaps = [run for run in runs if bare[run[0] - first] and len(run) >= MIN_GUTTER_WIDTH * width]
    if not gaps or noise > 3 * MAX_SPECK_INK * height:
        return None
    best = max(gaps, key=len)
    # A grid line of a wide table is little ink in each column, but it crosses all of them.
    thickened = cv2.dilate(ink_mask[:, best[0] : best[-1] + 1], np.ones((3, 1), np.uint8))
    if (np.count_nonzero(thickened, axis=1) > MIN_CROSSING_WIDTH * len(best)).any():
        return None
    return float((best[0] + best[-1] + 1) / 2 / width)


def _without_fold(bare: np.typing.NDArray[np.bool_]) -> np.typing.NDArray[np.bool_]:
    """The bare columns (bool), a narrow inked run between two of them counted as bare: the fold."""
    closed = bare.copy()
    edges = np.flatnonzero(np.diff(bare.astype(np.int8))) + 1
    for run in np.split(np.arange(len(bare)), edges):
        if len(run) <= MAX_FOLD_WIDTH and run[0] > 0 and run[-1] < len(bare) - 1:
            closed[run] = True
    return closed
