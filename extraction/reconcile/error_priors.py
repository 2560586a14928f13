"""Prior probabilities of errors in print: how often agencies publish sums that fail, and by how much.

Three ways to fail are known from real reports:

- one figure is misprinted: every sum that it is in fails by the same amount;
- the rows of one applicant's column disagree, and so do those of 总计, whose figures were added up rightly;
- a sum by itself is wrong, a 总计 left at zero for one.

In 4 of 16 real reports something does not add up: once each a balance of one column and 总计, the results of one
column and 总计, and a 总计 of 行政复议; the fourth is counted as a misprint. `python -m eval.simulation.prior` adds
half a report to each count (Jeffreys prior) and divides by the places in a report where it can happen.
"""

from __future__ import annotations

import numpy as np

from extraction.reconcile.solver.model import Figure, Floats, Ints

MISPRINT = 0.0006  # that one figure is misprinted: 1.5 of 17 reports, about 150 figures in sums
MISPRINTED_TOTAL = 0.002  # that one figure of 总计 is: agencies compute these, and forget to
COLUMN_DISAGREES = (
    0.015  # that rows disagree in an applicant's column and in 总计 alike: 1.5 of 17 reports, six columns
)

ROW_KINDS = ("row_total", "total")
"""The kinds of sums that share no figures with each other."""

COLUMN_KINDS = ("results_total", "balance")
"""The kinds of sums that each column has one of, those whose figures are in both kinds last."""

ISOLATED_FAILURE = {"total": 0.03, "row_total": 0.0005, "balance": 0.002, "results_total": 0.002}
"""That one sum fails and no other, by kind; the 总计 of disputes are in no other sum."""

OTHER_ISOLATED_FAILURE = 0.0001  # that a sum of any other kind fails by itself
_EXPONENT, _NORMALISER = 1.1, 21.17  # a power law; 21.17 = 2 zeta(1.1) makes it add up to 1 over both signs
MAX_RESIDUAL_PRIOR = 1 / _NORMALISER  # the prior of the most probable residual, 1


def residual_prior(residuals: Ints) -> Floats:
    """The probability (n) that a wrong figure or sum is off by each of `residuals` (n); 0 for a residual of 0."""
    size = np.abs(residuals).astype(np.float64)
    return np.where(residuals == 0, 0.0, np.maximum(size, 1.0) ** -_EXPONENT / _NORMALISER)


def misprint_prior(figure: Figure) -> float:
    """The probability that an agency prints another figure than it means."""
    return MISPRINTED_TOTAL if figure.id.endswith("total") else MISPRINT


def isolated_failure_prior(kind: str) -> float:
    """The probability that a sum of this kind fails by itself."""
    return ISOLATED_FAILURE.get(kind, OTHER_ISOLATED_FAILURE)


def is_grand_total(sum_id: str) -> bool:
    """Whether a sum is of the column 总计; its id names the column."""
    return sum_id.partition(":")[0].endswith("total")
