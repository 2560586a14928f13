"""Grey ink over a table's print: a seal or a pen stroke of a grey scan, told from black print by its tone, and wiped.

A copied seal is a mid grey; print under it stays as dark as elsewhere. Where a table's print is not evenly dark (faint,
worn or dithered scans) nothing can be told by tone, and nothing is wiped.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from extraction.cells.components import EM, Flags, TableMarks
from extraction.document import Pixels
from extraction.tables.grid import GridCell

_DARK = (0.78, 0.74, 0.7, 0.66, 0.62, 0.58, 0.54)  # of the way from paper to print: lighter ink may be no print
_EDGE = 7  # pixels, across: what lies so near to print is its edge or touches it
_PRINTED = 0.25  # share of a character's ink that is dark, at least
_EVEN = 0.95  # share of the table's characters that are so
_LEAST = 40  # characters that say how dark print is
_MUCH = 0.12  # square ems of grey ink in a cell: less is a smudge
_TEXT = 4.2  # ems: print so wide is a label, of which thin strokes must not be lost


@dataclass(frozen=True, slots=True, eq=False)
class Wiped:
    """A page's picture and ink without what is no print of its own, and the numbers of the cells concerned."""

    pixels: Pixels
    ink: Pixels
    cells: frozenset[int]


def without_grey_ink(pixels: Pixels, marks: TableMarks) -> Wiped:
    """The page with what is no print wiped from the cells that also hold print; as it is where tone says nothing, and
    where the page is in colour, which says more."""
    level = _level(pixels, marks) if pixels.ndim == 2 else None
    found = {} if level is None else _concerned(pixels, marks, level[1])
    if level is None or not found:
        return Wiped(pixels, marks.ink, frozenset())
    grey, ink = pixels.copy(), marks.ink.copy()
    for number, wipe in found.items():
        area = _area(marks.cells[number])
        grey[area][wipe], ink[area][wipe] = level[0], 0
    return Wiped(grey, ink, frozenset(found))


def _concerned(grey: Pixels, marks: TableMarks, lightest: float) -> dict[int, Flags]:
    """The cells with grey ink and print, and which of their pixels are to be wiped."""
    found = {}
    for number in _candidates(grey, marks, lightest):
        cell = marks.cells[number]
        inked = marks.pixels(cell.left, cell.top, cell.right, cell.bottom)
        near = _near_dark(inked, grey[_area(cell)], lightest, _EDGE)
        if 0 < _extent(near) < _TEXT * EM and (inked & ~near).sum() >= _MUCH * EM * EM:
            found[number] = ~near
    return found


def _candidates(grey: Pixels, marks: TableMarks, lightest: float) -> list[int]:
    """The cells that every second pixel of every second row says to look at."""
    inked = marks.kept[marks.labels[::2, ::2]]
    height, width = marks.labels.shape
    part = grey[marks.top : marks.top + height : 2, marks.left : marks.left + width : 2]
    light = inked & ~_near_dark(inked, part, lightest, _EDGE // 2 + 1)
    least = _MUCH * EM * EM / 8
    return [
        number
        for number, cell in enumerate(marks.cells)
        if np.count_nonzero(
            light[
                (cell.top - marks.top) // 2 : (cell.bottom - marks.top) // 2,
                (cell.left - marks.left) // 2 : (cell.right - marks.left) // 2,
            ]
        )
        >= least
    ]


def _near_dark(inked: Flags, grey: Pixels, lightest: float, reach: int) -> Flags:
    """Print and its edges: what lies within so many pixels, across, of ink as dark as print."""
    dark = (inked & (grey < lightest)).astype(np.uint8)
    return np.asarray(cv2.dilate(dark, np.ones((reach, reach), np.uint8)) > 0)


def _extent(near: Flags) -> int:
    """From the first to the last column with print."""
    columns = np.flatnonzero(near.any(axis=0))
    return int(columns[-1] - columns[0]) if len(columns) else 0


def _area(cell: GridCell) -> tuple[slice, slice]:
    return slice(cell.top, cell.bottom), slice(cell.left, cell.right)


def _level(grey: Pixels, marks: TableMarks) -> tuple[int, float] | None:
    """The paper's grey value and one that the core of each character is darker than, where print is evenly dark."""
    characters = marks.characters()
    if len(characters) < _LEAST:
        return None
    step = max(1, len(characters) // _LEAST)
    tones = [grey[m.top : m.bottom, m.left : m.right][marks.pixels(*m)] for m in characters[::step]]
    print_ = float(np.median([np.percentile(t, 20) for t in tones]))
    paper = int(np.median(marks.sampled(grey)))
    for share in _DARK:
        lightest = paper - share * (paper - print_)
        if np.mean([float((t < lightest).mean()) >= _PRINTED for t in tones]) >= _EVEN:
            return paper, lightest
    return None
