"""Grey levels and ink masks of pictures, and the connected components of masks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels

Contour = npt.NDArray[np.int32]
"""The outer contour of a connected component: points (x, y), n x 1 x 2."""

Boxes = npt.NDArray[np.int32]
"""Bounding boxes, n x 4: left, top, width, height."""

MIN_NOISE_TO_SMOOTH = 2.5
"""Standard deviation of the noise, in grey levels, from which a picture is smoothed and specks are removed."""

PAGE_WINDOW_PIXELS = 51  # side of the neighbourhood that a page's ink is compared with, at about 200 dpi
MIN_SAMPLED_ROWS = 200  # rows of a picture, at the least, from which a quantile of its grey levels is estimated
NOISE_BAND_ROWS, NOISE_STRIDE_ROWS = 16, 96  # noise is measured in one band of rows in each stride


class Component(NamedTuple):
    """A connected component: its bounding box in pixels, and the mask (height x width) of its pixels in the box."""

    left: int
    top: int
    width: int
    height: int
    mask: npt.NDArray[np.bool_]

    @property
    def window(self) -> tuple[slice, slice]:
        """The rows and columns of its bounding box, to index the picture with."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def outer_contours(mask: Pixels) -> tuple[list[Contour], Boxes]:
    """The outer contours and bounding boxes of a mask's connected components (8-connectivity).

    On a whole page this is several times faster than labelling every pixel.
    """
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return [], np.zeros((0, 4), np.int32)
    parents = hierarchy[0, :, 3].tolist()  # the contour of a hole has one
    outer = [np.asarray(c, np.int32) for c, parent in zip(contours, parents, strict=True) if parent < 0]
    first = np.cumsum([0, *(len(contour) for contour in outer[:-1])])
    points = np.concatenate(outer)[:, 0]
    least, most = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    return outer, np.column_stack([least, most - least + 1]).astype(np.int32)


def components_of(mask: Pixels) -> Iterator[Component]:
    """The connected components of a mask that has few of them."""
    for contour, box in zip(*outer_contours(mask), strict=True):
        yield component_within(mask, contour, box)


def component_within(mask: Pixels, contour: Contour, box: npt.NDArray[np.int32]) -> Component:
    """The component of a mask with this outer contour and bounding box, and whatever lies inside its holes."""
    left, top, width, height = box.tolist()
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, [contour], 0, 255, cv2.FILLED, offset=(-left, -top))
    own = cv2.bitwise_and(filled, mask[top : top + height, left : left + width])
    return Component(left, top, width, height, np.asarray(own) > 0)


def grey(pixels: Pixels) -> Pixels:
    """The grey levels (height x width) of a grey or BGR picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def grey_quantile(values: Pixels, share: float = 0.5) -> float:
    """The grey level that `share` of a picture does not exceed, the lower median by default.

    Taken from the histogram, many times faster than sorting, of a sample of rows where the picture is a page.
    """
    values = np.ascontiguousarray(values[:: max(1, len(values) // MIN_SAMPLED_ROWS)])
    counts = cv2.calcHist([values.reshape(-1, 1)], [0], None, [256], [0, 256])
    return float(np.searchsorted(np.cumsum(counts), values.size * share))


def ink(grey_pixels: Pixels, window: int, contrast: int = 14, noise: float | None = None) -> Pixels:
    """The ink mask: 255 where a pixel is `contrast` grey levels darker than the mean of its neighbourhood, else 0.

    `window` is the side of the neighbourhood in pixels. `noise` (standard deviation in grey levels) is measured unless
    given; it is added to the contrast, and a noisy picture is smoothed first.
    """
    noise = noise_of(grey_pixels) if noise is None else noise
    smooth = cv2.medianBlur(grey_pixels, 3) if noise > MIN_NOISE_TO_SMOOTH else grey_pixels
    return np.asarray(
        cv2.adaptiveThreshold(
            smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(3, window | 1), contrast + noise
        ),
        np.uint8,
    )


def page_ink(grey_pixels: Pixels) -> Pixels:
    """The ink mask of a page at about 200 dpi: 255 on ink, else 0."""
    return ink(grey_pixels, window=PAGE_WINDOW_PIXELS)


def noise_of(grey_pixels: Pixels) -> float:
    """Standard deviation of the pixel noise in grey levels: the median absolute difference from a smoothed copy."""
    height = len(grey_pixels)
    sample = np.concatenate(
        [
            grey_pixels[top : top + NOISE_BAND_ROWS]
            for top in range(0, max(1, height - NOISE_BAND_ROWS), NOISE_STRIDE_ROWS)
        ]
    )
    smooth = cv2.GaussianBlur(sample, (0, 0), 1.5)
    rest = np.abs(sample.astype(np.float32) - smooth)
    return 1.4826 * float(np.median(rest))
