"""Rows and columns that stand one place off: a cell was lost or split, and every figure after it is another's.

A whole line that satisfies more sums one place further on is an explanation like others, and a likelier one than many
misreads at once. It is never put right: its figures go to a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from extraction.reconcile.model import Problem
from extraction.reconcile.parts import gap

_FEWER = 3  # failing sums that a shift must put right: by chance one or two are


def shifted(problem: Problem) -> frozenset[str]:
    """The ids of the figures in rows and columns that fit their sums better one place further on."""
    if sum(gap(total, problem.figures) != 0 for total in problem.sums) < _FEWER:
        return frozenset()
    rows = [total.figures for total in problem.sums if total.kind == "row_total"]
    columns = list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else []
    return frozenset(
        problem.figures[i].id for line in (*rows, *columns) if _fits_better_shifted(problem, line) for i in line
    )


def _fits_better_shifted(problem: Problem, line: Sequence[int]) -> bool:
    amounts = [problem.figures[i].options[0].amount for i in line]
    if not any(amounts):
        return False
    before = _failing(problem, line, amounts)
    return any(_failing(problem, line, moved) + _FEWER <= before for moved in ([0, *amounts[:-1]], [*amounts[1:], 0]))


def _failing(problem: Problem, line: Sequence[int], amounts: Sequence[int]) -> int:
    """How many sums fail with these amounts in a line."""
    instead = dict(zip(line, amounts, strict=True))
    return sum(
        sum(s.sign(i) * instead.get(i, problem.figures[i].options[0].amount) for i in s.figures) != 0
        for s in problem.sums
        if not instead.keys().isdisjoint(s.figures)
    )
