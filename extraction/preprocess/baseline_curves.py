"""Sample points on the grid lines and lines of text of a page, which were straight when they were printed.

The picture must be level to a few degrees and have about 100 dpi; lengths are in its pixels. Vertical grid lines are
found as the horizontal ones of the transposed picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels
from extraction.preprocess.binarize import component_within, outer_contours

MAX_LINE_THICKNESS = 7  # pixels of a grid line
MIN_STRAIGHT_LENGTH = 20  # pixels of a grid line that must be straight
MAX_LINE_GAP = 13  # pixels of a gap in a grid line that is bridged
MIN_LINE_LENGTH = 44  # pixels; strokes of a heading's characters are shorter
LINE_BIN_WIDTH = 12  # columns that are averaged to one point on a grid line
MAX_LINE_DEVIATION = 1.6  # pixels: standard deviation of the rows within a bin; more is two grid lines, or none
MAX_TEXT_GAP = 25  # pixels: bridges a comma and the space behind it
MIN_TEXT_PIECE = 11  # pixels along a line of text in which it is as high as characters are
MIN_TEXT_LENGTH, MAX_TEXT_HEIGHT = 70, 26  # pixels of a line of text
TEXT_BIN_WIDTH = 48  # columns that are averaged to one point on a line of text
TEXT_WEIGHT = 0.2  # of a point beside one on a grid line: a text line's centre moves with its characters
MAX_SLOPE = 0.2  # height to length of a curve's bounding box
MIN_CURVE_POINTS = 4

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """n points on curves: coordinates `x` and `y` in pixels, `weight`, and the index of each point's `curve`."""

    x: Floats
    y: Floats
    weight: Floats
    curve: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """The number of points."""
        return len(self.x)


def horizontal_grid_lines(strokes: Pixels) -> Curves:
    """The horizontal grid lines among `horizontal_strokes`."""
    return _curves(strokes, LINE_BIN_WIDTH, MIN_LINE_LENGTH, MAX_LINE_THICKNESS * 6, 1.0, MAX_LINE_DEVIATION)


def vertical_grid_lines(grey_pixels: Pixels) -> Curves:
    """The vertical grid lines, with x and y exchanged."""
    return horizontal_grid_lines(horizontal_strokes(np.ascontiguousarray(grey_pixels.T)))


def text_line_centres(ink_mask: Pixels, strokes: Pixels) -> Curves:
    """The centre lines of the lines of text in an ink mask without its `horizontal_strokes`."""
    bare = cv2.bitwise_and(ink_mask, cv2.bitwise_not(cv2.dilate(strokes, np.ones((3, 3), np.uint8))))
    closed = cv2.morphologyEx(bare, cv2.MORPH_CLOSE, np.ones((1, MAX_TEXT_GAP), np.uint8))
    lines = np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, MIN_TEXT_PIECE), np.uint8)), np.uint8)
    return _curves(lines, TEXT_BIN_WIDTH, MIN_TEXT_LENGTH, MAX_TEXT_HEIGHT, TEXT_WEIGHT, None)


def horizontal_strokes(grey_pixels: Pixels) -> Pixels:
    """The mask (255) of long thin horizontal strokes, slanted or bent as they may be."""
    tall = np.ones((MAX_LINE_THICKNESS, 1), np.uint8)
    thin = cv2.morphologyEx(grey_pixels, cv2.MORPH_BLACKHAT, tall, borderType=cv2.BORDER_REPLICATE)
    noise = float(np.median(thin[::4, ::4]))
    _, dark = cv2.threshold(thin, max(16.0, 3.0 * noise), 255, cv2.THRESH_BINARY)
    thick = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    straight = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, MIN_STRAIGHT_LENGTH), np.uint8))
    return np.asarray(cv2.morphologyEx(straight, cv2.MORPH_CLOSE, np.ones((1, MAX_LINE_GAP), np.uint8)), np.uint8)


def _curves(
    mask: Pixels, bin_width: int, min_length: int, max_height: int, weight: float, max_deviation: float | None
) -> Curves:
    """The mean row in each bin of columns, for the components of a mask that are long enough and not too tall."""
    contours, boxes = outer_contours(mask)
    length, height = boxes[:, 2], boxes[:, 3]
    good = np.flatnonzero((length >= min_length) & (height <= np.maximum(max_height, MAX_SLOPE * length)))
    count = len(good)
    if not count:
        nothing = np.zeros(0)
        return Curves(nothing, nothing, nothing, np.zeros(0, np.int64))
    components = [component_within(mask, contours[k], boxes[k]) for k in good]
    pixels = [np.argwhere(c.mask) + np.array([c.top, c.left]) for c in components]
    ys, xs = np.concatenate(pixels).T
    label = np.repeat(np.arange(count), [len(p) for p in pixels])
    bins = -(-mask.shape[1] // bin_width)
    key = label * bins + xs // bin_width
    held = np.bincount(key, minlength=count * bins).astype(np.float64)
    used = np.flatnonzero(held >= bin_width * (1.0 if max_deviation else 3.0))
    n = held[used]
    x = np.bincount(key, xs, count * bins)[used] / n
    y = np.bincount(key, ys, count * bins)[used] / n
    deviation = np.sqrt(np.maximum(np.bincount(key, ys.astype(np.float64) ** 2, count * bins)[used] / n - y**2, 0))
    curve = used // bins
    fine = deviation <= max_deviation if max_deviation else np.ones(len(used), bool)
    fine &= np.bincount(curve[fine], minlength=count)[curve] >= MIN_CURVE_POINTS
    return Curves(x[fine], y[fine], np.full(int(fine.sum()), weight), curve[fine])


def with_min_points(curves: Curves, min_points: int) -> Curves:
    """The curves with at least so many points."""
    kept = np.bincount(curves.curve, minlength=1)[curves.curve] >= min_points
    return Curves(curves.x[kept], curves.y[kept], curves.weight[kept], curves.curve[kept])


def concatenated(first: Curves, second: Curves) -> Curves:
    """The curves of both, those of the second numbered after those of the first."""
    offset = int(first.curve.max()) + 1 if len(first) else 0
    return Curves(
        np.concatenate([first.x, second.x]),
        np.concatenate([first.y, second.y]),
        np.concatenate([first.weight, second.weight]),
        np.concatenate([first.curve, second.curve + offset]),
    )
