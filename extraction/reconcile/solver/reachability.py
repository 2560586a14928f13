"""Reachability pruning: the probability that the remaining rows can still balance a column's sum.

Each column is looked at by itself: what its remaining rows add to it are taken as independent, each with the
probabilities that its row by itself gives. States from which no column can balance any more are not worth extending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extraction.reconcile import error_priors
from extraction.reconcile.solver.model import Floats, Ints, Sum, heaviest, tally
from extraction.reconcile.solver.row_hypotheses import RowHypotheses

MAX_RESIDUALS = 3000  # residuals of a column that are told apart
MAX_CONVOLUTION_TERMS = 100_000  # pairs of a residual and an amount that a row adds which are formed at once
MIN_RELATIVE_PROBABILITY = 1e-10  # probability beside that of the most probable residual from which one is kept


@dataclass(frozen=True, slots=True, eq=False)
class Reachability:
    """Of one column, the probability that its sum balances in the end, by its residual now.

    `probabilities` (n) are those for the `residuals` (n, rising); `failure` is added for any residual: the probability
    that the sum fails in print.
    """

    residuals: Ints
    probabilities: Floats
    failure: float

    def of(self, residuals: Ints) -> Floats:
        """The probability for each of the residuals."""
        places = np.minimum(np.searchsorted(self.residuals, residuals), len(self.residuals) - 1)
        return np.where(self.residuals[places] == residuals, self.probabilities[places], 0.0) + self.failure


CLOSED = Reachability(np.zeros(1, dtype=np.int64), np.ones(1), 0.0)
"""Of a column whose sum is closed: its residual is zero."""


def at_closure(total: Sum) -> Reachability:
    """The reachability when all figures of a column's sum are known. An error of a column is in that of 总计 too, so
    that each of the two sums bears the root of its probability."""
    failure = error_priors.isolated_failure_prior(total.kind) * error_priors.MAX_RESIDUAL_PRIOR
    if total.kind in error_priors.COLUMN_KINDS:
        shared = float(np.sqrt(error_priors.COLUMN_DISAGREES * error_priors.MAX_RESIDUAL_PRIOR))
        failure = max(failure, shared) if error_priors.is_grand_total(total.id) else failure + shared
    return Reachability(CLOSED.residuals, CLOSED.probabilities, failure)


def before_row(after: Reachability, row: RowHypotheses, column: int) -> Reachability:
    """The reachability before a row is taken, from that `after` it: what the row adds is averaged over."""
    added, places = np.unique(row.changes[:, column], return_inverse=True)
    weights = tally(places, row.weights)
    weights = weights / weights.sum()
    if len(added) == 1:
        return Reachability(after.residuals - added[0], after.probabilities, after.failure) if added[0] else after
    likeliest = np.argsort(-weights, kind="stable")[: max(1, MAX_CONVOLUTION_TERMS // len(after.residuals))]
    failure = after.failure + float(1 - weights[likeliest].sum())
    added, weights = added[likeliest], weights[likeliest]
    residuals, places = np.unique((after.residuals[None, :] - added[:, None]).ravel(), return_inverse=True)
    chances = tally(places, (weights[:, None] * after.probabilities[None, :]).ravel())
    kept = heaviest(chances, MIN_RELATIVE_PROBABILITY * chances.max(), MAX_RESIDUALS)
    return Reachability(residuals[kept], chances[kept], failure + float(np.delete(chances, kept).sum()))


def balance_probability(columns: Sequence[Reachability], states: Ints) -> Floats:
    """The probability (states) that all columns balance in the end, from `states` (states, columns) of residuals."""
    found = np.ones(len(states))
    for k, column in enumerate(columns):
        found *= column.of(states[:, k])
    return found
