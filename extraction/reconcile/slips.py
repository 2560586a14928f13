"""Slips of one digit, of those who type as of those who read: one digit another, one too many, one left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_PLACES = 10 ** np.arange(9, dtype=np.int64)  # figures of reports have no more digits


def chance_of_slip(meant: Ints, made: Ints) -> Floats:
    """The chance that of all figures one digit away from what is `meant` it is this one; 0 where it is farther away."""
    digits = _digits(meant)
    ways = 9 * digits + 10 * (digits + 1) + digits  # another digit, one more, one less
    return np.where(_is_slip(meant, made), 1 / ways, 0.0)


def _digits(figures: Ints) -> Ints:
    longer: Ints = (figures[:, None] >= _PLACES[1:]).sum(axis=1, dtype=np.int64)
    return longer + 1


def _is_slip(one: Ints, other: Ints) -> NDArray[np.bool_]:
    """Whether two figures differ by a single digit."""
    more = _digits(one) - _digits(other)
    a, b = one[:, None], other[:, None]
    exchanged = (a % _PLACES == b % _PLACES) & (a // _PLACES // 10 == b // _PLACES // 10)
    found: NDArray[np.bool_] = (more == 0) & (one != other) & exchanged.any(axis=1)
    for longer, shorter, by in ((a, b, 1), (b, a, -1)):
        without = longer // _PLACES // 10 * _PLACES + longer % _PLACES  # its digit at each place left out
        found |= (more == by) & (without == shorter).any(axis=1)
    found &= (one >= 0) & (other >= 0)
    return found
