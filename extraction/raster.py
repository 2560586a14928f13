"""Pictures of pages: grey values and ink."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.document import Pixels

_BAND, _EVERY = 16, 96  # rows of a picture in which its noise is measured: a band in each so many


def grey(pixels: Pixels) -> Pixels:
    """Height x width grey values of a grey or BGR picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def middle(values: Pixels) -> float:
    """The (lower) median of grey values of any shape, from their histogram: many times faster than sorting a page."""
    counts = cv2.calcHist([np.ascontiguousarray(values).reshape(-1, 1)], [0], None, [256], [0, 256])
    return float(np.searchsorted(np.cumsum(counts), values.size / 2))


def ink(grey_pixels: Pixels, window: int, contrast: int = 14) -> Pixels:
    """255 where a pixel is `contrast` darker than its surroundings (mean over `window`), else 0.

    A noisy picture is smoothed first, and the contrast asked for rises with its noise.
    """
    noise = _noise(grey_pixels)
    smooth = cv2.medianBlur(grey_pixels, 3) if noise > 2.5 else grey_pixels
    return np.asarray(
        cv2.adaptiveThreshold(
            smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(3, window | 1), contrast + noise
        ),
        np.uint8,
    )


def _noise(grey_pixels: Pixels) -> float:
    """Standard deviation of the pixel noise, from how bare paper differs from its own smoothing."""
    height = len(grey_pixels)
    sample = np.concatenate([grey_pixels[top : top + _BAND] for top in range(0, max(1, height - _BAND), _EVERY)])
    smooth = cv2.GaussianBlur(sample, (0, 0), 1.5)
    rest = np.abs(sample.astype(np.float32) - smooth)
    return 1.4826 * float(np.median(rest))
