"""The ways of rows that the columns leave any chance, where a row has too many of them to try each.

Rows tell columns what they may add, columns tell rows what is missing, each as if all that it hears were independent
(loopy belief propagation; Pearl 1988). What it says of a way is no more than an estimate, so it only decides which ways
are worth trying, not how probable they are. Amounts are taken modulo a number that is large enough, so that the sums of
what rows add are products of Fourier transforms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extraction.reconcile.solver.model import Floats
from extraction.reconcile.solver.row_hypotheses import Ways, tally

_ROUNDS = 3
_LEAST = 1e-9  # worth of a way beside all of its row's
_FEW = 200  # ways of a row that are tried each
_MODULUS = 1024  # of amounts: a power of two, for speed; that some amounts fall together costs a few ways more
_FLAT = 1e-4  # that a column does not close though its rows are what they are


def sifted(rows: Sequence[Ways], gaps: Sequence[int]) -> list[Ways]:
    """The rows without the ways that are not worth trying; `gaps` are the columns' by the likeliest readings."""
    if all(len(row) <= _FEW for row in rows):
        return list(rows)
    heard = [np.ones((len(row), len(gaps))) for row in rows]  # what the columns say of each way
    for _ in range(_ROUNDS):
        said = np.array([_transforms(row, by_columns) for row, by_columns in zip(rows, heard, strict=True)])
        missing = np.fft.irfft(_product_of_others(said), _MODULUS)
        for row, by_columns, left in zip(rows, heard, missing, strict=True):
            for c in _columns(row):
                by_columns[:, c] = np.maximum(left[c, -(gaps[c] + row.moves[:, c]) & (_MODULUS - 1)], 0.0) + _FLAT
    return [_worthwhile(row, by_columns) for row, by_columns in zip(rows, heard, strict=True)]


def _transforms(row: Ways, heard: Floats) -> np.ndarray:
    """What a row adds to each column, by all that the other columns say of its ways, transformed."""
    columns = _columns(row)
    spreads = np.zeros((len(columns), _MODULUS))
    weights = row.weights * heard.prod(axis=1)
    for own, c in zip(spreads, columns, strict=True):
        spread = tally(row.moves[:, c] & (_MODULUS - 1), weights / heard[:, c], _MODULUS)
        own[:] = spread / spread.sum()
    transforms = np.ones((heard.shape[1], _MODULUS // 2 + 1), dtype=complex)
    transforms[columns] = np.fft.rfft(spreads)
    return transforms


def _columns(row: Ways) -> list[int]:
    """The columns that any of a row's ways adds to."""
    return np.flatnonzero(row.moves.any(axis=0)).tolist()


def _product_of_others(factors: np.ndarray) -> np.ndarray:
    """For each row the product of all other rows' factors."""
    others = np.ones_like(factors)
    for order in (range(len(factors)), range(len(factors) - 1, -1, -1)):
        so_far = np.ones_like(factors[0])
        for n in order:
            others[n] *= so_far
            so_far *= factors[n]
    return others


def _worthwhile(row: Ways, heard: Floats) -> Ways:
    worth = row.weights * heard.prod(axis=1)
    kept = worth >= _LEAST * worth.sum()
    left_out = row.left_out + float(worth[~kept].sum() / worth.sum())
    return replace(replace(row, worth=worth).only(kept), left_out=left_out)
