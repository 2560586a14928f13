"""Rows and columns that stand one place off: a cell was lost or split, and every figure after it is another's.

A whole line that satisfies more sums one place further on is an explanation like others, and a likelier one than many
misreads at once. It is never put right: its figures go to a person.
"""

from __future__ import annotations

import numpy as np

from extraction.reconcile.solver.model import Ints, Problem

_FEWER = 3  # failing sums that a shift must put right: by chance one or two are


def shifted(problem: Problem) -> frozenset[str]:
    """The ids of the figures in rows and columns that fit their sums better one place further on."""
    amounts = np.array([f.options[0].amount for f in problem.figures], dtype=np.int64)
    signs = problem.signs()
    gaps = signs @ amounts
    if np.count_nonzero(gaps) < _FEWER:
        return frozenset()
    rows = [total.figures for total in problem.sums if total.kind == "row_total"]
    columns = list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else []
    lines = (line for line in (*rows, *columns) if _fits_better_shifted(gaps, signs[:, line], amounts[list(line)]))
    return frozenset(problem.figures[i].id for line in lines for i in line)


def _fits_better_shifted(gaps: Ints, signs: Ints, amounts: Ints) -> bool:
    """Whether `amounts` (n) of a line satisfy more sums, of which `gaps` (sums) is what they fail by and `signs`
    (sums, n) how the line's figures count in them, one place to either side."""
    if not amounts.any():
        return False
    moved = np.zeros((2, len(amounts)), dtype=np.int64)
    moved[0, 1:], moved[1, :-1] = amounts[:-1], amounts[1:]
    failing = np.count_nonzero(gaps[:, None] + signs @ (moved - amounts).T, axis=0)
    return bool((failing + _FEWER <= np.count_nonzero(gaps)).any())
