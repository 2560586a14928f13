"""What agencies get wrong: how probable it is that sums fail by just so much in the report's own print.

Three ways to fail are known from real reports:

- one figure is misprinted: every sum that it is in fails by the same amount;
- rows disagree in one applicant's column, and so in the column of 总计, whose figures were added up rightly;
- a sum by itself is wrong, a 总计 left at zero for one.

In 4 of 16 real reports something does not add up: once each a balance of one column and 总计, the results of one
column and 总计, and a 总计 of 行政复议; the fourth is counted as a misprint. With half a report more for each kind
(Jeffreys), divided by the places where it can happen, that is the rates below.
"""

from __future__ import annotations

import numpy as np

from extraction.reconcile.solver.model import Figure, Floats, Ints

MISPRINT = 0.0006
"""Of one figure: 1.5 reports of 17, about 150 figures in sums."""

MISPRINTED_TOTAL = 0.002
"""Of one figure in a column or cell of 总计: agencies compute these, and it is them that they forget."""

COLUMN = 0.015
"""That two rows or more disagree in an applicant's column and in 总计 alike: 1.5 reports of 17, six columns."""

ROW_KINDS = ("row_total", "total")
"""The kinds of sums that share no figures with each other."""

COLUMN_KINDS = ("results_total", "balance")
"""The kinds of sums that there is one of in each column, those whose figures are in both kinds last."""

ALONE = {"total": 0.03, "row_total": 0.0005, "balance": 0.002, "results_total": 0.002}
"""That one sum fails and no other, by kind; 总计 of disputes are in no other sum."""

RAREST = 0.0001
"""That any other sum fails by itself."""

_DECAY, _NORMAL = 1.1, 21.17  # the chances of all gaps, above and below zero, add up to 1

LIKELIEST_GAP = 1 / _NORMAL
"""The chance of the likeliest gap."""


def chance_of(gaps: Ints) -> Floats:
    """How probable it is that a wrong figure is wrong by just this much, for each of the gaps: little is likelier than
    much. 0 where there is no gap."""
    size = np.abs(gaps).astype(np.float64)
    return np.where(gaps == 0, 0.0, np.maximum(size, 1.0) ** -_DECAY / _NORMAL)


def misprint(figure: Figure) -> float:
    """That an agency prints another figure than it means."""
    return MISPRINTED_TOTAL if figure.id.endswith("total") else MISPRINT


def alone(kind: str) -> float:
    """That a sum of this kind fails by itself."""
    return ALONE.get(kind, RAREST)


def is_grand(sum_id: str) -> bool:
    """Whether a sum is of the column 总计; its id names the column."""
    return sum_id.partition(":")[0].endswith("total")
