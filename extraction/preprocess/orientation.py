"""Which way up a page is: the quarter turns that it needs.

Characters run together along their line before they meet those of the next: that tells level from sideways. Up from
down is told by reading a few characters, as they are and turned over; where the first is not plain, both are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import cv2
import numpy as np

from extraction.document import Matrix, Pixels
from extraction.forms.label_similarity import chinese_count
from extraction.preprocess.binarize import outlined, part_within
from extraction.preprocess.deskew import Points, sideways, skew_of, unevenness
from extraction.preprocess.transforms import turned
from models.line_reader import as_bgr
from models.recogniser import Image, Recogniser, cut_line

_SMEAR = 5  # pixels at 100 dpi: more than between characters, less than between lines
_RULE = 30  # pixels; a longer stroke is a rule
_LONG = 2.5  # times longer than high: a line of text
_LOWEST, _HIGHEST = 7, 34  # pixels at 100 dpi
_PLAIN = 2.5  # times more text one way than the other settles it
_LEAST = 120.0  # pixels of text lines that say anything
_SAMPLE = 3  # lines that are read
_SHOWN = 5  # characters of each
_LEGIBLE = 0.85  # mean score from which a page is the right way up
_READABLE, _BETTER = 0.5, 0.1  # mean score that a turned page must have at least, and more than the page as it is

_MUCH = 900.0  # pixels of text lines; less may be a column of characters set one below the other, lying on its side
_CERTAIN, _CHARACTERS = 0.93, 3  # score and Chinese characters of one line that settle it


class _Lines(NamedTuple):
    """How long the lines of text are together (pixels of the small picture), and some of them on the page."""

    length: float
    quads: list[Matrix]


def quarters_to_upright(
    grey_pixels: Pixels, marks: Pixels, points: Points, angle: float, shrink: int, recogniser: Recogniser
) -> int:
    """The quarter turns counter-clockwise that bring a page upright, 0 where nothing on it says so.

    `marks` is 255 on the ink of the picture `shrink` times smaller, `points` and `angle` say how far that lies askew.
    """
    across = _lines_across(marks, angle, shrink)
    if across.length >= _MUCH and _reads_plainly(_cut(grey_pixels, across.quads[0]), recogniser):
        return 0
    by_columns = skew_of(sideways(points))
    if unevenness(sideways(points), by_columns) > unevenness(points, angle):
        across = _lines_across(marks, by_columns, shrink)
    else:
        by_columns = angle
    down = _turned_back(_lines_across(np.ascontiguousarray(np.rot90(marks)), by_columns, shrink), marks, shrink)
    if max(across.length, down.length) < _LEAST:
        return 0
    likely = [
        (quarters, lines.quads)
        for quarters, lines, other in ((0, across, down), (1, down, across))
        if lines.length * _PLAIN > other.length
    ]
    return _most_legible(grey_pixels, likely, recogniser)


def _reads_plainly(line: Image, recogniser: Recogniser) -> bool:
    (reading,) = recogniser.read_lines([line])
    return reading.score >= _CERTAIN and chinese_count(reading.text) >= _CHARACTERS


def _most_legible(page: Pixels, ways: Sequence[tuple[int, Sequence[Matrix]]], recogniser: Recogniser) -> int:
    """The turn after which lines read best, of each given one and its opposite; the first that reads well is taken."""
    scores: dict[int, float] = {}
    for quarters, quads in ways:
        lines = [_cut(page, quad) for quad in quads]
        overturned = [np.ascontiguousarray(line[::-1, ::-1]) for line in lines]
        for turn, seen in ((quarters, lines), (quarters + 2, overturned)):
            scores[turn] = _legibility(seen, recogniser)
            if scores[turn] >= _LEGIBLE:
                return turn
    best = max(scores, key=lambda turn: scores[turn])
    if 0 in scores and scores[best] <= max(_READABLE, scores[0] + _BETTER):
        return 0
    return best


def _legibility(lines: Sequence[Image], recogniser: Recogniser) -> float:
    """The mean score of the lines, those without Chinese characters counting for nothing."""
    if not lines:
        return 0.0
    return fmean(r.score if chinese_count(r.text) >= 2 else 0.0 for r in recogniser.read_lines(lines))


def _without_rules(marks: Pixels) -> Pixels:
    across = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8))
    down = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((_RULE, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(marks, cv2.bitwise_not(rules)), np.uint8)


def _lines_across(marks: Pixels, angle: float, shrink: int) -> _Lines:
    """What looks like lines of text that run across a page once it is turned by `angle`."""
    level = turned(marks.shape, angle)
    straight = cv2.warpAffine(marks, level, marks.shape[::-1], flags=cv2.INTER_NEAREST)
    bare = _without_rules(np.asarray(straight, np.uint8))
    smeared = cv2.morphologyEx(bare, cv2.MORPH_CLOSE, np.ones((1, _SMEAR), np.uint8))
    outlines, boxes = outlined(np.asarray(smeared, np.uint8))
    width, height = boxes[:, 2], boxes[:, 3]
    good = np.flatnonzero((width > _LONG * height) & (height >= _LOWEST) & (height <= _HIGHEST))
    # By their ink: specks may make a long line, but a thin one.
    inked = {k: np.count_nonzero(part_within(np.asarray(smeared, np.uint8), outlines[k], boxes[k]).own) for k in good}
    largest = sorted(inked, key=lambda k: -inked[k])[:_SAMPLE]
    back = np.asarray(cv2.invertAffineTransform(level), np.float64)
    return _Lines(float(width[good].sum()), [_quad(boxes[k].astype(np.float64), back, shrink) for k in largest])


def _quad(box: Matrix, back: Matrix, shrink: int) -> Matrix:
    """The first characters of a line (left, top, width, height), a little paper around them, on the page."""
    x, y, width, height = box
    around = 0.15 * height
    left, top, bottom = x - around, y - around, y + height + around
    right = min(x + width, x + _SHOWN * height) + around
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return np.asarray((corners @ back[:, :2].T + back[:, 2]) * shrink)


def _turned_back(lines: _Lines, marks: Pixels, shrink: int) -> _Lines:
    """The lines of a page that was turned to the left by a quarter, on the page as it was."""
    width = marks.shape[1] * shrink
    return _Lines(lines.length, [np.column_stack([width - quad[:, 1], quad[:, 0]]) for quad in lines.quads])


def _cut(page: Pixels, quad: Matrix) -> Image:
    return as_bgr(cut_line(page, quad.astype(np.float32)))
