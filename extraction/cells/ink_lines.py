"""The ink of cells: which marks stand in a cell, as lines of marks, without dust and without what rules have left."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extraction.cells.components import EM, Flags, Mark, TableMarks, table_marks
from extraction.geometry import Pixels
from extraction.tables.grid import GridCell

_SPECK = 0.22  # em; smaller marks are dust
_FAR_APART = 1.0  # line heights between two marks of a line: too far for the digits of one figure
_PIECES = 0.4  # line heights between the pieces of one digit at most
_SMALL = 0.35  # of the line's height: a mark that is no digit
_POINT, _BROKEN = 0.35, 0.85  # heights of a digit: of points at most, of digits at least
_DIGIT = 0.72  # em: the height of a digit
_LEANING = 1.6  # heights; a wider line is no single stroke, and its slant says nothing


@dataclass(frozen=True, slots=True)
class InkLine:
    """A line of marks inside a cell: its box in pixels of the page picture.

    `slant` is the correlation of its ink's x and height: near 1 for a / alone, near 0 for a 1 and for lines that are
    wider than a stroke. `gap` is the widest room without ink between its marks, in pixels.
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


def has_ink(marks: Pixels, cell: GridCell) -> bool:
    """Whether a cell holds more than dust."""
    return any(table_marks(marks, [cell]).of)


def ink_lines(marks: TableMarks) -> list[list[InkLine]]:
    """The lines in each cell: bands of ink, those of one character (三 falls in three) taken together."""
    bands = [_bands(marks, own) for own in marks.of]
    heights = [b.height for cell_bands in bands for b in cell_bands if b.width > 1.5 * b.height and b.height > 8]
    em = median(heights) if heights else EM
    return [_without_dust(_together(cell_bands, em), em) for cell_bands in bands]


def digit_height(lines: Iterable[InkLine]) -> float:
    """The height of a digit in pixels: the usual one of lines that are not long, and so hold figures."""
    heights = [n.height for n in lines if 7 < n.height < 60 and 0.3 * n.height < n.width < 6 * n.height]
    return float(median(heights)) if heights else _DIGIT * EM


def _bands(marks: TableMarks, own: Sequence[Mark]) -> list[InkLine]:
    """A cell's runs of rows with ink, without single specks."""
    bands = []
    for band in _without_strays(_runs(own, lambda mark: (mark.top, mark.bottom), 0)):
        top, bottom = min(m.top for m in band), max(m.bottom for m in band)
        columns = _runs(_without_far_specks(band, bottom - top), lambda mark: (mark.left, mark.right), 0)
        left, right = min(m.left for m in columns[0]), max(m.right for m in columns[-1])
        gap = _widest_gap(columns)
        slant = _slant(marks.pixels(left, top, right, bottom)) if right - left <= _LEANING * (bottom - top) else 0.0
        bands.append(InkLine(left, top, right, bottom, slant, gap))
    return bands


def _without_strays(bands: list[list[Mark]]) -> list[list[Mark]]:
    """Without the specks above and below a cell's line that are to its side: they would make one wide line with it."""
    tallest = max((max(m.bottom for m in band) - min(m.top for m in band) for band in bands), default=0)
    small = [all(max(m.right - m.left, m.bottom - m.top) < _SMALL * tallest for m in band) for band in bands]
    if all(small) or not any(small):
        return bands
    lines = [_sides(_without_far_specks(b, tallest)) for b, is_small in zip(bands, small, strict=True) if not is_small]
    kept = [
        [m for m in band if not is_small or any(a - tallest < m.right and m.left < b + tallest for a, b in lines)]
        for band, is_small in zip(bands, small, strict=True)
    ]
    return [band for band in kept if band]


def _widest_gap(columns: Sequence[Sequence[Mark]]) -> int:
    """The widest room between neighbours that are digits or points; what is of neither's height is left of a rule."""
    heights = [max(m.bottom for m in run) - min(m.top for m in run) for run in columns]
    digit = median(h for h in heights if 2 * h >= max(heights))
    kept = [run for run, h in zip(columns, heights, strict=True) if not _POINT * digit <= h < _BROKEN * digit]
    return max((min(m.left for m in b) - max(m.right for m in a) for a, b in pairwise(kept)), default=0)


def _runs(marks: Sequence[Mark], sides: Callable[[Mark], tuple[int, int]], room: float) -> list[list[Mark]]:
    """Marks that follow one another with no more than so many pixels without ink between them, in one direction."""
    runs: list[list[Mark]] = []
    end = 0
    for mark in sorted(marks, key=sides):
        start, stop = sides(mark)
        if runs and start - end <= room:
            runs[-1].append(mark)
            end = max(end, stop)
        else:
            runs.append([mark])
            end = stop
    return runs


def _without_far_specks(band: Sequence[Mark], height: int) -> Sequence[Mark]:
    """Without the small marks farther from all print than the digits of one figure, or its point, can be.

    A row of specks across a wide cell leads to no figure: only what is close together may be a digit in pieces.
    """
    runs = _runs(band, lambda mark: (mark.left, mark.right), _PIECES * height)
    print_ = [_sides(run) for run in runs if not _is_small(run, height)]
    far = _FAR_APART * height - 1
    near = (run for run in runs if any(a - far <= _sides(run)[1] and _sides(run)[0] <= b + far for a, b in print_))
    return [mark for run in near for mark in run] or band


def _sides(run: Sequence[Mark]) -> tuple[int, int]:
    """Where marks begin and end, across."""
    return min(m.left for m in run), max(m.right for m in run)


def _is_small(run: Sequence[Mark], height: int) -> bool:
    """Whether marks that stand together are too small for a digit of a line of this height."""
    tall = max(m.bottom for m in run) - min(m.top for m in run)
    inked = sum(
        max(m.right for m in part) - min(m.left for m in part)
        for part in _runs(run, lambda mark: (mark.left, mark.right), 0)
    )
    return inked < _SMALL * height and tall < _SMALL * height


def _slant(band: Flags) -> float:
    moments = cv2.moments(band.view(np.uint8), binaryImage=True)
    spread = math.sqrt(moments["mu20"] * moments["mu02"])
    return -moments["mu11"] / spread if spread else 0.0


def _together(bands: list[InkLine], em: float) -> list[InkLine]:
    lines: list[InkLine] = []
    for band in bands:
        if lines and band.bottom - lines[-1].top <= 1.25 * em:
            last = lines.pop()
            left, right = min(last.left, band.left), max(last.right, band.right)
            gap = max(last, band, key=lambda part: part.height).gap  # the other is a stroke, or dust above a figure
            band = InkLine(left, last.top, right, band.bottom, gap=gap)
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
