"""The marks of a table's cells, all found at once: without dust and without what the rules have left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels
from extraction.tables.grid import GridCell

EM = 28.0
"""Pixels of an em where nothing says better: 10 point type at 200 dpi."""

_FRAME = 4  # pixels inside the rules in which nothing but their fringe stands
_STROKE = 0.3  # em: smaller marks are dust where they stand farther than this from any that is larger
_TEXT = 4.2  # em: a line so long is a label, none of whose marks is a figure
_DUST = 6  # pixels of ink; less is dust
_SHORT = 4  # pixels; a mark no longer is dust
_SLIM = 8  # pixels; what is thinner and as long as the cell is a rule
_LONG, _ALONG = 40, 0.9  # pixels, more than digits have, and of the cell: so long is a rule
_BESIDE = 0.5, 0.87  # of its height: so tall are digits beside a rule that is shorter than that

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[Any]


class Mark(NamedTuple):
    """A piece of connected ink: its box in pixels of the page."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, eq=False)
class TableMarks:
    """The marks `of` each cell of a table. `ink` is the page's, 255 where there is some.

    `labels` numbers the pieces of ink inside the cells, from 1, on the part of the page that begins at `left`, `top`;
    `kept` says which of the numbers are marks.
    """

    ink: Pixels
    cells: Sequence[GridCell]
    left: int
    top: int
    labels: Integers
    kept: Flags
    of: tuple[tuple[Mark, ...], ...]

    def pixels(self, left: int, top: int, right: int, bottom: int) -> Flags:
        """Where there are marks in a rectangle of the page that lies in one of the cells."""
        part = self.labels[top - self.top : bottom - self.top, left - self.left : right - self.left]
        return np.asarray(self.kept[part])

    def residue(self, number: int) -> Flags:
        """Ink of a cell that belongs to none of its marks: rules and specks, to be wiped before reading."""
        cell = self.cells[number]
        inside = self.ink[cell.top : cell.bottom, cell.left : cell.right] > 0
        clean = self.pixels(cell.left, cell.top, cell.right, cell.bottom)
        if not (inside & ~clean).any():
            return np.zeros_like(inside)
        count, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=8)
        marked = np.zeros(count, bool)
        marked[labels[clean]] = True
        return np.asarray(inside & ~marked[labels])


def table_marks(ink: Pixels, cells: Sequence[GridCell]) -> TableMarks:
    """The marks of cells that do not overlap; the page's `ink` is 255 where there is some."""
    left, top = min((c.left for c in cells), default=0), min((c.top for c in cells), default=0)
    right, bottom = max((c.right for c in cells), default=1), max((c.bottom for c in cells), default=1)
    inside, owner = np.zeros((bottom - top, right - left), np.uint8), np.zeros((bottom - top, right - left), np.uint16)
    for number, cell in enumerate(cells):
        rows, columns = slice(cell.top + _FRAME, cell.bottom - _FRAME), slice(cell.left + _FRAME, cell.right - _FRAME)
        if rows.start < rows.stop and columns.start < columns.stop:
            area = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
            inside[area], owner[area] = ink[rows, columns], number
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    stats[0] = 0  # what is no ink
    owners = owner[stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_LEFT]].astype(int)
    kept = _no_dust(stats, owners, cells)
    of = _by_owner(owners, kept, len(cells))
    for cell, numbers in zip(cells, of, strict=True):
        kept[_lone_specks(numbers, labels, stats)] = False
        kept[_rules_between(numbers, stats, cell.bottom - cell.top - 2 * _FRAME)] = False
    sides = stats[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]] + (left, top, left, top)
    sides[:, 2:] += stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    boxes = [Mark(*side) for side in sides.tolist()]
    marks = tuple(tuple(boxes[n] for n in numbers.tolist() if kept[n]) for numbers in of)
    return TableMarks(ink, cells, left, top, labels, kept, marks)


def _by_owner(owners: Integers, kept: Flags, count: int) -> list[Integers]:
    """For each of so many cells, the numbers of its marks."""
    numbers = np.flatnonzero(kept)
    numbers = numbers[np.argsort(owners[numbers], kind="stable")]
    return np.split(numbers, np.cumsum(np.bincount(owners[numbers], minlength=count))[: count - 1]) if count else []


def _no_dust(stats: Integers, owners: Integers, cells: Sequence[GridCell]) -> Flags:
    """Which pieces of ink are large enough for marks, and no pieces of rules."""
    if not cells:
        return np.zeros(len(stats), bool)
    sizes = np.array([(c.right - c.left, c.bottom - c.top) for c in cells], float)[owners]
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    across, down = np.maximum(_LONG, _ALONG * sizes).T
    rule = ((wide > across) & (tall < _SLIM)) | ((tall > down) & (wide < _SLIM))
    return np.asarray((stats[:, cv2.CC_STAT_AREA] >= _DUST) & (np.maximum(wide, tall) >= _SHORT) & ~rule)


def _rules_between(numbers: Integers, stats: Integers, inside: int) -> Integers:
    """Of the marks of a low cell, those that are what is left of an upright rule between two figures: as tall as the
    room `inside` the cell and taller than the digits, which a 1 is not."""
    own = stats[numbers]
    tall = own[:, cv2.CC_STAT_HEIGHT]
    rules = (own[:, cv2.CC_STAT_WIDTH] < _SLIM) & (tall >= _ALONG * inside)
    if rules.all() or not rules.any():
        return numbers[:0]
    digits = tall[~rules].max()
    return np.asarray(numbers[rules & (_BESIDE[0] * tall <= digits) & (digits <= _BESIDE[1] * tall)])


def _lone_specks(numbers: Integers, labels: Integers, stats: Integers) -> Integers:
    """Of the marks of a cell of text, those that are no strokes and do not stand beside one; none in other cells.

    Beside a figure nothing is dust: it may be what is left of a digit.
    """
    own = stats[numbers]
    strokes = np.maximum(own[:, cv2.CC_STAT_WIDTH], own[:, cv2.CC_STAT_HEIGHT]) >= _STROKE * EM
    if strokes.all() or not strokes.any():
        return numbers[:0]
    left, top = own[:, cv2.CC_STAT_LEFT], own[:, cv2.CC_STAT_TOP]
    right, bottom = left + own[:, cv2.CC_STAT_WIDTH], top + own[:, cv2.CC_STAT_HEIGHT]
    if right[strokes].max() - left[strokes].min() < _TEXT * EM:
        return numbers[:0]
    part = labels[top.min() : bottom.max(), left.min() : right.max()]
    chosen = np.zeros(len(stats), np.uint8)
    chosen[numbers[strokes]] = 1
    reach = 2 * round(_STROKE * EM) + 1
    near = cv2.dilate(chosen[part], np.ones((reach, reach), np.uint8))
    beside = np.bincount(part[near > 0], minlength=len(stats)) > 0
    return numbers[~beside[numbers]]
