"""How far a page lies askew: the angle at which its rows of ink are the most uneven (Postl 1986)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from extraction.document import Pixels

MAX_SKEW = 15.0  # degrees either way
_COARSE, _FINE = 0.5, 0.02  # degrees
_FEW, _MANY = 6_000, 20_000  # points of ink that are enough to look coarsely, and to a fiftieth of a degree
_FEWEST = 50
_BROAD = 2.0  # rows taken together when looking coarsely, so that no peak falls between two angles

Points = npt.NDArray[np.float32]
"""n x 2, (x, y) from the middle of the picture."""


def ink_points(marks: Pixels) -> Points:
    """Places of ink, spread evenly over it. `marks` is 255 where there is ink."""
    if cv2.countNonZero(marks) < _FEWEST:
        return np.zeros((0, 2), np.float32)
    places = np.asarray(cv2.findNonZero(marks), np.float32).reshape(-1, 2)
    height, width = marks.shape
    return _some(places, _MANY) - np.array([width / 2, height / 2], np.float32)


def sideways(points: Points) -> Points:
    """The points of the page turned to the left by a quarter."""
    return np.column_stack([points[:, 1], -points[:, 0]])


def skew_of(points: Points) -> float:
    """Degrees by which a page with these points of ink must be turned counter-clockwise to be level, 0 for no points.

    Looked for coarsely within `MAX_SKEW` either way, then finely.
    """
    if not len(points):
        return 0.0
    few = _some(points, _FEW)
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + _COARSE / 2, _COARSE)
    best = float(max(coarse, key=lambda a: unevenness(few, a, _BROAD)))
    step = _COARSE
    while step > _FINE:
        reach, step = step, step / 4
        best = float(max(np.arange(best - reach, best + reach + step / 2, step), key=lambda a: unevenness(points, a)))
    return best


def unevenness(points: Points, angle: float, rows: float = 1.0) -> float:
    """Squared differences of ink between neighbouring rows after turning by `angle` degrees counter-clockwise.

    A small reward for no turn breaks ties.
    """
    radians = np.deg2rad(angle)
    turn = np.array([-np.sin(radians), np.cos(radians)], np.float32) / np.float32(rows)
    heights = points @ turn
    profile = np.bincount((heights - heights.min()).astype(np.int32))
    return float(np.square(np.diff(profile)).sum()) * (1.0 - 1e-3 * abs(angle))


def _some(points: Points, at_most: int) -> Points:
    return points[:: max(1, len(points) // at_most)]
