"""How probable it is that what is left of a column closes its sum: which states are worth going on from.

Each column is looked at by itself: what its rows still add to it are independent figures with the probabilities that
each row by itself gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extraction.reconcile.error_priors import COLUMN, COLUMN_KINDS, LIKELIEST_GAP, alone, is_grand
from extraction.reconcile.solver.model import Floats, Ints, Sum
from extraction.reconcile.solver.row_hypotheses import Ways, tally

_MOST = 3000  # gaps of one column that are told apart
_PRODUCTS = 100_000  # of them and of what a row may add
_LEAST = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Of one column's gap: `chances` that it closes exactly from the `gaps` (in rising order), and `flat` that the sum
    fails in print, whatever the gap."""

    gaps: Ints
    chances: Floats
    flat: float

    def of(self, gaps: Ints) -> Floats:
        """The chance for each of the gaps."""
        places = np.minimum(np.searchsorted(self.gaps, gaps), len(self.gaps) - 1)
        return np.where(self.gaps[places] == gaps, self.chances[places], 0.0) + self.flat


CLOSED = Outlook(np.zeros(1, dtype=np.int64), np.ones(1), 0.0)
"""Of a column that is done with."""


def at_end(total: Sum) -> Outlook:
    """The outlook once all figures of a sum are known. An error of a column is in that of 总计 too, so that each of the
    two sums bears the root of it."""
    flat = alone(total.kind) * LIKELIEST_GAP
    if total.kind in COLUMN_KINDS:
        shared = float(np.sqrt(COLUMN * LIKELIEST_GAP))
        flat = max(flat, shared) if is_grand(total.id) else flat + shared
    return Outlook(CLOSED.gaps, CLOSED.chances, flat)


def before(outlook: Outlook, ways: Ways, column: int) -> Outlook:
    """The outlook before it is known which of its ways a row takes: the column is looked at by itself."""
    added, places = np.unique(ways.moves[:, column], return_inverse=True)
    chances = tally(places, ways.weights)
    chances = chances / chances.sum()
    if len(added) == 1:
        return outlook if not added[0] else Outlook(outlook.gaps - added[0], outlook.chances, outlook.flat)
    likeliest = np.argsort(-chances, kind="stable")[: max(1, _PRODUCTS // len(outlook.gaps))]
    flat = outlook.flat + float(1 - chances[likeliest].sum())
    added, chances = added[likeliest], chances[likeliest]
    gaps, places = np.unique((outlook.gaps[None, :] - added[:, None]).ravel(), return_inverse=True)
    weights = tally(places, (chances[:, None] * outlook.chances[None, :]).ravel())
    kept = weights >= _LEAST * weights.max()
    if kept.sum() > _MOST:
        kept = np.zeros(len(weights), dtype=bool)
        kept[np.argpartition(-weights, _MOST)[:_MOST]] = True
    return Outlook(gaps[kept], weights[kept], flat + float(weights[~kept].sum()))


def chances_of(outlooks: Sequence[Outlook], gaps: Ints) -> Floats:
    """The chance that all columns close, for each state of `gaps` (states, columns)."""
    found = np.ones(len(gaps))
    for k, outlook in enumerate(outlooks):
        found *= outlook.of(gaps[:, k])
    return found
