"""Detection and reading of the lines of text outside the tables of an upright, deskewed page.

Connected components as large as a stroke of a character are closed along the line until the characters of a line are
one blob; a blob too tall for a line is split at the minima of its projection profile. Smaller components (points,
commas, dust) only extend a line. Where the result is implausible (`lines_make_sense`), the recogniser's detection
network finds the lines instead.
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

from extraction.document import Span
from extraction.forms.lexicon import is_wording
from extraction.geometry import Pixels, Raster
from extraction.preprocess.binarize import component_within, ink, outer_contours
from models.line_reader import as_bgr
from models.recogniser import Quad, Recogniser, cut_line

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom."""

_FULL_WIDTH = {":": "：", ";": "；", ",": "，", "?": "？", "!": "！"}
DETECTION_PIXEL_POINTS = 0.7  # points per pixel at which lines are detected: about 100 dpi
MIN_GRID_LINE_POINTS = 30.0  # length in points of a thin stroke that is no text
MAX_LINE_HEIGHT_POINTS = 40.0  # no line of a report is taller; a seal or a picture is
INITIAL_EM_POINTS = 12.0  # the type size until it is measured
MIN_STROKE_EMS = 0.36  # a smaller component is a point, or dust
MIN_POINT_EMS = 0.12  # a smaller component is dust
INITIAL_CLOSING_EMS, CLOSING_EMS = 0.8, 1.2  # gap that is closed along a line, before and after the em is measured
MIN_PIECE_GAP_EMS = 1.8  # gap that parts a printed line into lines of their own; a comma and its space are less
MIN_INK_CONTRAST = 9  # grey levels by which ink is darker than its neighbourhood
MAX_PART_GAP = 0.1  # of a large character's height, between its upper and lower part
MAX_SINGLE_LINE_EMS = 1.6  # a blob that is taller may be several lines
MAX_VALLEY_INK = 0.45  # of the ink of the fullest rows on either side, in a row that parts two lines
MAX_CHARACTER_ASPECT = 1.3  # width to height
MIN_SPLIT_LINE_EMS = 0.7  # height of a line that is split off a tall blob
MIN_EVEN_SHARE = 0.75  # of the lines, by length, that must have about the same height
MIN_LINE_EMS = 0.3  # height; a lower blob is a dash or a row of points
MIN_RELATIVE_DARKNESS = 0.5  # of the page's text; what is paler shows through from the back
MIN_DARKNESS = 28.0  # grey levels below the paper that any text has
WINDOW_POINTS = 24.0  # side of the neighbourhood that ink is compared with

Stats = npt.NDArray[np.int32]
"""Statistics of connected components, n x 5: left, top, width, height, pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Components:
    """The connected components of the ink outside tables and grid lines: `labels` (height x width), 0 for paper."""

    labels: npt.NDArray[np.int32]
    stats: Stats

    def mask(self, chosen: npt.NDArray[np.bool_]) -> Pixels:
        """The mask (255) of the chosen components."""
        return np.asarray((chosen.astype(np.uint8) * 255)[self.labels], np.uint8)

    @property
    def largest_side(self) -> npt.NDArray[np.int32]:
        return np.asarray(self.stats[:, 2:4].max(axis=1))


def find_text_lines(grey_pixels: Pixels, scale: float, covered: Sequence[PixelBox] = ()) -> list[Quad]:
    """The text lines of a deskewed page as quads (4 x 2) in its pixels, top to bottom; `scale` is points per pixel.

    The `covered` boxes (the tables) are left out. Pieces of a printed line more than about two characters apart are
    lines of their own.
    """
    by = max(1, round(DETECTION_PIXEL_POINTS / scale))
    size = max(1, grey_pixels.shape[1] // by), max(1, grey_pixels.shape[0] // by)
    reduced, scale = np.asarray(cv2.resize(grey_pixels, size, interpolation=cv2.INTER_AREA), np.uint8), scale * by
    tables = [(left // by, top // by, -(-right // by), -(-bottom // by)) for left, top, right, bottom in covered]
    components = _components(reduced, scale, tables)
    em = _em(components, scale)
    boxes = _joined(_line_boxes(components, em), em)
    lines = _joined([_with_points(box, components, em) for box in _dark_ones(boxes, reduced, components, em)], em)
    return [_quad(line) * np.float32(by) for line in sorted(lines, key=lambda b: b[1])]


def _components(grey_pixels: Pixels, scale: float, covered: Sequence[PixelBox]) -> _Components:
    inked = ink(grey_pixels, round(WINDOW_POINTS / scale), MIN_INK_CONTRAST)
    for left, top, right, bottom in covered:
        inked[max(0, top) : bottom, max(0, left) : right] = 0
    long = max(8, round(MIN_GRID_LINE_POINTS / scale))
    for shape in ((1, long), (long, 1)):
        grid_lines = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        if cv2.countNonZero(grid_lines):
            inked[cv2.dilate(grid_lines, np.ones((3, 3), np.uint8)) > 0] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    stats[0] = 0  # the paper
    return _Components(np.asarray(labels, np.int32), np.asarray(stats, np.int32))


def _em(components: _Components, scale: float) -> float:
    """The em in pixels: the median height of the lines, weighted by their length."""
    first = INITIAL_EM_POINTS / scale
    closed = _closed(components.mask(_strokes(components, first)), round(INITIAL_CLOSING_EMS * first))
    heights = [
        h
        for _, _, w, h in outer_contours(closed)[1].tolist()
        if w > 4 * h and 0.4 * first < h < 2.5 * first
        for _ in range(int(w / first))
    ]
    return float(median(heights)) if heights else first


def _strokes(components: _Components, em: float) -> npt.NDArray[np.bool_]:
    """Which components can be a character, or a stroke of one, of any size that lines are printed in."""
    tallest = MAX_LINE_HEIGHT_POINTS / INITIAL_EM_POINTS * em
    _, _, width, height, _ = components.stats.T
    return np.asarray((components.largest_side >= MIN_STROKE_EMS * em) & (height < tallest) & (width < 4 * tallest))


def _closed(mask: Pixels, gap: int) -> Pixels:
    """The mask with horizontal gaps of up to `gap` pixels closed, at its sides too."""
    padded = cv2.copyMakeBorder(mask, 0, 0, gap, gap, cv2.BORDER_CONSTANT, value=[0])
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((1, gap | 1), np.uint8))
    return np.ascontiguousarray(closed[:, gap:-gap])


def _line_boxes(components: _Components, em: float) -> list[PixelBox]:
    """The boxes of strokes close to each other along a line; those as tall as several lines are split."""
    strokes = components.mask(_strokes(components, em))
    closed = _closed(strokes, round(CLOSING_EMS * em))
    boxes: list[PixelBox] = []
    for contour, box in zip(*outer_contours(closed), strict=True):
        left, top, width, height = box.tolist()
        if height <= MAX_SINGLE_LINE_EMS * em:
            boxes.append((left, top, left + width, top + height))
        else:
            blob = component_within(closed, contour, box)
            boxes += _split(np.asarray(np.where(blob.mask, strokes[blob.window], 0), np.uint8), left, top, em)
    return boxes


def _split(blob: Pixels, left: int, top: int, em: float) -> list[PixelBox]:
    """The lines of a tall blob, split at the minima of its projection profile; the whole blob where there are none.

    A blob hardly wider than tall is one large character, alone on the last line of a title.
    """
    if blob.shape[1] <= MAX_CHARACTER_ASPECT * blob.shape[0]:
        return [(left, top, left + blob.shape[1], top + blob.shape[0])]
    profile = np.convolve(np.count_nonzero(blob, axis=1), np.ones(3) / 3, "same")
    edges = [0, *_valleys(profile, round(MIN_SPLIT_LINE_EMS * em)), len(blob)]
    boxes = []
    for start, end in pairwise(edges):
        x, y, width, height = cv2.boundingRect(blob[start:end])
        if width and height:
            boxes.append((left + x, top + start + y, left + x + width, top + start + y + height))
    return boxes


def _valleys(profile: npt.NDArray[np.float64], min_rows: int) -> list[int]:
    """The rows, ascending, at which to split a projection profile into lines of at least `min_rows` rows."""
    if len(profile) < 2 * min_rows:
        return []
    row = min_rows + int(np.argmin(profile[min_rows : len(profile) - min_rows + 1]))
    above, below = profile[:row], profile[row:]
    if profile[row] > MAX_VALLEY_INK * min(above.max(), below.max()):
        return []
    return [*_valleys(above, min_rows), row, *(row + deeper for deeper in _valleys(below, min_rows))]


def _joined(boxes: Sequence[PixelBox], em: float) -> list[PixelBox]:
    """The boxes, those on one line at most a character and a comma apart merged: 二 after 一, the strokes of a 三."""
    lines: list[PixelBox] = []
    for box in sorted(boxes, key=lambda b: b[1] - b[3]):  # tall ones first: they tell where the line is
        while (near := next((line for line in lines if _in_line(box, line, em)), None)) is not None:
            lines.remove(near)
            box = min(box[0], near[0]), min(box[1], near[1]), max(box[2], near[2]), max(box[3], near[3])
        lines.append(box)
    return lines


def _in_line(a: PixelBox, b: PixelBox, em: float) -> bool:
    if max(a[0], b[0]) - min(a[2], b[2]) >= MIN_PIECE_GAP_EMS * em:
        return False
    height = max(a[3], b[3]) - min(a[1], b[1])
    if height <= max(1.15 * em, 1.1 * (a[3] - a[1]), 1.1 * (b[3] - b[1])):
        return True
    return max(a[1], b[1]) - min(a[3], b[3]) <= MAX_PART_GAP * height and _one_character(a, b)


def _one_character(a: PixelBox, b: PixelBox) -> bool:
    """Whether two blobs with hardly any gap between them are the upper and lower part of one large character, alone on
    its line: 生 and 口 of 告."""
    flat = all(box[2] - box[0] > 1.2 * (box[3] - box[1]) for box in (a, b))
    width, height = max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1])
    shared = min(a[2], b[2]) - max(a[0], b[0])
    narrower = min(a[2] - a[0], b[2] - b[0])
    square = 0.75 * height <= width <= MAX_CHARACTER_ASPECT * height
    return flat and square and shared >= 0.8 * narrower


def _dark_ones(boxes: Sequence[PixelBox], grey_pixels: Pixels, components: _Components, em: float) -> list[PixelBox]:
    """The boxes of lines that are as tall as a character and not much paler than the page's text."""
    boxes = [b for b in boxes if b[3] - b[1] >= MIN_LINE_EMS * em]
    areas = [(slice(top, bottom), slice(left, right)) for left, top, right, bottom in boxes]
    darkness = [_darkness(grey_pixels[area], components.labels[area] > 0) for area in areas]
    text = [d for d, (left, _, right, _) in zip(darkness, boxes, strict=True) for _ in range(int((right - left) / em))]
    usual = float(np.quantile(text, 0.8)) if text else 0.0  # half of it may show through from the back
    return [
        box
        for box, dark in zip(boxes, darkness, strict=True)
        if dark >= max(MIN_DARKNESS, MIN_RELATIVE_DARKNESS * usual)
    ]


def _darkness(grey_pixels: Pixels, inked: npt.NDArray[np.bool_]) -> float:
    """Grey levels by which the ink is darker than the paper around it; of small type only the middle is dark."""
    if inked.all() or not inked.any():
        return 0.0
    return float(np.median(grey_pixels[~inked])) - float(np.quantile(grey_pixels[inked], 0.2))


def _with_points(box: PixelBox, components: _Components, em: float) -> PixelBox:
    """The box of a line, extended over the points and commas at its ends."""
    left, top, right, bottom = box
    x, y, width, height, _ = components.stats.T
    middle = y + height / 2
    side = components.largest_side
    point = (side >= MIN_POINT_EMS * em) & (side < MIN_STROKE_EMS * em)
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
    margin = max(1, round(0.12 * (bottom - top)))
    left, top, right, bottom = left - margin, top - margin, right + margin, bottom + margin
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def lines_make_sense(lines: Sequence[Quad]) -> bool:
    """Whether most of the lines, by their length, have about the same height, as on the poorest photocopies they do.

    Where they have not, the page lies on its side or is not a page of text.
    """
    if not lines:
        return True
    width = np.array([quad[1, 0] - quad[0, 0] for quad in lines])
    height = np.array([quad[2, 1] - quad[1, 1] for quad in lines])
    order = np.argsort(height)
    usual = height[order][np.searchsorted(np.cumsum(width[order]), width.sum() / 2)]
    even = (height > 0.5 * usual) & (height < 1.9 * usual)
    return bool(width[even].sum() >= MIN_EVEN_SHARE * width.sum())


def read_page_lines(raster: Raster, shades: Pixels, covered: Sequence[PixelBox], recogniser: Recogniser) -> list[Span]:
    """The lines of a deskewed page outside the `covered` pixel boxes, in no particular order, their boxes in points.

    `shades` are the page's grey levels (height x width).
    """
    lines = find_text_lines(shades, raster.scale, covered)
    if not lines_make_sense(lines):
        found = recogniser.find_lines(as_bgr(raster.pixels))
        lines = [quad for quad in found if not any(_lies_in(quad, box) for box in covered)]
    spans = []
    for quad, reading in zip(
        lines, recogniser.read_lines([cut_line(shades, q) for q in lines], is_wording), strict=True
    ):
        if reading.text.strip():
            box = raster.box_on_page(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist())
            spans.append(Span(_with_full_width_marks(reading.text.strip()), None, box, reading.score))
    return spans


def _lies_in(quad: Quad, box: PixelBox) -> bool:
    """Whether a line's centre lies in a pixel box."""
    x, y = quad.mean(axis=0)
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])


def _with_full_width_marks(text: str) -> str:
    """Running text with full-width punctuation after Chinese: the networks do not tell the widths apart."""
    return re.sub(r"(?<=[一-鿿》”])[:;,?!]", lambda m: _FULL_WIDTH[m[0]], text)
