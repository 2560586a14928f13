"""95% intervals of shares by bootstrap over reports: what they would be had other reports been drawn.

Reports are drawn with replacement, all fields of one together, since the faults of one report come together. Counts are
reports x names; a resample is a row of how often each report was drawn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

RESAMPLES = 1000
SEED = 7
_TAILS = (0.025, 0.975)


class Interval(NamedTuple):
    """An estimate with the ends of its 95% interval, all None where there is nothing to estimate from."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Change(NamedTuple):
    """New less old, with its 95% interval. `certain`: the interval leaves out 0, the change is more than chance."""

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
    if value in (0, 1) and wholes.max() <= 1:
        return _all_or_none(value, int(wholes.sum()))
    return _around(value, _shares(parts, wholes, drawn))


def _all_or_none(value: float, reports: int) -> Interval:
    """The exact interval (Clopper and Pearson, 1934) of a share of reports where all or none have it.

    No resample has another share then, and an interval of no width would claim what n reports cannot show.
    """
    other = 1 - _TAILS[0] ** (1 / reports)
    return Interval(value, value, other) if value == 0 else Interval(value, 1 - other, value)


def macro_interval(parts: Numbers, wholes: Numbers, groups: npt.NDArray[np.int64], drawn: Numbers) -> Interval:
    """The interval of the mean share over the groups (levels) of reports, each counting alike."""
    own = [groups == g for g in np.unique(groups)]
    own = [m for m in own if wholes[m].sum()]
    if not own:
        return Interval(None)
    value = float(np.mean([parts[m].sum() / wholes[m].sum() for m in own]))
    each = np.array([_shares(parts[m], wholes[m], drawn[:, m]) for m in own])
    seen = np.isfinite(each)
    means = np.where(seen, each, 0).sum(axis=0) / np.maximum(1, seen.sum(axis=0))
    return _around(value, means)


def share_change(old: tuple[Numbers, Numbers], new: tuple[Numbers, Numbers], drawn: Numbers) -> Change:
    """The change of a share over the same reports, (parts, wholes) of each run; resampled in pairs."""
    before, after = (float(p.sum() / w.sum()) if w.sum() else None for p, w in (old, new))
    if before is None or after is None:
        return Change(before, after, None, None, None, False)
    differences = _shares(*new, drawn) - _shares(*old, drawn)
    interval = _around(after - before, differences)
    certain = interval.low is not None and interval.high is not None and (interval.low > 0 or interval.high < 0)
    return Change(before, after, *interval, certain)


def _shares(parts: Numbers, wholes: Numbers, drawn: Numbers) -> Numbers:
    """The share in every resample, NaN where nothing of it was drawn."""
    part, whole = drawn @ parts, drawn @ wholes
    return np.asarray(np.divide(part, whole, out=np.full(len(drawn), np.nan), where=whole > 0))


def _around(value: float, drawn: Numbers) -> Interval:
    """The middle 95% of what was drawn. Of few reports it can be one-sided: it always holds the estimate itself."""
    seen = drawn[np.isfinite(drawn)]
    if not seen.size:
        return Interval(value, value, value)
    low, high = np.quantile(seen, _TAILS)
    return Interval(value, min(float(low), value), max(float(high), value))
