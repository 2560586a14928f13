"""How a line of marks in a cell is cut and shown to the cell recogniser; training and reading share this module.

The cut is made by the height of the digits, not of the marks: a dash, a point or a smudge is then shown as small as it
is beside a digit. Everything the network sees has digits of about the same height.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

HEIGHT = 32  # pixels of what the network sees
WINDOW = 1.8  # heights of a digit in it
MARGIN = 0.6  # heights of a digit left and right of the marks
WIDTHS = (32, 48, 64, 96, 128, 192, 256, 320)  # pixels; each cut is filled up to one of these
_SHALLOW = 48.0  # grey values: what is fainter than this is not stretched to full contrast
_PAPER = 0.75  # share of the cut that is not lighter than its paper
_DARKEST = 0.99

Grey = npt.NDArray[np.uint8]
"""A grey picture, height x width, 0 black."""

Floats = npt.NDArray[np.float32]


class Window(NamedTuple):
    """A rectangle in pixels of a picture; it may reach beyond the `inside` that may be looked at."""

    left: float
    top: float
    right: float
    bottom: float


def window_around(line: Window, digit: float, frame: float = 1.0) -> Window:
    """The window that shows a line of marks, in the same pixels; `digit` is the height of the digits around there.

    `frame` widens it: another one gives another look at the same marks.
    """
    middle, half = (line.top + line.bottom) / 2, WINDOW * frame * digit / 2
    around = MARGIN * frame * digit
    return Window(line.left - around, middle - half, line.right + around, middle + half)


def cut(picture: Grey, window: Window, inside: Window) -> Grey:
    """The picture in a window, `HEIGHT` pixels high; what lies outside of `inside` is blank paper."""
    left, right = max(0, round(max(window.left, inside.left))), round(min(window.right, inside.right))
    top, bottom = max(0, round(max(window.top, inside.top))), round(min(window.bottom, inside.bottom))
    part = picture[top:bottom, left:right]
    scale = HEIGHT / max(1.0, window.bottom - window.top)
    width = max(8, min(WIDTHS[-1], round((window.right - window.left) * scale)))
    if not part.size:
        return np.full((HEIGHT, width), 255, np.uint8)
    high = min(HEIGHT, max(1, round(part.shape[0] * scale)))
    wide = min(width, max(1, round(part.shape[1] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = np.asarray(cv2.resize(part, (wide, high), interpolation=way), np.uint8)
    if (high, wide) == (HEIGHT, width):
        return part
    shown = np.full((HEIGHT, width), _level(part, _PAPER), np.uint8)
    y = min(HEIGHT - high, max(0, round((top - window.top) * scale)))
    x = min(width - wide, max(0, round((left - window.left) * scale)))
    shown[y : y + high, x : x + wide] = part
    return shown


def bucket(width: int) -> int:
    """The width to which a cut of this width is filled up."""
    return next((w for w in WIDTHS if w >= width), WIDTHS[-1])


def as_input(cuts: Sequence[Grey], width: int) -> Floats:
    """What the network takes: n x 1 x HEIGHT x width, 0 for paper, about 1 for ink; cuts no wider than `width`."""
    shown = np.zeros((len(cuts), 1, HEIGHT, width), np.float32)
    for place, picture in zip(shown, cuts, strict=True):
        paper, darkest = _level(picture, _PAPER), _level(picture, 1 - _DARKEST)
        contrast = max(_SHALLOW, float(paper - darkest))
        np.multiply(paper - picture.astype(np.float32), 1 / contrast, out=place[0, :, : picture.shape[1]])
    return np.clip(shown, -0.5, 1.5)


def _level(picture: Grey, share: float) -> int:
    """The grey value under which this share of the pixels lies."""
    counts = np.bincount(picture.ravel(), minlength=256).cumsum()
    return int(np.searchsorted(counts, share * counts[-1]))
