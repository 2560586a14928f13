"""Skew estimation: the angle at which the horizontal projection profile of the ink has the most energy (Postl 1986).

The energy of a profile is the sum of squared differences between neighbouring bins.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from extraction.geometry import Pixels

MAX_SKEW_DEGREES = 15.0  # either way
COARSE_STEP_DEGREES, FINE_STEP_DEGREES = 0.5, 0.02
COARSE_SAMPLE_PIXELS, FINE_SAMPLE_PIXELS = 6_000, 20_000  # ink pixels that suffice for each of the two searches
MIN_INK_PIXELS = 50  # with fewer no skew is measured
COARSE_BIN_PIXELS = 2.0  # height of a bin in the coarse search, so that no peak falls between two angles

Points = npt.NDArray[np.float32]
"""Points (x, y) in pixels from the centre of the picture: n x 2."""


def ink_points(ink_mask: Pixels) -> Points:
    """An even sample of the ink pixels; none where there are fewer than `MIN_INK_PIXELS`."""
    if cv2.countNonZero(ink_mask) < MIN_INK_PIXELS:
        return np.zeros((0, 2), np.float32)
    pixels = np.asarray(cv2.findNonZero(ink_mask), np.float32).reshape(-1, 2)
    height, width = ink_mask.shape
    return _sampled(pixels, FINE_SAMPLE_PIXELS) - np.array([width / 2, height / 2], np.float32)


def rotated_left(points: Points) -> Points:
    """The points after a quarter turn counter-clockwise."""
    return np.column_stack([points[:, 1], -points[:, 0]])


def skew_of(points: Points) -> float:
    """Degrees by which a page with these ink points must be turned counter-clockwise to be level; 0 for no points.

    A coarse search within `MAX_SKEW_DEGREES` either way, then finer ones around the best angle.
    """
    if not len(points):
        return 0.0
    sample = _sampled(points, COARSE_SAMPLE_PIXELS)
    coarse = np.arange(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES + COARSE_STEP_DEGREES / 2, COARSE_STEP_DEGREES)
    best = float(max(coarse, key=lambda a: profile_energy(sample, a, COARSE_BIN_PIXELS)))
    step = COARSE_STEP_DEGREES
    while step > FINE_STEP_DEGREES:
        reach, step = step, step / 4
        best = float(
            max(np.arange(best - reach, best + reach + step / 2, step), key=lambda a: profile_energy(points, a))
        )
    return best


def profile_energy(points: Points, angle: float, bin_pixels: float = 1.0) -> float:
    """The energy of the projection profile after a turn by `angle` degrees counter-clockwise, in bins of `bin_pixels`.

    A small reward for angles near 0 breaks ties.
    """
    radians = np.deg2rad(angle)
    direction = np.array([-np.sin(radians), np.cos(radians)], np.float32) / np.float32(bin_pixels)
    heights = points @ direction
    profile = np.bincount((heights - heights.min()).astype(np.int32))
    return float(np.square(np.diff(profile)).sum()) * (1.0 - 1e-3 * abs(angle))


def _sampled(points: Points, at_most: int) -> Points:
    return points[:: max(1, len(points) // at_most)]
