"""What agencies get wrong: how probable it is that sums fail by just so much in the report's own print.

Three ways to fail are known from real reports, and anything else is put down to several of them at once:

- one figure is misprinted: every sum that it is in fails by the same amount;
- rows disagree in one applicant's column, and so in the column of 总计, whose figures were added up rightly;
- a sum by itself is wrong, a 总计 left at zero for one.

In 4 of 16 real reports something does not add up: once each a balance of one column and 总计, the results of one
column and 总计, and a 总计 of 行政复议; the fourth is counted as a misprint. With half a report more for each kind
(Jeffreys), divided by the places where it can happen, that is the rates below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from extraction.reconcile.model import Problem

Gaps = tuple[tuple[int, int], ...]
"""The sums that fail, by index in order, and how much more their left side is than their right."""

MISPRINT = 0.0006
"""Of one figure: 1.5 reports of 17, about 150 figures in sums."""

MISPRINTED_TOTAL = 0.002
"""Of one figure in a column or cell of 总计: agencies compute these, and it is them that they forget."""

COLUMN = 0.015
"""That two rows or more disagree in an applicant's column and in 总计 alike: 1.5 reports of 17, six columns."""

COLUMN_KINDS = ("balance", "results_total")
"""The kinds of sums that there is one of in each column."""

ALONE = {"total": 0.03, "row_total": 0.0005, "balance": 0.002, "results_total": 0.002}
"""That one sum fails and no other, by kind; 总计 of disputes are in no other sum."""

RAREST = 0.0001
"""That any other sum fails by itself."""

_DECAY, _NORMAL = 1.1, 21.17
_CROSSING = 2  # sums that one figure must settle, where it is in so many
_MANY = 7  # sums that fail at once, from which each is explained by itself


def chance_of(gap: int) -> float:
    """How probable it is that a wrong figure is wrong by just this much: little is likelier than much."""
    return float(abs(gap) ** -_DECAY / _NORMAL)


@dataclass(frozen=True, slots=True)
class Blame:
    """How probable the gaps are, and for each figure the share of that in which it was not printed so, but misread."""

    weight: float
    misread: Mapping[int, float]


class SourceErrors:
    """The prior over one problem's gaps."""

    def __init__(self, problem: Problem) -> None:
        """`problem.tied` are in other sums too: those hold, so that it is not they that are wrong."""
        self._problem = problem
        sums_of: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for k, total in enumerate(problem.sums):
            for i in total.figures:
                sums_of[i].append((k, total.sign(i)))
        self._sums_of = dict(sums_of)
        self._grand = [_is_grand(total.id) for total in problem.sums]
        self.explain = lru_cache(maxsize=20_000)(self._explain)

    @property
    def explained(self) -> int:
        """How many sets of failing sums were looked at."""
        return self.explain.cache_info().misses

    def at_most(self, k: int, gap: int) -> float:
        """What one failing sum's gap may be put down to, all taken together."""
        single = sum(self._misprint(i) + self._problem.figures[i].unlisted for i in self._problem.sums[k].figures)
        column = COLUMN if self._problem.sums[k].kind in COLUMN_KINDS else 0.0
        return min(1.0, self._alone(k) + column + single) * chance_of(gap)

    def _explain(self, gaps: Gaps) -> Blame:
        """All ways to make these gaps, by the first of them: each is taken once."""
        if not gaps:
            return Blame(1.0, {})
        (first, gap), rest = gaps[0], gaps[1:]
        weight, misread = 0.0, defaultdict[int, float](float)

        def add(chance: float, left: Gaps, figure: int | None = None, unlisted: float = 0.0) -> None:
            nonlocal weight
            others = self.explain(left)
            weight += chance * others.weight
            for i, share in others.misread.items():
                misread[i] += chance * others.weight * share
            if figure is not None:
                misread[figure] += unlisted * others.weight

        add(self._alone(first) * chance_of(gap), rest)
        if len(gaps) < _MANY:
            known = dict(gaps)
            for k, other in rest:
                if other == gap and self._same_rows(first, k):
                    add(COLUMN * chance_of(gap), tuple((j, g) for j, g in rest if j != k))
            for i in self._problem.sums[first].figures:
                by = gap * self._problem.sums[first].sign(i)
                chance, unlisted = self._of_figure(i, by)
                if chance and i not in self._problem.tied and all(k in known for k, _ in self._sums_of[i]):
                    left = dict(known)
                    for k, sign in self._sums_of[i]:
                        left[k] -= sign * by
                    settled = sum(left[k] == 0 for k, _ in self._sums_of[i])
                    if left[first] == 0 and settled >= min(_CROSSING, len(self._sums_of[i])):
                        add(chance, tuple((k, g) for k, g in left.items() if g), i, unlisted)
        return Blame(weight, {i: share / weight for i, share in misread.items()})

    def _of_figure(self, figure: int, by: int) -> tuple[float, float]:
        """That a figure is too great by this much, and that so because it was taken for what it is not."""
        amounts = [option.amount for option in self._problem.figures[figure].options]
        if max(amounts) < by:
            return 0.0, 0.0  # less than nothing would have been meant
        listed = any(one - other == by for one in amounts for other in amounts)
        unlisted = 0.0 if listed else self._problem.figures[figure].unlisted * chance_of(by)
        return self._misprint(figure) * chance_of(by) + unlisted, unlisted

    def _misprint(self, figure: int) -> float:
        """That an agency prints another figure than it means."""
        return MISPRINTED_TOTAL if self._problem.figures[figure].id.endswith("total") else MISPRINT

    def _alone(self, k: int) -> float:
        return ALONE.get(self._problem.sums[k].kind, RAREST)

    def _same_rows(self, one: int, other: int) -> bool:
        """Whether two sums are over the same rows, in one applicant's column and in 总计."""
        same = self._problem.sums[one].kind == self._problem.sums[other].kind in COLUMN_KINDS
        return same and self._grand[one] != self._grand[other]


def _is_grand(sum_id: str) -> bool:
    """Whether a sum is of the column 总计; its id names the column."""
    return sum_id.partition(":")[0].endswith("total")
