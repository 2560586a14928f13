"""Two pages on one sheet, side by side: where to part them."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.document import Pixels

_WIDE = 1.2  # width to height of a sheet with two pages
_REACH = 0.06  # of the width, from the middle, where the gutter may be
_GUTTER = 0.015  # of the width that is bare between two pages
_BARE = 0.004  # of the height: specks that do not count
_ACROSS = 0.85  # of the gutter: what reaches so far goes across it
_FOLD = 4  # pixels of a line down the fold


def gutter(marks: Pixels) -> float | None:
    """Where the gutter between two pages is, as a share of the sheet's width; None for a sheet with one page.

    `marks` is 255 where there is ink on the upright sheet. Rules and lines of a single broad page cross its middle.
    """
    height, width = marks.shape
    if width < _WIDE * height:
        return None
    first, last = round((0.5 - _REACH) * width), round((0.5 + _REACH) * width)
    ink = np.count_nonzero(marks[:, first:last], axis=0)
    # Noise lies everywhere: what counts is what is more than the quietest columns have.
    bare = ink <= np.quantile(ink, 0.1) + _BARE * height
    bare = _without_fold(bare)
    runs = np.split(np.arange(first, last), np.flatnonzero(np.diff(bare)) + 1)
    gaps = [run for run in runs if bare[run[0] - first] and len(run) >= _GUTTER * width]
    noisy = np.quantile(ink, 0.1) > 3 * _BARE * height
    if not gaps or noisy:
        return None
    best = max(gaps, key=len)
    # A rule of a broad table is little ink, but it goes all the way.
    level = cv2.dilate(marks[:, best[0] : best[-1] + 1], np.ones((3, 1), np.uint8))
    if (np.count_nonzero(level, axis=1) > _ACROSS * len(best)).any():
        return None
    return float((best[0] + best[-1] + 1) / 2 / width)


def _without_fold(bare: np.typing.NDArray[np.bool_]) -> np.typing.NDArray[np.bool_]:
    """Bare columns with a narrow line between them counted as bare."""
    closed = bare.copy()
    edges = np.flatnonzero(np.diff(bare.astype(np.int8))) + 1
    for run in np.split(np.arange(len(bare)), edges):
        if len(run) <= _FOLD and run[0] > 0 and run[-1] < len(bare) - 1:
            closed[run] = True
    return closed
