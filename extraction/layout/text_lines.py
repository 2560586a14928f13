"""Lines of running text: a level, upright page in, its lines outside the tables found from their ink, and read.

Marks as large as a stroke of a character are smeared along the line until the characters of a line are one blob; a blob
too tall for a line is cut where its rows hold little ink. Smaller marks (points, commas, dust) make no line, they only
lengthen one. No network is needed. Where a page's ink makes no lines (`lines_make_sense`), the recogniser's detection
network looks for them instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels, Raster, Span
from extraction.forms.lexicon import is_wording
from extraction.preprocess.binarize import ink, outlined, part_within
from models.line_reader import as_bgr
from models.recogniser import Quad, Recogniser, cut_line

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom."""

_FULL_WIDTH = {":": "：", ";": "；", ",": "，", "?": "？", "!": "！"}
_POINTS_A_PIXEL = 0.7  # about 100 dpi: what lines are looked for at
_RULE = 30.0  # points; a longer thin stroke is a rule
_TALLEST = 40.0  # points: no line of a report is taller; a seal or a picture is
_EM = 12.0  # points: type size to begin with
_STROKE = 0.36  # ems; a smaller mark is a point, or dust
_POINT = 0.12  # ems; a smaller mark is dust
_FIRST_SMEAR, _SMEAR = 0.8, 1.2  # ems
_APART = 1.8  # ems between pieces of a printed line that are lines of their own; a comma and its room are less
_CONTRAST = 9  # grey values by which ink is darker than its surroundings at least
_PARTED = 0.1  # of a large character's height: room between its parts
_TALL = 1.6  # ems: a blob that is taller may be several lines
_VALLEY = 0.45  # of the ink of the fullest rows on either side: a row with less parts two lines
_SQUARE = 1.3  # times as wide as tall: a character
_LEAST = 0.7  # ems: a line cut from a tall blob is no lower
_ALIKE = 0.75  # of the lines, by length: fewer of about one height are no lines of text
_LOW = 0.3  # of an em: a blob that is lower is a dash or a row of points
_PALE = 0.5  # of the darkness of the page's text: what is paler is paper, or shows through it
_PALEST = 28.0  # grey values: what is no darker than this beside the paper is no text on any page
_WINDOW = 24.0  # points of surroundings that a mark is compared with

Stats = npt.NDArray[np.int32]
"""Of connected components, a row each: left, top, width, height, pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """The ink of a page without its tables and rules, in connected parts: their numbers and sizes, 0 for paper."""

    labels: npt.NDArray[np.int32]
    stats: Stats

    def where(self, chosen: npt.NDArray[np.bool_]) -> Pixels:
        """255 where one of the chosen parts is."""
        return np.asarray((chosen.astype(np.uint8) * 255)[self.labels], np.uint8)

    @property
    def largest_side(self) -> npt.NDArray[np.int32]:
        return np.asarray(self.stats[:, 2:4].max(axis=1))


def find_text_lines(grey_pixels: Pixels, scale: float, covered: Sequence[PixelBox] = ()) -> list[Quad]:
    """The text lines of a level page as quads in its pixels, top to bottom. `scale` is points a pixel.

    What lies in the `covered` boxes (the tables) is left out. Pieces of a printed line that stand more than about
    two characters apart are lines of their own.
    """
    shrink = max(1, round(_POINTS_A_PIXEL / scale))
    small, scale = _shrunk(grey_pixels, shrink), scale * shrink
    marks = _marks(small, scale, [_divided(box, shrink) for box in covered])
    em = _em(marks, scale)
    boxes = _joined(_line_boxes(marks, em), em)
    lines = _joined([_with_points(box, marks, em) for box in _dark_ones(boxes, small, marks, em)], em)
    return [_quad(line) * np.float32(shrink) for line in sorted(lines, key=lambda b: b[1])]


def _shrunk(grey_pixels: Pixels, by: int) -> Pixels:
    height, width = grey_pixels.shape
    size = (max(1, width // by), max(1, height // by))
    return grey_pixels if by == 1 else np.asarray(cv2.resize(grey_pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _divided(box: PixelBox, by: int) -> PixelBox:
    return box[0] // by, box[1] // by, -(-box[2] // by), -(-box[3] // by)


def _marks(grey_pixels: Pixels, scale: float, covered: Sequence[PixelBox]) -> _Marks:
    inked = ink(grey_pixels, round(_WINDOW / scale), _CONTRAST)
    for left, top, right, bottom in covered:
        inked[max(0, top) : bottom, max(0, left) : right] = 0
    long = max(8, round(_RULE / scale))
    for shape in ((1, long), (long, 1)):
        rule = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        if cv2.countNonZero(rule):
            inked[cv2.dilate(rule, np.ones((3, 3), np.uint8)) > 0] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    stats[0] = 0  # the paper
    return _Marks(np.asarray(labels, np.int32), np.asarray(stats, np.int32))


def _em(marks: _Marks, scale: float) -> float:
    """The usual height of a line in pixels, long lines counting for more."""
    first = _EM / scale
    smeared = _smeared(marks.where(_strokes(marks, first)), round(_FIRST_SMEAR * first))
    heights = [
        h
        for _, _, w, h in outlined(smeared)[1].tolist()
        if w > 4 * h and 0.4 * first < h < 2.5 * first
        for _ in range(int(w / first))
    ]
    return float(median(heights)) if heights else first


def _strokes(marks: _Marks, em: float) -> npt.NDArray[np.bool_]:
    """The parts that can be a character, or a stroke of one, of any size that lines are printed in."""
    tallest = _TALLEST / _EM * em
    _, _, width, height, _ = marks.stats.T
    return np.asarray((marks.largest_side >= _STROKE * em) & (height < tallest) & (width < 4 * tallest))


def _smeared(marks: Pixels, reach: int) -> Pixels:
    """The marks with gaps of up to `reach` pixels along the line filled."""
    room = cv2.copyMakeBorder(marks, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=[0])
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, np.ones((1, reach | 1), np.uint8))
    return np.ascontiguousarray(closed[:, reach:-reach])


def _line_boxes(marks: _Marks, em: float) -> list[PixelBox]:
    """Boxes of strokes that stand close enough along a line; those as tall as several lines are cut."""
    strokes = marks.where(_strokes(marks, em))
    smeared = _smeared(strokes, round(_SMEAR * em))
    boxes: list[PixelBox] = []
    for outline, box in zip(*outlined(smeared), strict=True):
        left, top, width, height = box.tolist()
        if height <= _TALL * em:
            boxes.append((left, top, left + width, top + height))
        else:
            part = part_within(smeared, outline, box)
            boxes += _cut(np.asarray(np.where(part.own, strokes[part.area], 0), np.uint8), left, top, em)
    return boxes


def _cut(blob: Pixels, left: int, top: int, em: float) -> list[PixelBox]:
    """The lines in a tall blob, parted at the rows with little ink; one where there are no such rows.

    What is hardly wider than tall is one large character, alone on the last line of a title.
    """
    if blob.shape[1] <= _SQUARE * blob.shape[0]:
        return [(left, top, left + blob.shape[1], top + blob.shape[0])]
    profile = np.convolve(np.count_nonzero(blob, axis=1), np.ones(3) / 3, "same")
    edges = [0, *_valleys(profile, round(_LEAST * em)), len(blob)]
    boxes = []
    for start, end in pairwise(edges):
        x, y, width, height = cv2.boundingRect(blob[start:end])
        if width and height:
            boxes.append((left + x, top + start + y, left + x + width, top + start + y + height))
    return boxes


def _valleys(profile: npt.NDArray[np.float64], least: int) -> list[int]:
    """The rows at which to part a profile of ink into lines of `least` rows or more, ascending."""
    if len(profile) < 2 * least:
        return []
    row = least + int(np.argmin(profile[least : len(profile) - least + 1]))
    above, below = profile[:row], profile[row:]
    if profile[row] > _VALLEY * min(above.max(), below.max()):
        return []
    return [*_valleys(above, least), row, *(row + deeper for deeper in _valleys(below, least))]


def _joined(boxes: Sequence[PixelBox], em: float) -> list[PixelBox]:
    """Boxes that stand in one line, a character and a comma apart at most, as one: 二 after 一, the strokes of a 三."""
    lines: list[PixelBox] = []
    for box in sorted(boxes, key=lambda b: b[1] - b[3]):  # tall ones first: they say where the line is
        while (near := next((line for line in lines if _in_line(box, line, em)), None)) is not None:
            lines.remove(near)
            box = min(box[0], near[0]), min(box[1], near[1]), max(box[2], near[2]), max(box[3], near[3])
        lines.append(box)
    return lines


def _in_line(a: PixelBox, b: PixelBox, em: float) -> bool:
    if max(a[0], b[0]) - min(a[2], b[2]) >= _APART * em:
        return False
    together = max(a[3], b[3]) - min(a[1], b[1])
    if together <= max(1.15 * em, 1.1 * (a[3] - a[1]), 1.1 * (b[3] - b[1])):
        return True
    return max(a[1], b[1]) - min(a[3], b[3]) <= _PARTED * together and _one_character(a, b)


def _one_character(a: PixelBox, b: PixelBox) -> bool:
    """Whether two blobs with hardly any room between are the upper and the lower part of one large character, alone
    on its line: 告 in 生 and 口."""
    flat = all(box[2] - box[0] > 1.2 * (box[3] - box[1]) for box in (a, b))
    width, height = max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1])
    shared = min(a[2], b[2]) - max(a[0], b[0])
    narrower = min(a[2] - a[0], b[2] - b[0])
    square = 0.75 * height <= width <= _SQUARE * height
    return flat and square and shared >= 0.8 * narrower


def _dark_ones(boxes: Sequence[PixelBox], grey_pixels: Pixels, marks: _Marks, em: float) -> list[PixelBox]:
    """Without what is lower than any character, or much paler than the page's text."""
    boxes = [b for b in boxes if b[3] - b[1] >= _LOW * em]
    areas = [(slice(top, bottom), slice(left, right)) for left, top, right, bottom in boxes]
    darkness = [_darkness(grey_pixels[area], marks.labels[area] > 0) for area in areas]
    text = [d for d, (left, _, right, _) in zip(darkness, boxes, strict=True) for _ in range(int((right - left) / em))]
    usual = float(np.quantile(text, 0.8)) if text else 0.0  # half of what is seen may show through from the back
    return [box for box, dark in zip(boxes, darkness, strict=True) if dark >= max(_PALEST, _PALE * usual)]


def _darkness(grey_pixels: Pixels, inked: npt.NDArray[np.bool_]) -> float:
    """How much darker the ink is than the paper between, in grey values; of small type only the middle is dark."""
    if inked.all() or not inked.any():
        return 0.0
    return float(np.median(grey_pixels[~inked])) - float(np.quantile(grey_pixels[inked], 0.2))


def _with_points(box: PixelBox, marks: _Marks, em: float) -> PixelBox:
    """The line with the points and commas at its ends."""
    left, top, right, bottom = box
    x, y, width, height, _ = marks.stats.T
    middle = y + height / 2
    point = (marks.largest_side >= _POINT * em) & (marks.largest_side < _STROKE * em)
    beside = point & (top - 0.1 * em < middle) & (middle < bottom + 0.3 * em)
    beside &= (left - em < x) & (x + width < right + em)
    if not beside.any():
        return box
    return (
        min(left, int(x[beside].min())),
        top,
        max(right, int((x + width)[beside].max())),
        max(bottom, int((y + height)[beside].max())),
    )


def _quad(box: PixelBox) -> Quad:
    left, top, right, bottom = box
    around = max(1, round(0.12 * (bottom - top)))
    left, top, right, bottom = left - around, top - around, right + around, bottom + around
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def lines_make_sense(lines: Sequence[Quad]) -> bool:
    """Whether most of what was found, by its length, has about the height of a line.

    It has on the poorest photocopies too. Where it has not, the page lies on its side, or is no page of text.
    """
    if not lines:
        return True
    width = np.array([quad[1, 0] - quad[0, 0] for quad in lines])
    height = np.array([quad[2, 1] - quad[1, 1] for quad in lines])
    order = np.argsort(height)
    usual = height[order][np.searchsorted(np.cumsum(width[order]), width.sum() / 2)]
    alike = (height > 0.5 * usual) & (height < 1.9 * usual)
    return bool(width[alike].sum() >= _ALIKE * width.sum())


def read_page_lines(raster: Raster, shades: Pixels, covered: Sequence[PixelBox], recogniser: Recogniser) -> list[Span]:
    """The lines of a level page outside the `covered` pixel boxes, in no particular order, boxes on the page.

    `shades` are the page's grey values.
    """
    lines = find_text_lines(shades, raster.scale, covered)
    if not lines_make_sense(lines):
        seen = recogniser.find_lines(as_bgr(raster.pixels))
        lines = [quad for quad in seen if not any(_lies_in(quad, box) for box in covered)]
    spans = []
    for quad, reading in zip(
        lines, recogniser.read_lines([cut_line(shades, q) for q in lines], is_wording), strict=True
    ):
        if reading.text.strip():
            box = raster.box_on_page(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist())
            spans.append(Span(_chinese_marks(reading.text.strip()), None, box, reading.score))
    return spans


def _lies_in(quad: Quad, box: PixelBox) -> bool:
    """Whether a line's middle lies in a pixel box."""
    x, y = quad.mean(axis=0)
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])


def _chinese_marks(text: str) -> str:
    """Running text with full-width marks after Chinese characters: the networks do not tell the widths apart."""
    return re.sub(r"(?<=[一-鿿》”])[:;,?!]", lambda m: _FULL_WIDTH[m[0]], text)
