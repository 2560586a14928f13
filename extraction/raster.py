"""Pictures of pages made ready to read: grey values, ink, and straightening."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.document import Pixels, Raster

_MAX_SKEW = 6.0  # degrees either way
_PROFILE_WIDTH = 800  # pixels; enough to see a tenth of a degree


def grey(pixels: Pixels) -> Pixels:
    """Height x width grey values of a grey or BGR picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


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
    smooth = cv2.GaussianBlur(grey_pixels, (0, 0), 1.5)
    rest = np.abs(grey_pixels.astype(np.float32) - smooth)
    return 1.4826 * float(np.median(rest))


def straighten(raster: Raster) -> Raster:
    """The picture turned so that lines of text and rules are level; the same object where they are already."""
    angle = skew(grey(raster.pixels))
    if abs(angle) < 0.05:
        return raster
    height, width = raster.pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    pixels = cv2.warpAffine(
        raster.pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    back = cv2.invertAffineTransform(turn)
    to_page = raster.to_page @ np.vstack([back, [0, 0, 1]])
    return Raster(np.asarray(pixels, np.uint8), to_page)


def skew(grey_pixels: Pixels) -> float:
    """Degrees by which the page must be turned counter-clockwise to be level.

    The angle whose row profile of the ink is the most uneven (Postl 1986), coarse to fine.
    """
    scale = _PROFILE_WIDTH / grey_pixels.shape[1]
    size = (_PROFILE_WIDTH, max(1, round(grey_pixels.shape[0] * scale)))
    small = cv2.resize(grey_pixels, size, interpolation=cv2.INTER_AREA)
    marks = ink(np.asarray(small, np.uint8), 31, 12)
    if cv2.countNonZero(marks) < 50:
        return 0.0
    best, step, reach = 0.0, 0.5, _MAX_SKEW
    while step > 0.02:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda a: _unevenness(marks, a)))
        reach, step = step, step / 4
    return best


def _unevenness(marks: Pixels, angle: float) -> float:
    """Variance of ink between neighbouring rows after turning by `angle`; a small reward for no turn breaks ties."""
    height, width = marks.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    profile = cv2.warpAffine(marks, turn, (width, height), flags=cv2.INTER_LINEAR).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(profile)).sum()) * (1.0 - 1e-3 * abs(angle))
