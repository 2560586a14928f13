"""Selective classification: the threshold that accepts most while the share of wrong figures among them stays bounded.

The task and the name of the guarantee are those of Y. Geifman and R. El-Yaniv, Selective Classification for Deep Neural
Networks (NIPS 2017, SGR: selection with guaranteed risk): with probability 1 - `delta` the rate of errors among what is
accepted is below the stated one. Their algorithm searches all scores of the set by bisection and shares `delta` among
its steps; here the values are a fixed grid, all of them are tested, and `delta` is shared among all (Bonferroni), so
that nothing is assumed of how the rate changes along the grid. The bound of one test is that of C. Clopper and E.
Pearson (1934). It takes figures for independent; errors come several to a report, so that the true uncertainty is
larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, log1p


@dataclass(frozen=True, slots=True)
class Step:
    """What a threshold accepts at one `value`: `accepted` figures, `wrong` ones among them."""

    value: float
    accepted: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What the data say of one threshold.

    `best` is the step that accepts most among those with a bound below the stated rate, None where none has one;
    `bounds` are the upper bounds of all steps, in their order; `needed` is how many figures without a wrong one a step
    would have to accept.
    """

    best: Step | None
    bounds: tuple[float, ...]
    needed: int


def fit(steps: Sequence[Step], rate: float, delta: float = 0.05) -> Fit:
    """The best of the steps, strictest first, whose rate of errors is below `rate` (0..1); the stricter of two that
    accept as many. With probability 1 - `delta` all of the bounds hold."""
    each = delta / max(1, len(steps))
    bounds = tuple(upper_bound(s.wrong, s.accepted, each) for s in steps)
    passing = [s for s, bound in zip(steps, bounds, strict=True) if bound < rate]
    return Fit(max(passing, key=lambda s: s.accepted, default=None), bounds, figures_needed(rate, each))


def upper_bound(wrong: int, accepted: int, delta: float) -> float:
    """The error rate (0..1) at which so few wrong ones among the accepted have the probability `delta`: the one-sided
    upper bound of Clopper and Pearson. 1 where nothing is accepted or everything is wrong."""
    from scipy.stats import beta  # loads for a second, which `--help` need not wait for

    return 1.0 if wrong >= accepted else float(beta.ppf(1 - delta, wrong + 1, accepted - wrong))


def figures_needed(rate: float, delta: float) -> int:
    """How many accepted figures, all of them right, bound the error rate below `rate`."""
    return ceil(log(delta) / log1p(-rate))
