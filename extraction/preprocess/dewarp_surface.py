"""A smooth displacement that makes curves straight again: a tensor product of cubic B-splines.

One coordinate at a time: d(x, y) is sought such that y + d is constant along each curve. A penalty on bending decides
where there are no curves. Iteratively reweighted least squares takes the weight from curves that disagree with all
others (a pen stroke, the edge of a seal).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extraction.preprocess.baseline_curves import Curves, Floats

Ints = npt.NDArray[np.int64]

KNOT_SPACING = 70.0  # pixels at about 100 dpi
REWEIGHTINGS = 4  # rounds of the fit
BENDING_WEIGHT = 2.0  # of the bending penalty, beside 1 for a point on a grid line
RIDGE_WEIGHT = 1e-3  # relative to the bending: keeps d near 0 where nothing else determines it
MAX_RESIDUAL = 1.2  # pixels that a point of weight 1 may be off in the last round before it loses weight


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """The displacement d in pixels, by its spline coefficients (rows x columns).

    `before` and `after` are the `straightness_error` of the curves without and with it.
    """

    coefficients: Floats
    before: float
    after: float

    def at(self, x: Floats, y: Floats) -> Floats:
        """d at the points (x, y), both of shape n."""
        rows, columns = self.coefficients.shape
        splines, values = _splines(x, y, rows, columns)
        return np.asarray((values * self.coefficients.ravel()[splines]).sum(axis=1))

    def on_grid(self, xs: Floats, ys: Floats) -> Floats:
        """d at every point of a grid: len(ys) x len(xs)."""
        rows, columns = self.coefficients.shape
        return np.asarray(_basis(ys, rows) @ self.coefficients @ _basis(xs, columns).T)


def fitted_displacement(curves: Curves, size: tuple[int, int]) -> Displacement:
    """The displacement of a picture of `size` (width, height) in pixels that straightens the curves."""
    columns, rows = (int(np.ceil(side / KNOT_SPACING)) + 3 for side in size)
    splines, values = _splines(curves.x, curves.y, rows, columns)
    penalty = BENDING_WEIGHT * _penalty(rows, columns)
    weight, rest = curves.weight, np.zeros(0)
    solution = np.zeros(rows * columns)
    before = straightness_error(curves)
    for turn in range(REWEIGHTINGS):
        solution = _coefficients(curves, splines, values, weight, penalty)
        rest = _above_curve_mean(curves, (values * solution[splines]).sum(axis=1) + curves.y, weight)
        relative = rest * np.sqrt(curves.weight) / (MAX_RESIDUAL * max(1.0, 3.0 - turn))
        weight = curves.weight / (1.0 + relative**2) ** 2
    return Displacement(solution.reshape(rows, columns), before, _rms(rest, weight))


def straightness_error(curves: Curves) -> float:
    """Root of the weighted mean square distance in pixels of the points from the mean height of their curve."""
    return _rms(_above_curve_mean(curves, curves.y, curves.weight), curves.weight)


def _coefficients(curves: Curves, splines: Ints, values: Floats, weight: Floats, penalty: Floats) -> Floats:
    """The least-squares coefficients; the unknown height of each curve is eliminated (Schur complement)."""
    count, lines = len(penalty), int(curves.curve.max()) + 1
    heavy = values * weight[:, None]
    pairs = (splines[:, :, None] * count + splines[:, None, :]).ravel()
    products = np.bincount(pairs, (heavy[:, :, None] * values[:, None, :]).ravel(), count * count)
    on_curve = (curves.curve[:, None] * count + splines).ravel()
    sums = np.bincount(on_curve, heavy.ravel(), lines * count).reshape(lines, count)
    weights = np.bincount(curves.curve, weight, lines).clip(1e-9)
    heights = np.bincount(curves.curve, weight * curves.y, lines)
    left = products.reshape(count, count) - sums.T @ (sums / weights[:, None]) + penalty
    right = np.bincount(splines.ravel(), (heavy * curves.y[:, None]).ravel(), count) - sums.T @ (heights / weights)
    # NumPy's solver starts threads, and waits for them longer than these few equations take.
    return np.asarray(cv2.solve(left, -right[:, None], flags=cv2.DECOMP_CHOLESKY)[1][:, 0], np.float64)


def _above_curve_mean(curves: Curves, heights: Floats, weight: Floats) -> Floats:
    """The height of each point (n) above the weighted mean of its curve."""
    total = np.bincount(curves.curve, weight).clip(1e-9)
    return np.asarray(heights - (np.bincount(curves.curve, weight * heights) / total)[curves.curve])


def _rms(rest: Floats, weight: Floats) -> float:
    return float(np.sqrt((weight * rest**2).sum() / max(weight.sum(), 1e-9)))


def _splines(x: Floats, y: Floats, rows: int, columns: int) -> tuple[Ints, Floats]:
    """The indices (n x 16) of the splines that are not zero at each point, and their values (n x 16) there."""
    column, across = _nonzero_splines(x, columns)
    row, down = _nonzero_splines(y, rows)
    four = np.arange(4)
    numbers = ((row[:, None] + four)[:, :, None] * columns + (column[:, None] + four)[:, None, :]).reshape(-1, 16)
    return numbers, (down[:, :, None] * across[:, None, :]).reshape(-1, 16)


def _nonzero_splines(at: Floats, count: int) -> tuple[Ints, Floats]:
    """The index (n) of the first of the four splines that are not zero at each coordinate, and their values (n x 4)."""
    t = np.clip(at / KNOT_SPACING, 0, count - 3 - 1e-9)
    first = t.astype(np.int64)
    u = t - first
    return first, np.stack([(1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3], 1) / 6


def _basis(at: Floats, count: int) -> Floats:
    """The values of all `count` splines at each coordinate: n x count."""
    first, four = _nonzero_splines(at, count)
    values = np.zeros((len(at), count))
    np.put_along_axis(values, first[:, None] + np.arange(4), four, axis=1)
    return values


def _penalty(rows: int, columns: int) -> Floats:
    """The quadratic form of the bending penalty, with a little of the surface's height and vertical slope."""

    def differences(count: int, order: int) -> Floats:
        d = np.diff(np.eye(count), n=order, axis=0)
        return np.asarray(d.T @ d)

    across, down = np.eye(columns), np.eye(rows)
    bending = (
        np.kron(down, differences(columns, 2))
        + 2 * np.kron(differences(rows, 1), differences(columns, 1))
        + np.kron(differences(rows, 2), across)
    )
    ridge = np.eye(rows * columns) + 10 * np.kron(differences(rows, 1), across)
    return np.asarray(bending + RIDGE_WEIGHT * ridge)
