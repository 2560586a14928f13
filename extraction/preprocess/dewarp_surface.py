"""Curves that were straight to the displacement that makes them straight again: a smooth surface fitted to them.

One coordinate at a time: looked for is d(x, y) such that y + d is the same all along each curve. d is a sum of cubic
B-splines on a coarse grid; where no curve says anything it is as smooth as can be. Curves that disagree with all others
(a pen, the rim of a seal) lose their weight round by round.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.preprocess.baseline_curves import Curves, Floats

Whole = npt.NDArray[np.int64]

_KNOT = 70.0  # pixels between knots, about 50 points
_ROUNDS = 4
_SMOOTH = 2.0  # weight of bending against the curves' points
_STILL = 1e-3  # weight that keeps d at nothing where neither curves nor smoothness ask for anything
_TOLERANCE = 1.2  # pixels that a point of weight 1 may be off before it loses its weight


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """d at any point of a picture, from its spline coefficients (rows x columns).

    `before` and `after` say how far the curves' points are from straight, in pixels (root of the weighted mean square).
    """

    coefficients: Floats
    before: float
    after: float

    def at(self, x: Floats, y: Floats) -> Floats:
        """d at these points."""
        rows, columns = self.coefficients.shape
        splines, values = _splines(x, y, rows, columns)
        return np.asarray((values * self.coefficients.ravel()[splines]).sum(axis=1))

    def on_grid(self, xs: Floats, ys: Floats) -> Floats:
        """d at every (x, y) of a grid: len(ys) x len(xs)."""
        rows, columns = self.coefficients.shape
        return np.asarray(_basis(ys, rows) @ self.coefficients @ _basis(xs, columns).T)


def fitted(curves: Curves, size: tuple[int, int]) -> Displacement:
    """The displacement for a picture of this width and height."""
    columns, rows = (int(np.ceil(side / _KNOT)) + 3 for side in size)
    splines, values = _splines(curves.x, curves.y, rows, columns)
    stiff = _SMOOTH * _stiffness(rows, columns)
    weight, rest = curves.weight, np.zeros(0)
    solution = np.zeros(rows * columns)
    before = unevenness(curves)
    for turn in range(_ROUNDS):
        solution = _solved(curves, splines, values, weight, stiff)
        rest = _along(curves, (values * solution[splines]).sum(axis=1) + curves.y, weight)
        off = rest * np.sqrt(curves.weight) / (_TOLERANCE * max(1.0, 3.0 - turn))
        weight = curves.weight / (1.0 + off**2) ** 2
    return Displacement(solution.reshape(rows, columns), before, _rms(rest, weight))


def unevenness(curves: Curves) -> float:
    """How far the curves are from straight level lines: the root of the mean square over their points, in pixels."""
    return _rms(_along(curves, curves.y, curves.weight), curves.weight)


def _solved(curves: Curves, splines: Whole, values: Floats, weight: Floats, stiff: Floats) -> Floats:
    """Coefficients of least squares. The height of each curve is free: it is taken out of the equations."""
    count, lines = len(stiff), int(curves.curve.max()) + 1
    heavy = values * weight[:, None]
    pairs = (splines[:, :, None] * count + splines[:, None, :]).ravel()
    products = np.bincount(pairs, (heavy[:, :, None] * values[:, None, :]).ravel(), count * count)
    on_curve = (curves.curve[:, None] * count + splines).ravel()
    sums = np.bincount(on_curve, heavy.ravel(), lines * count).reshape(lines, count)
    weights = np.bincount(curves.curve, weight, lines).clip(1e-9)
    heights = np.bincount(curves.curve, weight * curves.y, lines)
    left = products.reshape(count, count) - sums.T @ (sums / weights[:, None]) + stiff
    right = np.bincount(splines.ravel(), (heavy * curves.y[:, None]).ravel(), count) - sums.T @ (heights / weights)
    # OpenCV's: that of NumPy starts threads, and waits for them longer than these few equations take.
    return np.asarray(cv2.solve(left, -right[:, None], flags=cv2.DECOMP_CHOLESKY)[1][:, 0], np.float64)


def _along(curves: Curves, heights: Floats, weight: Floats) -> Floats:
    """Each point's height above the weighted mean of its curve."""
    total = np.bincount(curves.curve, weight).clip(1e-9)
    return np.asarray(heights - (np.bincount(curves.curve, weight * heights) / total)[curves.curve])


def _rms(rest: Floats, weight: Floats) -> float:
    return float(np.sqrt((weight * rest**2).sum() / max(weight.sum(), 1e-9)))


def _splines(x: Floats, y: Floats, rows: int, columns: int) -> tuple[Whole, Floats]:
    """For each point the numbers of the 16 splines that reach it, and their values there."""
    column, across = _four(x, columns)
    row, down = _four(y, rows)
    four = np.arange(4)
    numbers = ((row[:, None] + four)[:, :, None] * columns + (column[:, None] + four)[:, None, :]).reshape(-1, 16)
    return numbers, (down[:, :, None] * across[:, None, :]).reshape(-1, 16)


def _four(at: Floats, count: int) -> tuple[Whole, Floats]:
    """The first of the four uniform cubic B-splines that are not zero at each place, and the values of the four."""
    t = np.clip(at / _KNOT, 0, count - 3 - 1e-9)
    first = t.astype(np.int64)
    u = t - first
    return first, np.stack([(1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3], 1) / 6


def _basis(at: Floats, count: int) -> Floats:
    """Values of all `count` splines at these places: len(at) x count."""
    first, four = _four(at, count)
    values = np.zeros((len(at), count))
    np.put_along_axis(values, first[:, None] + np.arange(4), four, axis=1)
    return values


def _stiffness(rows: int, columns: int) -> Floats:
    """The quadratic form of the bending of a surface of splines, and a little of its height and slope down."""

    def differences(count: int, order: int) -> Floats:
        d = np.diff(np.eye(count), n=order, axis=0)
        return np.asarray(d.T @ d)

    across, down = np.eye(columns), np.eye(rows)
    bending = (
        np.kron(down, differences(columns, 2))
        + 2 * np.kron(differences(rows, 1), differences(columns, 1))
        + np.kron(differences(rows, 2), across)
    )
    still = np.eye(rows * columns) + 10 * np.kron(differences(rows, 1), across)
    return np.asarray(bending + _STILL * still)
