"""What two networks made of the same things, compared: better, worse, or no more than chance.

Every thing (a label, a figure, a cell) is compared with itself, so that how hard it is does not count as a difference.
Intervals are by bootstrap over reports, whose faults come together (`models.gate.intervals`); losses are besides tested
thing by thing (McNemar's exact test, 1947), which finds them sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import NamedTuple

import numpy as np

from models.gate.intervals import resamples, share_change

CHANCE = 0.05
"""The probability under which a difference is no longer taken for chance."""


class Outcome(NamedTuple):
    """What one network made of one thing in a report."""

    report: str
    kind: str
    right: bool


class Change(NamedTuple):
    """How the share that is right changed in a kind of things, with its 95% interval.

    `gained` things are right now and were wrong, `lost` the other way round; `chance` is the probability that as uneven
    a split comes about by chance.
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
        """New less old."""
        return self.new - self.old

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `chance` where it may be none, `same`."""
        if self.gained == self.lost:
            return "same"
        if self.gained < self.lost:
            return "worse" if self.chance < CHANCE or self.high < 0 else "chance"
        return "better" if self.chance < CHANCE and self.low > 0 else "chance"


def changes(old: Sequence[Outcome], new: Sequence[Outcome]) -> list[Change]:
    """The change in every kind, in the order in which kinds come. Raises ValueError where the things are not the
    same."""
    if [(o.report, o.kind) for o in old] != [(n.report, n.kind) for n in new]:
        raise ValueError("the two networks were not shown the same things")
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
    """How probable a split at least as uneven is where either side is equally likely (exact binomial test).

    >>> uneven(0, 6)
    0.03125
    """
    several = gained + lost
    tail = sum(comb(several, k) for k in range(min(gained, lost) + 1))
    return min(1.0, float(Fraction(2 * tail, 1 << several)))
