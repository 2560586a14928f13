"""The order in which the forward-backward algorithm takes a problem's rows and closes its columns.

The sums of rows share no figures with each other; the sums of columns are those in which rows meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from extraction.reconcile.error_priors import COLUMN_KINDS, ROW_KINDS, is_grand_total
from extraction.reconcile.solver.belief_propagation import prune
from extraction.reconcile.solver.model import Problem
from extraction.reconcile.solver.row_hypotheses import RowHypotheses, row_hypotheses


@dataclass(frozen=True, slots=True)
class Fault:
    """A figure in no row's sum but in several columns may be wrong by just the residual of `column`, the first."""

    figure: int
    column: int


@dataclass(frozen=True, slots=True)
class ColumnClosure:
    """All figures of a column's sum are known: it balances or fails. `grand_total` is the column of 总计, if any,
    `only_here` are the figures that are in no other sum."""

    column: int
    grand_total: int | None
    only_here: tuple[int, ...]


Step = RowHypotheses | Fault | ColumnClosure


def column_sums(problem: Problem) -> list[int]:
    """The indices of the sums of columns; steps number the columns in this order."""
    return [k for k, total in enumerate(problem.sums) if total.kind not in ROW_KINDS]


def elimination_order(problem: Problem) -> Iterator[Step]:
    """Rows, those with the fewest hypotheses first, and each kind of columns closed as soon as its rows are done.

    Rows that balance and have no other reading are left out.
    """
    figures, residuals, columns = problem.figures, problem.residuals(), column_sums(problem)
    coefficients = problem.coefficients()[columns].T
    in_rows = [(total.figures, k) for k, total in enumerate(problem.sums) if total.kind in ROW_KINDS]
    alone = set(range(len(figures))).difference(*(own for own, _ in in_rows))
    once = [i for i in sorted(alone) if np.count_nonzero(coefficients[i]) == 1]
    single: list[tuple[tuple[int, ...], int | None]] = [((i,), None) for i in sorted(alone)]
    open_rows = [(own, k) for own, k in in_rows if residuals[k] or any(len(figures[i].options) > 1 for i in own)]
    hypotheses = [row_hypotheses(problem, own, k, coefficients) for own, k in (*open_rows, *single)]
    left = prune(hypotheses, residuals[columns])
    kinds = [problem.sums[k].kind for k in columns]
    for kind in dict.fromkeys((*COLUMN_KINDS, *kinds)):
        of_kind = [c for c, other in enumerate(kinds) if other == kind]
        now = [row for row in left if coefficients[list(row.figures)][:, of_kind].any()]
        left = [row for row in left if row not in now]
        elsewhere = np.delete(coefficients, of_kind, axis=1)
        yield from sorted(now, key=lambda row: (bool(elsewhere[list(row.figures)].any()), len(row)))
        only_here = {c: tuple(i for i in once if coefficients[i, c]) for c in of_kind}
        for i in (i for row in now if row.row is None for i in row.figures if i not in once):
            yield Fault(i, next(c for c in of_kind if coefficients[i, c]))
        grand_totals = [c for c in of_kind if kind in COLUMN_KINDS and is_grand_total(problem.sums[columns[c]].id)]
        grand_total = grand_totals[0] if grand_totals else None
        yield from (ColumnClosure(c, grand_total, only_here[c]) for c in of_kind if c != grand_total)
        if grand_total is not None:
            yield ColumnClosure(grand_total, None, only_here[grand_total])
    yield from left
