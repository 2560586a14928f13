"""The ink of cells: which marks stand in a cell, as lines of marks, without dust and without what rules have left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels, Raster
from extraction.grid_cells import GridCell
from extraction.raster import grey, ink

_SPECK = 0.22  # em; smaller marks are dust
_FAR_APART = 1.0  # line heights between two marks of a line: too far for the digits of one figure
_SMALL = 0.35  # of the line's height: a mark that is no digit
_FRAME = 4  # pixels inside the rules in which nothing but their fringe stands
_DEFAULT_EM = 28.0  # pixels: 10 point type at 200 dpi
_DIGIT = 0.72  # em: the height of a digit
_STROKE = 0.3  # em: smaller marks are dust where they stand farther than this from any that is larger
_TEXT = 4.2  # em: a line so long is a label, none of whose marks is a figure


@dataclass(frozen=True, slots=True)
class InkLine:
    """A line of marks inside a cell: its box in pixels of the page picture.

    `slant` is the correlation of its ink's x and height: near 1 for a / alone, near 0 for a 1. `gap` is the widest
    room without ink between its marks, in pixels.
    """

    left: int
    top: int
    right: int
    bottom: int
    slant: float = 0.0
    gap: int = 0

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left


def page_marks(raster: Raster) -> Pixels:
    """The ink of a level page at the resolution at which pages are read, 255 where there is some."""
    return page_marks_of(grey(raster.pixels))


def page_marks_of(grey_pixels: Pixels) -> Pixels:
    """As `page_marks`, from the grey values."""
    return ink(grey_pixels, window=51)


def has_ink(marks: Pixels, cell: GridCell) -> bool:
    """Whether a cell holds more than dust."""
    return bool(_bands(marks, cell))


def ink_lines(cells: Sequence[GridCell], marks: Pixels) -> list[list[InkLine]]:
    """The lines in each cell: bands of ink, those of one character (三 falls in three) taken together."""
    bands = [_bands(marks, cell) for cell in cells]
    heights = [b.height for cell_bands in bands for b in cell_bands if b.width > 1.5 * b.height and b.height > 8]
    em = median(heights) if heights else _DEFAULT_EM
    return [_without_dust(_together(cell_bands, em), em) for cell_bands in bands]


def digit_height(lines: Iterable[InkLine]) -> float:
    """The height of a digit in pixels: the usual one of lines that are not long, and so hold figures."""
    heights = [n.height for n in lines if 7 < n.height < 60 and 0.3 * n.height < n.width < 6 * n.height]
    return float(median(heights)) if heights else _DIGIT * _DEFAULT_EM


def _bands(marks: Pixels, cell: GridCell) -> list[InkLine]:
    """Runs of rows with ink, without what is left of the rules at the cell's border and without single specks."""
    inside = _clean(marks, cell)
    rows = np.flatnonzero(inside.any(axis=1))
    if not len(rows):
        return []
    bands = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        band = _without_far_specks(inside[run[0] : run[-1] + 1])
        columns = np.flatnonzero(band.any(axis=0))
        bands.append(
            InkLine(
                cell.left + int(columns[0]),
                cell.top + int(run[0]),
                cell.left + int(columns[-1]) + 1,
                cell.top + int(run[-1]) + 1,
                _slant(band),
                int(np.diff(columns).max(initial=1)) - 1,
            )
        )
    return bands


def _without_far_specks(band: Pixels) -> Pixels:
    """Without the small marks farther from the other ones than the digits of one figure, or its point, can be."""
    height = len(band)
    columns = np.flatnonzero(band.any(axis=0))
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > _FAR_APART * height) + 1)
    small = [
        len(run) < _SMALL * height and _extent(np.asarray(band[:, run].any(axis=1))) < _SMALL * height for run in runs
    ]
    if all(small):
        return band
    kept = np.array(band)
    for run in (run for run, is_small in zip(runs, small, strict=True) if is_small):
        kept[:, run] = 0
    return kept


def _extent(inked: npt.NDArray[np.bool_]) -> int:
    """From the first to the last True, 0 for none."""
    at = np.flatnonzero(inked)
    return int(at[-1] - at[0]) + 1 if len(at) else 0


def _slant(band: Pixels) -> float:
    y, x = np.nonzero(band)
    if len(x) < 3 or not x.std() or not y.std():
        return 0.0
    return -float(np.corrcoef(x, y)[0, 1])


def _clean(marks: Pixels, cell: GridCell) -> Pixels:
    """The ink inside a cell without specks and without what the rules have left at its border."""
    inside = marks[cell.top : cell.bottom, cell.left : cell.right].copy()
    height, width = inside.shape
    if height <= 2 * _FRAME or width <= 2 * _FRAME:
        return np.zeros_like(inside)
    inside[:_FRAME], inside[-_FRAME:], inside[:, :_FRAME], inside[:, -_FRAME:] = 0, 0, 0, 0
    if not inside.any():
        return inside
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    rule = ((w > max(40, 0.9 * width)) & (h < 8)) | ((h > max(40, 0.9 * height)) & (w < 8))
    keep = (stats[:, cv2.CC_STAT_AREA] >= 6) & (np.maximum(w, h) >= 4) & ~rule
    keep[0] = False
    keep = _without_lone_specks(keep, labels, stats)
    return inside if keep[1:].all() else inside * keep.astype(np.uint8)[labels]


def _without_lone_specks(
    keep: npt.NDArray[np.bool_], labels: npt.NDArray[Any], stats: npt.NDArray[Any]
) -> npt.NDArray[np.bool_]:
    """Of the marks to keep, those that are strokes or stand beside one, in a cell of text; all of them in others.

    Beside a figure nothing is dust: it may be what is left of a digit.
    """
    left, wide, tall = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    strokes = keep & (np.maximum(wide, tall) >= _STROKE * _DEFAULT_EM)
    if not strokes.any() or (left + wide)[strokes].max() - left[strokes].min() < _TEXT * _DEFAULT_EM:
        return keep
    reach = 2 * round(_STROKE * _DEFAULT_EM) + 1
    near = cv2.dilate(strokes.astype(np.uint8)[labels], np.ones((reach, reach), np.uint8))
    beside = np.zeros_like(keep)
    beside[np.unique(labels[near > 0])] = True
    return keep & beside


def residue(marks: Pixels, cell: GridCell) -> npt.NDArray[np.bool_]:
    """Ink of a cell that belongs to none of its marks: rules and specks, to be wiped before reading."""
    inside, clean = marks[cell.top : cell.bottom, cell.left : cell.right], _clean(marks, cell)
    count, labels = cv2.connectedComponents(inside, connectivity=8)
    marked = np.zeros(count, bool)
    marked[np.unique(labels[clean > 0])] = True
    return np.asarray((inside > 0) & ~marked[labels])


def _together(bands: list[InkLine], em: float) -> list[InkLine]:
    lines: list[InkLine] = []
    for band in bands:
        if lines and band.bottom - lines[-1].top <= 1.25 * em:
            last = lines.pop()
            left, right = min(last.left, band.left), max(last.right, band.right)
            band = InkLine(left, last.top, right, band.bottom, gap=min(last.gap, band.gap))
        lines.append(band)
    return lines


def _without_dust(lines: list[InkLine], em: float) -> list[InkLine]:
    """Without specks, and without the smudges that are small beside the cell's real lines."""
    tallest = max((line.height for line in lines), default=0)
    return [
        line
        for line in lines
        if max(line.width, line.height) >= max(4.0, _SPECK * em)
        and not (line.height < 0.4 * tallest and line.width < 0.5 * em)
    ]
