"""Page orientation: the quarter turns that bring a page upright.

Closing small gaps joins characters along a line before it joins lines: this tells horizontal text from vertical. The
recogniser tells up from down, on a few characters as they are and upside down; where the direction of the lines is not
clear, it is asked about both.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import cv2
import numpy as np

from extraction.forms.label_similarity import chinese_count
from extraction.geometry import Matrix, Pixels
from extraction.preprocess.binarize import component_within, outer_contours
from extraction.preprocess.deskew import Points, profile_energy, rotated_left, skew_of
from extraction.preprocess.transforms import rotation_about_centre
from models.line_reader import as_bgr
from models.recogniser import Image, Recogniser, cut_line

MAX_CHARACTER_GAP = 5  # pixels at 100 dpi: wider than gaps between characters, narrower than those between lines
MIN_GRID_LINE_LENGTH = 30  # pixels at 100 dpi; strokes of characters are shorter
MIN_LINE_ASPECT = 2.5  # length to height of a line of text
MIN_LINE_HEIGHT, MAX_LINE_HEIGHT = 7, 34  # pixels at 100 dpi
MIN_CLEAR_RATIO = 2.5  # text in one direction to text in the other from which the direction is clear
MIN_TEXT_LENGTH = 120.0  # pixels at 100 dpi of lines of text, all together, below which nothing is decided
LINES_READ, CHARACTERS_READ = 3, 5  # lines that are read, and characters of each
MIN_UPRIGHT_SCORE = 0.85  # mean score from which an orientation is accepted without trying the others
MIN_TURNED_SCORE, MIN_SCORE_GAIN = 0.5, 0.1  # mean score that a turned page must exceed, and its gain on the page as is
MIN_DECISIVE_LENGTH = 900.0  # pixels at 100 dpi; less may be a column of characters lying on its side
MIN_DECISIVE_SCORE, MIN_DECISIVE_CHARACTERS = 0.93, 3  # of one line that decides alone; the characters are Chinese


class _Lines(NamedTuple):
    """The total `length` of lines of text in pixels at 100 dpi, and `quads` (4 x 2) of a few of them on the page."""

    length: float
    quads: list[Matrix]


def quarter_turns_to_upright(
    grey_pixels: Pixels, ink_mask: Pixels, points: Points, angle: float, reduction: int, recogniser: Recogniser
) -> int:
    """The quarter turns counter-clockwise (0 to 3) that bring a page upright; 0 where its text does not tell.

    `ink_mask` (255 on ink) is `reduction` times smaller than the page and should have about 100 dpi; `points` are its
    ink points and `angle` their skew in degrees.
    """
    across = _horizontal_lines(ink_mask, angle, reduction)
    if across.length >= MIN_DECISIVE_LENGTH and _is_legible(_crop(grey_pixels, across.quads[0]), recogniser):
        return 0
    turned = rotated_left(points)
    turned_angle = skew_of(turned)
    if profile_energy(turned, turned_angle) > profile_energy(points, angle):
        across = _horizontal_lines(ink_mask, turned_angle, reduction)
    else:
        turned_angle = angle
    found = _horizontal_lines(np.ascontiguousarray(np.rot90(ink_mask)), turned_angle, reduction)
    width = ink_mask.shape[1] * reduction
    down = _Lines(found.length, [np.column_stack([width - quad[:, 1], quad[:, 0]]) for quad in found.quads])
    if max(across.length, down.length) < MIN_TEXT_LENGTH:
        return 0
    directions = [
        (quarters, lines.quads)
        for quarters, lines, other in ((0, across, down), (1, down, across))
        if lines.length * MIN_CLEAR_RATIO > other.length
    ]
    return _most_legible(grey_pixels, directions, recogniser)


def _is_legible(line: Image, recogniser: Recogniser) -> bool:
    (reading,) = recogniser.read_lines([line])
    return reading.score >= MIN_DECISIVE_SCORE and chinese_count(reading.text) >= MIN_DECISIVE_CHARACTERS


def _most_legible(page: Pixels, directions: Sequence[tuple[int, Sequence[Matrix]]], recogniser: Recogniser) -> int:
    """The quarter turns after which the lines read best, of each direction and its opposite."""
    scores: dict[int, float] = {}
    for quarters, quads in directions:
        lines = [_crop(page, quad) for quad in quads]
        upside_down = [np.ascontiguousarray(line[::-1, ::-1]) for line in lines]
        for turn, crops in ((quarters, lines), (quarters + 2, upside_down)):
            scores[turn] = _legibility(crops, recogniser)
            if scores[turn] >= MIN_UPRIGHT_SCORE:
                return turn
    best = max(scores, key=lambda turn: scores[turn])
    if 0 in scores and scores[best] <= max(MIN_TURNED_SCORE, scores[0] + MIN_SCORE_GAIN):
        return 0
    return best


def _legibility(lines: Sequence[Image], recogniser: Recogniser) -> float:
    """The mean score (0..1) of the lines; those with fewer than two Chinese characters count as 0."""
    if not lines:
        return 0.0
    return fmean(r.score if chinese_count(r.text) >= 2 else 0.0 for r in recogniser.read_lines(lines))


def _without_grid_lines(ink_mask: Pixels) -> Pixels:
    across = cv2.morphologyEx(ink_mask, cv2.MORPH_OPEN, np.ones((1, MIN_GRID_LINE_LENGTH), np.uint8))
    down = cv2.morphologyEx(ink_mask, cv2.MORPH_OPEN, np.ones((MIN_GRID_LINE_LENGTH, 1), np.uint8))
    grid_lines = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(ink_mask, cv2.bitwise_not(grid_lines)), np.uint8)


def _horizontal_lines(ink_mask: Pixels, angle: float, reduction: int) -> _Lines:
    """The lines of text that are horizontal after a turn by `angle` degrees counter-clockwise, by their shape."""
    deskew = rotation_about_centre(ink_mask.shape, angle)
    level = cv2.warpAffine(ink_mask, deskew, ink_mask.shape[::-1], flags=cv2.INTER_NEAREST)
    bare = _without_grid_lines(np.asarray(level, np.uint8))
    closed = np.asarray(cv2.morphologyEx(bare, cv2.MORPH_CLOSE, np.ones((1, MAX_CHARACTER_GAP), np.uint8)), np.uint8)
    contours, boxes = outer_contours(closed)
    width, height = boxes[:, 2], boxes[:, 3]
    good = np.flatnonzero(
        (width > MIN_LINE_ASPECT * height) & (height >= MIN_LINE_HEIGHT) & (height <= MAX_LINE_HEIGHT)
    )
    # Specks may form a long line, but not one with much ink.
    inked = {k: np.count_nonzero(component_within(closed, contours[k], boxes[k]).mask) for k in good}
    largest = sorted(inked, key=lambda k: -inked[k])[:LINES_READ]
    back = np.asarray(cv2.invertAffineTransform(deskew), np.float64)
    return _Lines(float(width[good].sum()), [_quad(boxes[k].astype(np.float64), back, reduction) for k in largest])


def _quad(box: Matrix, back: Matrix, reduction: int) -> Matrix:
    """The quad (4 x 2) on the page of the first characters in a line's `box` (left, top, width, height)."""
    x, y, width, height = box
    margin = 0.15 * height
    left, top, bottom = x - margin, y - margin, y + height + margin
    right = min(x + width, x + CHARACTERS_READ * height) + margin
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return np.asarray((corners @ back[:, :2].T + back[:, 2]) * reduction)


def _crop(page: Pixels, quad: Matrix) -> Image:
    return as_bgr(cut_line(page, quad.astype(np.float32)))
