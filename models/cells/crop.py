"""Crops of a cell's line of print for the cell recogniser; training and reading share this module.

The scale follows the height of the digits, not of the connected components: a dash, a point or a smudge is then as
small in the crop as it is beside a digit, and all digits have about the same height.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

HEIGHT = 32  # pixels of the network's input
_WINDOW_DIGIT_HEIGHTS = 1.8
_MARGIN_DIGIT_HEIGHTS = 0.6  # left and right of the components
WIDTHS = (32, 48, 64, 96, 128, 192, 256, 320)  # pixels; crops are padded to one of these
_MIN_CONTRAST_GREY_VALUES = 48.0  # a fainter crop is not stretched to full contrast
_PAPER_QUANTILE = 0.75  # of the crop's grey values
_INK_QUANTILE = 1 - 0.99

Grey = npt.NDArray[np.uint8]
"""A grey picture, height x width, uint8, 0 black."""

Floats = npt.NDArray[np.float32]


class Window(NamedTuple):
    """A rectangle in pixels of a picture. It may reach beyond `inside`, the part of the picture that may be shown."""

    left: float
    top: float
    right: float
    bottom: float


def window_around(line: Window, digit: float, frame: float = 1.0) -> Window:
    """Return the window that shows a line of connected components, in the same pixels as `line`.

    Args:
        line: box around the components.
        digit: height of the digits near there, in pixels.
        frame: factor on the size of the window; another one gives another view (test-time augmentation).
    """
    middle, half = (line.top + line.bottom) / 2, _WINDOW_DIGIT_HEIGHTS * frame * digit / 2
    around = _MARGIN_DIGIT_HEIGHTS * frame * digit
    return Window(line.left - around, middle - half, line.right + around, middle + half)


def cut(picture: Grey, window: Window, inside: Window) -> Grey:
    """Return the picture in a window, uint8, `HEIGHT` pixels high; outside of `inside` it is blank paper.

    Args:
        picture: grey picture, height x width.
        window: what to show, in pixels of the picture.
        inside: the cell; nothing outside of it is shown.
    """
    left, right = max(0, round(max(window.left, inside.left))), round(min(window.right, inside.right))
    top, bottom = max(0, round(max(window.top, inside.top))), round(min(window.bottom, inside.bottom))
    part = picture[top:bottom, left:right]
    scale = HEIGHT / max(1.0, window.bottom - window.top)
    width = max(8, min(WIDTHS[-1], round((window.right - window.left) * scale)))
    if not part.size:
        return np.full((HEIGHT, width), 255, np.uint8)
    high = min(HEIGHT, max(1, round(part.shape[0] * scale)))
    wide = min(width, max(1, round(part.shape[1] * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = np.asarray(cv2.resize(part, (wide, high), interpolation=interpolation), np.uint8)
    if (high, wide) == (HEIGHT, width):
        return part
    shown = np.full((HEIGHT, width), _grey_quantile(part, _PAPER_QUANTILE), np.uint8)
    y = min(HEIGHT - high, max(0, round((top - window.top) * scale)))
    x = min(width - wide, max(0, round((left - window.left) * scale)))
    shown[y : y + high, x : x + wide] = part
    return shown


def bucket(width: int) -> int:
    """Return the smallest of `WIDTHS` (pixels) that holds a crop of this width."""
    return next((w for w in WIDTHS if w >= width), WIDTHS[-1])


def as_input(cuts: Sequence[Grey], width: int) -> Floats:
    """Return the network's input: n x 1 x `HEIGHT` x width, float32, 0 for paper and about 1 for ink.

    Each crop is stretched to full contrast between its own paper and ink. `cuts` are no wider than `width` pixels.
    """
    shown = np.zeros((len(cuts), 1, HEIGHT, width), np.float32)
    for place, picture in zip(shown, cuts, strict=True):
        paper, ink = _grey_quantile(picture, _PAPER_QUANTILE), _grey_quantile(picture, _INK_QUANTILE)
        contrast = max(_MIN_CONTRAST_GREY_VALUES, float(paper - ink))
        np.multiply(paper - picture.astype(np.float32), 1 / contrast, out=place[0, :, : picture.shape[1]])
    return np.clip(shown, -0.5, 1.5)


def _grey_quantile(picture: Grey, share: float) -> int:
    """Return the smallest grey value that at least this share of the pixels does not exceed."""
    counts = np.bincount(picture.ravel(), minlength=256).cumsum()
    return int(np.searchsorted(counts, share * counts[-1]))
