"""Level curves of a page: where its rules and lines of text run, which were straight when they were printed.

A picture that is level to a few degrees in, points on its curves out. Curves that run down are found as those that run
across of the picture with its axes exchanged. Lengths are in pixels of the picture, which should have about 100 dpi.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels
from extraction.preprocess.binarize import outlined, part_within

_THICKEST = 7  # a thicker stroke is no rule
_PIECE = 20  # of a rule that need be straight
_BRIDGE = 13  # gaps in a rule
_SHORTEST = 44  # a stroke of a heading's character is shorter
_BIN = 12  # columns taken together to a point
_SPREAD = 1.6  # standard deviation of a rule's rows within a bin: more is two rules, or none
_TEXT_SMEAR = 25  # bridges a comma and its room in a line of text
_TEXT_PIECE = 11  # of a line that is as high as characters are
_TEXT_SHORTEST, _TEXT_TALLEST = 70, 26
_TEXT_BIN = 48
_TEXT_WEIGHT = 0.2  # a line's middle moves with its characters
_SLOPE = 0.2  # a steeper curve is no rule
_FEWEST = 4  # points that make a curve

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Points (x, y) with a weight, and the number of the curve that each is on."""

    x: Floats
    y: Floats
    weight: Floats
    curve: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """How many points."""
        return len(self.x)


def level_rules(strokes: Pixels) -> Curves:
    """The rules that run across, from `rule_strokes`."""
    return _points(strokes, _BIN, _SHORTEST, _THICKEST * 6, 1.0, _SPREAD)


def upright_rules(grey_pixels: Pixels) -> Curves:
    """The rules that run down, x and y exchanged."""
    return level_rules(rule_strokes(np.ascontiguousarray(grey_pixels.T)))


def text_lines(marks: Pixels, strokes: Pixels) -> Curves:
    """The lines of text. `marks` is 255 where there is ink; `strokes` are `rule_strokes`."""
    blobs = _text_blobs(marks, strokes)
    return _points(blobs, _TEXT_BIN, _TEXT_SHORTEST, _TEXT_TALLEST, _TEXT_WEIGHT, None)


def rule_strokes(grey_pixels: Pixels) -> Pixels:
    """255 on long thin strokes that run across, slanted or bent as they may be."""
    tall = np.ones((_THICKEST, 1), np.uint8)
    thin = cv2.morphologyEx(grey_pixels, cv2.MORPH_BLACKHAT, tall, borderType=cv2.BORDER_REPLICATE)
    noise = float(np.median(thin[::4, ::4]))
    _, dark = cv2.threshold(thin, max(16.0, 3.0 * noise), 255, cv2.THRESH_BINARY)
    thick = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    pieces = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, _PIECE), np.uint8))
    return np.asarray(cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((1, _BRIDGE), np.uint8)), np.uint8)


def _text_blobs(marks: Pixels, rules: Pixels) -> Pixels:
    """255 where the characters of a line run together."""
    bare = cv2.bitwise_and(marks, cv2.bitwise_not(cv2.dilate(rules, np.ones((3, 3), np.uint8))))
    smeared = cv2.morphologyEx(bare, cv2.MORPH_CLOSE, np.ones((1, _TEXT_SMEAR), np.uint8))
    return np.asarray(cv2.morphologyEx(smeared, cv2.MORPH_OPEN, np.ones((3, _TEXT_PIECE), np.uint8)), np.uint8)


def _points(strokes: Pixels, width: int, shortest: int, tallest: int, weight: float, spread: float | None) -> Curves:
    """The middles of the strokes in bins of `width` columns, of those strokes that are long enough and not too tall."""
    outlines, boxes = outlined(strokes)
    length, height = boxes[:, 2], boxes[:, 3]
    good = np.flatnonzero((length >= shortest) & (height <= np.maximum(tallest, _SLOPE * length)))
    count = len(good)
    if not count:
        nothing = np.zeros(0)
        return Curves(nothing, nothing, nothing, np.zeros(0, np.int64))
    parts = [part_within(strokes, outlines[k], boxes[k]) for k in good]
    places = [np.argwhere(part.own) + np.array([part.top, part.left]) for part in parts]
    ys, xs = np.concatenate(places).T
    label = np.repeat(np.arange(count), [len(p) for p in places])
    bins = -(-strokes.shape[1] // width)
    key = label * bins + xs // width
    held = np.bincount(key, minlength=count * bins).astype(np.float64)
    used = np.flatnonzero(held >= width * (1.0 if spread else 3.0))
    n = held[used]
    x = np.bincount(key, xs, count * bins)[used] / n
    y = np.bincount(key, ys, count * bins)[used] / n
    deviation = np.sqrt(np.maximum(np.bincount(key, ys.astype(np.float64) ** 2, count * bins)[used] / n - y**2, 0))
    curve = used // bins
    fine = deviation <= spread if spread else np.ones(len(used), bool)
    fine &= np.bincount(curve[fine], minlength=count)[curve] >= _FEWEST
    return Curves(x[fine], y[fine], np.full(int(fine.sum()), weight), curve[fine])


def longest(curves: Curves, points: int) -> Curves:
    """The curves with so many points or more."""
    kept = np.bincount(curves.curve, minlength=1)[curves.curve] >= points
    return Curves(curves.x[kept], curves.y[kept], curves.weight[kept], curves.curve[kept])


def together(first: Curves, second: Curves) -> Curves:
    """The curves of both."""
    offset = int(first.curve.max()) + 1 if len(first) else 0
    return Curves(
        np.concatenate([first.x, second.x]),
        np.concatenate([first.y, second.y]),
        np.concatenate([first.weight, second.weight]),
        np.concatenate([first.curve, second.curve + offset]),
    )
