"""95% confidence intervals of shares by bootstrap over reports.

Reports are drawn with replacement, all fields of one together, since errors of one report are correlated. Counts are
reports x names; a resample is a row of how often each report was drawn.

Resamples of few reports vary too little, those of reports that are all alike not at all. So the tails are those of
Student's t instead of the normal distribution (T. Hesterberg, What Teachers Should Know About the Bootstrap, 2015, the
expanded percentile interval); up to ten reports, whose resamples cannot go beyond the best and the worst of them, get
the t interval too; and no interval is narrower than that of as many independent fields: correlation within a report
can only widen it.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

RESAMPLES = 1000
SEED = 7
_TAIL = 0.025
_Z = NormalDist().inv_cdf(1 - _TAIL)
_STUDENT = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706)  # the same of t with 1 to 5 degrees of freedom
_MAX_REPORTS_FOR_T_INTERVAL = 10
_MIN_CHANGED_REPORTS = 6  # fewer all changing one way are more likely than 1 in 20 by chance (sign test)


class Interval(NamedTuple):
    """An estimate with the ends of its 95% interval, all None where there is nothing to estimate from."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Change(NamedTuple):
    """New minus old, with its 95% interval. `certain`: the interval excludes 0, the change is more than chance."""

    old: float | None
    new: float | None
    change: float | None
    low: float | None
    high: float | None
    certain: bool


def resamples(reports: int, *, times: int = RESAMPLES, seed: int = SEED) -> Numbers:
    """How often each report is drawn: times x reports, every row adding up to `reports`."""
    if not reports:
        return np.zeros((times, 0))
    drawn = np.random.default_rng(seed).multinomial(reports, np.full(reports, 1 / reports), size=times)
    return np.asarray(drawn, np.float64)


def share_interval(parts: Numbers, wholes: Numbers, drawn: Numbers) -> Interval:
    """The interval of sum(parts) / sum(wholes), given for each report, over the resamples `drawn`."""
    if not wholes.sum():
        return Interval(None)
    value = float(parts.sum() / wholes.sum())
    reports = int(np.count_nonzero(wholes))
    found = _union(_around(value, _shares(parts, wholes, drawn), reports), _independent_interval(value, wholes))
    return (
        _union(found, _t_interval(value, parts, wholes, reports))
        if 1 < reports <= _MAX_REPORTS_FOR_T_INTERVAL
        else found
    )


def _independent_interval(value: float, wholes: Numbers) -> Interval:
    """The interval of a share of so many independent items.

    Exact for shares of 0 and 1 (Clopper and Pearson, 1934), else Wilson's score interval (1927).
    """
    number, value = float(wholes.sum()), min(1.0, value)  # more fields may go to review than the gold has
    if value in (0, 1):
        other = 1 - _TAIL ** (1 / number)
        return Interval(value, value, other) if value == 0 else Interval(value, 1 - other, value)
    middle = (value + _Z**2 / (2 * number)) / (1 + _Z**2 / number)
    reach = _Z / (1 + _Z**2 / number) * (value * (1 - value) / number + _Z**2 / (4 * number**2)) ** 0.5
    return Interval(value, max(0.0, middle - reach), min(1.0, middle + reach))


def _t_interval(value: float, parts: Numbers, wholes: Numbers, reports: int) -> Interval:
    """The interval of a ratio by linearisation (the variance over reports) and Student's t."""
    spread = float(((parts - value * wholes) ** 2).sum()) * reports / (reports - 1)
    reach = _student(reports - 1) * spread**0.5 / float(wholes.sum())
    return Interval(value, max(0.0, value - reach), min(1.0, value + reach))


def _union(one: Interval, other: Interval) -> Interval:
    """The smallest interval that contains both."""
    lows, highs = ([i[k] for i in (one, other)] for k in (1, 2))
    return Interval(one.value, min(v for v in lows if v is not None), max(v for v in highs if v is not None))


def macro_interval(parts: Numbers, wholes: Numbers, groups: npt.NDArray[np.int64], drawn: Numbers) -> Interval:
    """The interval of the macro average of the shares of groups (levels) of reports."""
    own = [groups == g for g in np.unique(groups)]
    own = [m for m in own if wholes[m].sum()]
    if not own:
        return Interval(None)
    value = float(np.mean([parts[m].sum() / wholes[m].sum() for m in own]))
    each = np.array([_shares(parts[m], wholes[m], drawn[:, m]) for m in own])
    seen = np.isfinite(each)
    means = np.where(seen, each, 0).sum(axis=0) / np.maximum(1, seen.sum(axis=0))
    shared = _independent_interval(float(parts.sum() / wholes.sum()), wholes)
    around = _around(value, means, int(np.count_nonzero(wholes)))
    return _union(around, shared) if value in (0, 1) else around


def share_change(old: tuple[Numbers, Numbers], new: tuple[Numbers, Numbers], drawn: Numbers) -> Change:
    """The change of a share over the same reports, (parts, wholes) of each run; resampled in pairs."""
    before, after = (float(p.sum() / w.sum()) if w.sum() else None for p, w in (old, new))
    if before is None or after is None:
        return Change(before, after, None, None, None, False)
    differences = _shares(*new, drawn) - _shares(*old, drawn)
    changes = new[0] * old[1] - old[0] * new[1]
    interval = _around(after - before, differences, int(np.count_nonzero(new[1])), (-1, 1))
    certain = (
        int(np.count_nonzero(changes)) >= _MIN_CHANGED_REPORTS
        and interval.low is not None
        and interval.high is not None
        and (interval.low > 0 or interval.high < 0)
    )
    return Change(before, after, *interval, certain)


def _shares(parts: Numbers, wholes: Numbers, drawn: Numbers) -> Numbers:
    """The share in every resample, NaN where its whole is 0."""
    part, whole = drawn @ parts, drawn @ wholes
    return np.asarray(np.divide(part, whole, out=np.full(len(drawn), np.nan), where=whole > 0))


def _around(value: float, drawn: Numbers, reports: int, ends: tuple[float, float] = (0, 1)) -> Interval:
    """The expanded percentile interval of resampled shares; with one report, all between `ends`.

    With few reports it can be one-sided: it always contains the estimate itself.
    """
    seen = drawn[np.isfinite(drawn)]
    if reports < 2 or not seen.size:
        return Interval(value, *map(float, ends))
    tail = NormalDist().cdf(-((reports / (reports - 1)) ** 0.5) * _student(reports - 1))
    low, high = np.quantile(seen, (tail, 1 - tail))
    return Interval(value, min(float(low), value), max(float(high), value))


def _student(freedom: int) -> float:
    """Student's t that 2.5% lie beyond; to three decimals (Abramowitz and Stegun 26.7.5)."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z, n = _Z, freedom
    terms = (z**3 + z, 5 * z**5 + 16 * z**3 + 3 * z, 3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z)
    return float(z + sum(term / (by * n**k) for k, (term, by) in enumerate(zip(terms, (4, 96, 384), strict=True), 1)))
