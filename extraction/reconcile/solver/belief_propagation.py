"""Belief propagation between rows and columns: drops the hypotheses of rows that the columns make improbable.

Rows tell columns what they may add, columns tell rows what is missing, each as if all messages to it were independent
(loopy belief propagation; Pearl, Probabilistic Reasoning in Intelligent Systems, 1988). The result is an estimate, so
it only decides which hypotheses are worth considering, not how probable they are. Amounts are taken modulo a power of
two, so that the sums of what rows add are products of Fourier transforms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extraction.reconcile.solver.model import Floats, Ints, tally
from extraction.reconcile.solver.row_hypotheses import RowHypotheses

ROUNDS = 3  # rounds of messages
MIN_HYPOTHESIS_SHARE = 1e-9  # share of its row's belief from which a hypothesis is kept
MAX_UNPRUNED_HYPOTHESES = 200  # hypotheses of each row up to which nothing is pruned
MODULUS = 1024  # of amounts: a power of two, for speed; amounts that fall together only keep a few hypotheses more
COLUMN_FAILURE = 1e-4  # probability, about, that a column does not balance though its rows are as assumed


def prune(rows: Sequence[RowHypotheses], residuals: Ints) -> list[RowHypotheses]:
    """The rows without the hypotheses that the columns make improbable, the others scored by their beliefs.

    `residuals` (columns) are those of the columns' sums by the most probable options. Nothing is done where no row has
    many hypotheses.
    """
    if all(len(row) <= MAX_UNPRUNED_HYPOTHESES for row in rows):
        return list(rows)
    from_columns = [np.ones(row.changes.shape) for row in rows]
    for _ in range(ROUNDS):
        from_rows = np.array([_message(row, heard) for row, heard in zip(rows, from_columns, strict=True)])
        missing = np.fft.irfft(_product_of_others(from_rows), MODULUS)
        for row, heard, left in zip(rows, from_columns, missing, strict=True):
            for c in _columns(row):
                heard[:, c] = np.maximum(left[c, -(residuals[c] + row.changes[:, c]) & (MODULUS - 1)], 0.0)
                heard[:, c] += COLUMN_FAILURE
    return [_probable(row, heard) for row, heard in zip(rows, from_columns, strict=True)]


def _message(row: RowHypotheses, heard: Floats) -> np.ndarray:
    """The distribution of what a row adds to each column given the messages of the other columns, transformed
    (columns, frequencies)."""
    columns = _columns(row)
    distributions = np.zeros((len(columns), MODULUS))
    weights = row.weights * heard.prod(axis=1)
    for own, c in zip(distributions, columns, strict=True):
        added = tally(row.changes[:, c] & (MODULUS - 1), weights / heard[:, c], MODULUS)
        own[:] = added / added.sum()
    transforms = np.ones((heard.shape[1], MODULUS // 2 + 1), dtype=complex)
    transforms[columns] = np.fft.rfft(distributions)
    return transforms


def _columns(row: RowHypotheses) -> list[int]:
    """The columns that any of a row's hypotheses changes."""
    return np.flatnonzero(row.changes.any(axis=0)).tolist()


def _product_of_others(factors: np.ndarray) -> np.ndarray:
    """For each row the product of all other rows' factors."""
    one = np.ones_like(factors[:1])
    before = np.cumprod(np.concatenate([one, factors[:-1]]), axis=0)
    after = np.cumprod(np.concatenate([one, factors[:0:-1]]), axis=0)[::-1]
    return before * after


def _probable(row: RowHypotheses, heard: Floats) -> RowHypotheses:
    beliefs = row.weights * heard.prod(axis=1)
    kept = beliefs >= MIN_HYPOTHESIS_SHARE * beliefs.sum()
    pruned = row.pruned + float(beliefs[~kept].sum() / beliefs.sum())
    return replace(row, scores=beliefs, pruned=pruned).only(kept)
