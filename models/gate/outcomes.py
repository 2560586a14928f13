"""Compare the outcomes of two networks on the same items: better, worse, or within chance.

Items (labels, figures, cells) are compared in pairs, so that their difficulty cancels out. Intervals are by bootstrap
over reports, since errors of one report are correlated (`models.gate.intervals`); losses are also tested item by item
(McNemar's exact test, 1947), which is more sensitive.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import NamedTuple

import numpy as np

from models.gate.intervals import resamples, share_change

SIGNIFICANCE_LEVEL = 0.05
"""Differences with a smaller p-value are not taken for chance."""


class Outcome(NamedTuple):
    """Whether a network was right on one item of a report."""

    report: str
    kind: str
    right: bool


class Change(NamedTuple):
    """The change of the share of right items of a kind, with its 95% interval.

    `gained` items are right with the new network only, `lost` with the old one only; `chance` is the p-value of
    McNemar's exact test.
    """

    kind: str
    things: int
    old: float
    new: float
    low: float
    high: float
    gained: int
    lost: int
    chance: float

    @property
    def change(self) -> float:
        """New share minus old share."""
        return self.new - self.old

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `chance` where the change is not significant, or `same`."""
        if self.gained == self.lost:
            return "same"
        if self.gained < self.lost:
            return "worse" if self.chance < SIGNIFICANCE_LEVEL or self.high < 0 else "chance"
        return "better" if self.chance < SIGNIFICANCE_LEVEL and self.low > 0 else "chance"


def changes(old: Sequence[Outcome], new: Sequence[Outcome]) -> list[Change]:
    """The change of every kind, in order of appearance. Raises ValueError where the items differ."""
    if [(o.report, o.kind) for o in old] != [(n.report, n.kind) for n in new]:
        raise ValueError("the two networks were not tested on the same items")
    return [_change(kind, old, new) for kind in dict.fromkeys(o.kind for o in old)]


def _change(kind: str, old: Sequence[Outcome], new: Sequence[Outcome]) -> Change:
    pairs = [(o.report, o.right, n.right) for o, n in zip(old, new, strict=True) if o.kind == kind]
    reports = {report: k for k, report in enumerate(dict.fromkeys(report for report, _, _ in pairs))}
    counts = np.zeros((3, len(reports)))
    for report, before, after in pairs:
        counts[:, reports[report]] += before, after, 1
    found = share_change((counts[0], counts[2]), (counts[1], counts[2]), resamples(len(reports)))
    assert found.old is not None
    assert found.new is not None
    gained = sum(after and not before for _, before, after in pairs)
    lost = sum(before and not after for _, before, after in pairs)
    low, high = (0.0 if end is None else end for end in (found.low, found.high))
    return Change(kind, len(pairs), found.old, found.new, low, high, gained, lost, uneven(gained, lost))


def uneven(gained: int, lost: int) -> float:
    """The p-value of a split of gained and lost items: the exact two-sided binomial test with probability 1/2.

    >>> uneven(0, 6)
    0.03125
    """
    several = gained + lost
    tail = sum(comb(several, k) for k in range(min(gained, lost) + 1))
    return min(1.0, float(Fraction(2 * tail, 1 << several)))
