"""Rows and columns that are shifted by one cell: a cell was lost or split, and every figure after it is another's.

A line that satisfies more sums one place further on is a likelier explanation than many misreads at once. It is never
corrected: its figures go to a person.
"""

from __future__ import annotations

import numpy as np

from extraction.reconcile.solver.model import Ints, Problem

MIN_SUMS_MENDED = 3
"""Failing sums that a shift must satisfy, less those it breaks: one or two it does by chance. Set by hand."""


def shifted_figures(problem: Problem) -> frozenset[str]:
    """The ids of the figures in rows and columns that fit their sums better one place further on."""
    amounts, coefficients, residuals = problem.amounts(), problem.coefficients(), problem.residuals()
    if np.count_nonzero(residuals) < MIN_SUMS_MENDED:
        return frozenset()
    rows = [total.figures for total in problem.sums if total.kind == "row_total"]
    columns = list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else []
    lines = (n for n in (*rows, *columns) if _fits_better_shifted(residuals, coefficients[:, n], amounts[list(n)]))
    return frozenset(problem.figures[i].id for line in lines for i in line)


def _fits_better_shifted(residuals: Ints, coefficients: Ints, amounts: Ints) -> bool:
    """Whether more sums hold with a line's `amounts` (n) one place to either side, from the sums' `residuals` (sums)
    and the line's `coefficients` (sums, n)."""
    if not amounts.any():
        return False
    moved = np.zeros((2, len(amounts)), dtype=np.int64)
    moved[0, 1:], moved[1, :-1] = amounts[:-1], amounts[1:]
    failing = np.count_nonzero(residuals[:, None] + coefficients @ (moved - amounts).T, axis=0)
    return bool((failing + MIN_SUMS_MENDED <= np.count_nonzero(residuals)).any())
