"""How far a page lies askew: the angle at which its rows of ink are the most uneven (Postl 1986)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels

_MAX_SKEW = 15.0  # degrees either way
_COARSE = 0.5  # degrees
_FINE = 0.02
_POINTS = 20_000  # of ink, enough to see a fiftieth of a degree
_FEWEST = 50


def skew_of(marks: Pixels, around: float = 0.0, reach: float = _MAX_SKEW) -> float:
    """Degrees by which the page must be turned counter-clockwise to be level. `marks` is 255 where there is ink.

    Looked for within `reach` of `around`, coarse to fine.
    """
    x, y = ink_points(marks)
    if len(x) < _FEWEST:
        return 0.0
    best, step = around, _COARSE
    while step > _FINE:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda a: unevenness(x, y, a)))
        reach, step = step, step / 4
    return best


def ink_points(marks: Pixels) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Places (x, y) of ink, spread evenly over it where there is much, from the middle of the picture."""
    places = np.asarray(cv2.findNonZero(marks) if cv2.countNonZero(marks) else np.zeros((0, 2), np.int32))

    chosen = places.reshape(-1, 2)[:: max(1, len(places) // _POINTS)].astype(np.float32)
    height, width = marks.shape
    return chosen[:, 0] - width / 2, chosen[:, 1] - height / 2


def unevenness(x: npt.NDArray[np.float32], y: npt.NDArray[np.float32], angle: float) -> float:
    """Squared differences of ink between neighbouring rows after turning by `angle` degrees counter-clockwise.

    A small reward for no turn breaks ties.
    """
    radians = np.deg2rad(angle)
    rows = y * np.float32(np.cos(radians)) - x * np.float32(np.sin(radians))
    rows -= rows.min()
    profile = np.bincount(rows.astype(np.int32))
    return float(np.square(np.diff(profile)).sum()) * (1.0 - 1e-3 * abs(angle))
