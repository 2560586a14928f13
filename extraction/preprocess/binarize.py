"""Pictures of pages: grey values and ink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels

Outline = npt.NDArray[np.int32]
"""Points (x, y) around a connected part of a mask: n x 1 x 2."""

Boxes = npt.NDArray[np.int32]
"""Left, top, width, height: a row for each."""

NOISY = 2.5
"""Grey values of noise from which a picture is smoothed, and specks are none of its ink."""

_PAGE_WINDOW = 51  # pixels of surroundings that a page's ink is compared with, at the resolution pages are read at
_ROWS = 200  # of a picture, at the least, that tell its usual grey value
_BAND, _EVERY = 16, 96  # rows of a picture in which its noise is measured: a band in each so many


class Part(NamedTuple):
    """A connected part of a mask: its box in pixels, and which pixels of the box are its own."""

    left: int
    top: int
    width: int
    height: int
    own: npt.NDArray[np.bool_]

    @property
    def area(self) -> tuple[slice, slice]:
        """Its box as rows and columns of the mask."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def outlined(mask: Pixels) -> tuple[list[Outline], Boxes]:
    """The connected parts of a mask: the outline and the box of each; corners connect.

    Numbering every pixel of a page and counting takes several times as long.
    """
    outlines, relations = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return [], np.zeros((0, 4), np.int32)
    parents = relations[0, :, 3].tolist()  # the rim of a hole has one
    whole = [np.asarray(o, np.int32) for o, parent in zip(outlines, parents, strict=True) if parent < 0]
    first = np.cumsum([0, *(len(outline) for outline in whole[:-1])])
    points = np.concatenate(whole)[:, 0]
    least, most = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    return whole, np.column_stack([least, most - least + 1]).astype(np.int32)


def parts_of(mask: Pixels) -> Iterator[Part]:
    """The connected parts of a mask with few of them."""
    for outline, box in zip(*outlined(mask), strict=True):
        yield part_within(mask, outline, box)


def part_within(mask: Pixels, outline: Outline, box: npt.NDArray[np.int32]) -> Part:
    """The part of a mask with this outline and box; what it encloses counts as its own too."""
    left, top, width, height = box.tolist()
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, [outline], 0, 255, cv2.FILLED, offset=(-left, -top))
    own = cv2.bitwise_and(filled, mask[top : top + height, left : left + width])
    return Part(left, top, width, height, np.asarray(own) > 0)


def grey(pixels: Pixels) -> Pixels:
    """Height x width grey values of a grey or BGR picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def middle(values: Pixels, share: float = 0.5) -> float:
    """The (lower) median of the grey values of a picture, of a page in some of its rows; or the value that another
    `share` of them does not exceed.

    From their histogram: many times faster than sorting.
    """
    values = np.ascontiguousarray(values[:: max(1, len(values) // _ROWS)])
    counts = cv2.calcHist([values.reshape(-1, 1)], [0], None, [256], [0, 256])
    return float(np.searchsorted(np.cumsum(counts), values.size * share))


def ink(grey_pixels: Pixels, window: int, contrast: int = 14, noise: float | None = None) -> Pixels:
    """255 where a pixel is `contrast` darker than its surroundings (mean over `window`), else 0.

    A noisy picture is smoothed first, and the contrast asked for rises with its noise, which is measured unless given.
    """
    noise = noise_of(grey_pixels) if noise is None else noise
    smooth = cv2.medianBlur(grey_pixels, 3) if noise > NOISY else grey_pixels
    return np.asarray(
        cv2.adaptiveThreshold(
            smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(3, window | 1), contrast + noise
        ),
        np.uint8,
    )


def page_ink(grey_pixels: Pixels) -> Pixels:
    """The ink of a level page at the resolution at which pages are read, 255 where there is some."""
    return ink(grey_pixels, window=_PAGE_WINDOW)


def noise_of(grey_pixels: Pixels) -> float:
    """Standard deviation of the pixel noise, from how bare paper differs from its own smoothing."""
    height = len(grey_pixels)
    sample = np.concatenate([grey_pixels[top : top + _BAND] for top in range(0, max(1, height - _BAND), _EVERY)])
    smooth = cv2.GaussianBlur(sample, (0, 0), 1.5)
    rest = np.abs(sample.astype(np.float32) - smooth)
    return 1.4826 * float(np.median(rest))
