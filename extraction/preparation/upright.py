"""Which way up a page is: the quarter turns that it needs.

Characters run together along their line before they meet those of the next: that tells level from sideways. Up from
down is told by reading a few characters, as they are and turned over; where the first is not plain, both are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import cv2
import numpy as np

from extraction.document import Matrix, Pixels
from extraction.preparation.level import ink_points, skew_of, unevenness
from extraction.preparation.warp import turned
from extraction.similarity import chinese_count
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
_BETTER = 0.1  # by which another way must read better than the page as it is

Line = tuple[float, float, float, float]
"""Left, top, width, height."""


def quarters_to_upright(grey_pixels: Pixels, marks: Pixels, shrink: int, recogniser: Recogniser) -> int:
    """The quarter turns counter-clockwise that bring a page upright, 0 where nothing on it says so.

    `marks` is 255 on the ink of the picture `shrink` times smaller.
    """
    level = turned(marks.shape, _angle(marks))
    straight = cv2.warpAffine(marks, level, marks.shape[::-1], flags=cv2.INTER_NEAREST)
    bare = _without_rules(np.asarray(straight, np.uint8))
    across, down = _text_lines(bare), _text_lines(np.ascontiguousarray(bare.T))
    lengths = [sum(line[2] for line in lines) for lines in (across, down)]
    if max(lengths) < _LEAST:
        return 0
    ways = [(0, 2), (1, 3)]
    likely = [way for way, mine, other in zip(ways, lengths, lengths[::-1], strict=True) if mine * _PLAIN > other]
    back = np.asarray(cv2.invertAffineTransform(level), np.float64)
    quads = [_quads(across, back, shrink, upright=True), _quads(down, back, shrink, upright=False)]
    return _most_legible(grey_pixels, likely, quads, recogniser)


def _most_legible(
    page: Pixels, ways: Sequence[tuple[int, int]], quads: Sequence[Sequence[Matrix]], recogniser: Recogniser
) -> int:
    """Of these pairs of opposite turns the one in which lines read best; the first that reads well is taken."""
    scores: dict[int, float] = {}
    for pair in ways:
        lines = [_cut(page, quad) for quad in quads[pair[0] % 2]]
        for quarters in pair:
            seen = lines if quarters == pair[0] else [np.ascontiguousarray(line[::-1, ::-1]) for line in lines]
            scores[quarters] = _legibility(seen, recogniser)
            if scores[quarters] >= _LEGIBLE:
                return quarters
    best = max(scores, key=lambda quarters: scores[quarters])
    first = ways[0][0]
    return best if scores[best] > scores[first] + _BETTER else first


def _legibility(lines: Sequence[Image], recogniser: Recogniser) -> float:
    """The mean score of the lines, those without Chinese characters counting for nothing."""
    if not lines:
        return 0.0
    return fmean(r.score if chinese_count(r.text) >= 2 else 0.0 for r in recogniser.read_lines(lines))


def _angle(marks: Pixels) -> float:
    """The skew by whichever of rows and columns shows it more plainly."""
    by_rows = skew_of(marks)
    columns = np.ascontiguousarray(np.rot90(marks))
    by_columns = skew_of(columns)
    evident = unevenness(*ink_points(marks), by_rows) >= unevenness(*ink_points(columns), by_columns)
    return by_rows if evident else by_columns


def _without_rules(marks: Pixels) -> Pixels:
    across = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8))
    down = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((_RULE, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(marks, cv2.bitwise_not(rules)), np.uint8)


def _text_lines(bare: Pixels) -> list[Line]:
    """What looks like a line of text that runs across, the longest first."""
    smeared = cv2.morphologyEx(bare, cv2.MORPH_CLOSE, np.ones((1, _SMEAR), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(smeared, connectivity=8)
    boxes = stats[1:, :4].astype(np.float64)
    width, height = boxes[:, 2], boxes[:, 3]
    good = boxes[(width > _LONG * height) & (height >= _LOWEST) & (height <= _HIGHEST)]
    return [(float(x), float(y), float(w), float(h)) for x, y, w, h in good[np.argsort(-good[:, 2])]]


def _quads(lines: Sequence[Line], back: Matrix, shrink: int, *, upright: bool) -> list[Matrix]:
    """The first characters of some long lines as quads of the page; lines that run down come with x and y exchanged."""
    quads = []
    for x, y, width, height in lines[:_SAMPLE]:
        around = 0.15 * height
        left, top, bottom = x - around, y - around, y + height + around
        right = min(x + width, x + _SHOWN * height) + around
        corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
        if not upright:
            # Text that one turn to the left brings upright runs down, its upper side at the right.
            corners = [[bottom, left], [bottom, right], [top, right], [top, left]]
        quads.append((np.array(corners) @ back[:, :2].T + back[:, 2]) * shrink)
    return quads


def _cut(page: Pixels, quad: Matrix) -> Image:
    line = cut_line(page, quad.astype(np.float32))
    return np.asarray(cv2.cvtColor(line, cv2.COLOR_GRAY2BGR), np.uint8) if line.ndim == 2 else line
