"""The order in which the sweep takes a problem's rows and closes its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extraction.reconcile.error_priors import COLUMN_KINDS, ROW_KINDS, is_grand
from extraction.reconcile.solver.belief_propagation import sifted
from extraction.reconcile.solver.model import Problem
from extraction.reconcile.solver.row_hypotheses import Ways, ways_of


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a column's sum (its place among the columns); `grand` is the place of 总计's."""

    column: int
    grand: int | None


@dataclass(frozen=True, slots=True)
class Blame:
    """A figure in no row's sum, wrong by just the gap of the first of its columns."""

    figure: int
    column: int


Step = Ways | Close | Blame


class Grid:
    """The figures of a problem by the sums that they are in: those of rows, which share none, and those of columns.

    `columns` are the columns' sums, `signs` (figures, columns) how a figure counts in each: 1, -1 or 0.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.columns = [k for k, total in enumerate(problem.sums) if total.kind not in ROW_KINDS]
        self.signs = problem.signs()[self.columns].T
        self._in_row = {i for total in problem.sums if total.kind in ROW_KINDS for i in total.figures}

    def _holds_as_read(self, k: int) -> bool:
        """Whether the figures of a sum may say nothing but what was read, and it holds by that."""
        total = self.problem.sums[k]
        return all(len(self.problem.figures[i].options) == 1 for i in total.figures) and not self.problem.gap(total)

    def in_order(self) -> Iterator[Step]:
        """Rows, those with the fewest ways first, and each kind of columns closed as soon as its figures are known."""
        groups: list[tuple[tuple[int, ...], int | None]] = [
            (total.figures, k)
            for k, total in enumerate(self.problem.sums)
            if total.kind in ROW_KINDS and not self._holds_as_read(k)
        ]
        by_themselves = (i for i in range(len(self.problem.figures)) if i not in self._in_row)
        groups += [((i,), None) for i in by_themselves]
        every = [ways_of(self.problem, figures, row, self.signs) for figures, row in groups]
        left = sifted(every, [self.problem.gap(self.problem.sums[k]) for k in self.columns])
        for columns in self._kinds():
            now = [w for w in left if self.signs[list(w.figures)][:, columns].any()]
            left = [w for w in left if w not in now]
            yield from sorted(now, key=lambda w: (self._reaches_further(w, columns), len(w)))
            for i in (i for w in now if w.row is None for i in w.figures if np.abs(self.signs[i]).sum() > 1):
                yield Blame(i, next(c for c in columns if self.signs[i, c]))
            grand = next((c for c in columns if self._is_grand(c)), None)
            yield from (Close(c, grand) for c in columns if c != grand)
            if grand is not None:
                yield Close(grand, None)
        yield from left

    def _kinds(self) -> list[list[int]]:
        """The columns by the kind of their sums."""
        kinds = dict.fromkeys((*COLUMN_KINDS, *(self.problem.sums[k].kind for k in self.columns)))
        by_kind = [[c for c, k in enumerate(self.columns) if self.problem.sums[k].kind == kind] for kind in kinds]
        return [columns for columns in by_kind if columns]

    def _is_grand(self, column: int) -> bool:
        total = self.problem.sums[self.columns[column]]
        return total.kind in COLUMN_KINDS and is_grand(total.id)

    def _reaches_further(self, ways: Ways, columns: Sequence[int]) -> bool:
        """Whether figures of it are in other columns' sums too."""
        others = np.ones(len(self.columns), dtype=bool)
        others[columns] = False
        return bool(self.signs[list(ways.figures)][:, others].any())

    def singles(self, column: int) -> list[int]:
        """The figures of a column that are in no other sum."""
        own = np.flatnonzero(self.signs[:, column])
        return [i for i in own.tolist() if i not in self._in_row and np.abs(self.signs[i]).sum() == 1]
