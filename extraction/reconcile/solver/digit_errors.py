"""What a figure is where it is not what was meant, or not what is printed.

Most who type and most who read slip in one digit: it is another, one too many, or one left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from extraction.reconcile.error_priors import chance_of
from extraction.reconcile.solver.model import Floats, Ints

_TYPED, _READ = 0.5, 0.9  # share of misprints, and of misreads, that are slips of one digit


def chance_of_misprint(meant: Ints, printed: Ints) -> Floats:
    """The chance that a misprint of what is `meant` is what is `printed`; 0 where nobody can mean that."""
    chances = _TYPED * chance_of_slip(meant, printed) + (1 - _TYPED) * chance_of(printed - meant)
    return np.where(meant < 0, 0.0, chances)


def chance_of_misread(printed: Ints, read: Ints) -> Floats:
    """The chance that what is `printed`, where it was misread as `read`, is this; 0 where it cannot be."""
    chances = _READ * chance_of_slip(read, printed) + (1 - _READ) * chance_of(printed - read)
    return np.where(printed < 0, 0.0, chances)


def chance_of_slip(meant: Ints, made: Ints) -> Floats:
    """The chance that of all figures one digit away from what is `meant` it is this one; 0 where it is farther away."""
    digits = _digits(meant)
    ways = 9 * digits + 10 * (digits + 1) + digits  # another digit, one more, one less
    return np.where(_is_slip(meant, made), 1 / ways, 0.0)


def _digits(figures: Ints) -> Ints:
    digits = np.ones(len(figures), dtype=np.int64)
    for place in _places(figures)[1:]:
        digits += figures >= place
    return digits


def _is_slip(one: Ints, other: Ints) -> NDArray[np.bool_]:
    """Whether two figures differ by a single digit."""
    more = _digits(one) - _digits(other)
    found = np.zeros(len(one), dtype=bool)
    for place in _places(one, other):  # one by one: whole arrays are divided by a number far faster than by an array
        below, above = (one % place, other % place), (one // (10 * place), other // (10 * place))
        found |= (more == 0) & (below[0] == below[1]) & (above[0] == above[1])
        found |= (more == 1) & (above[0] * place + below[0] == other)
        found |= (more == -1) & (above[1] * place + below[1] == one)
    found &= (one != other) & (one >= 0) & (other >= 0)
    return found


def _places(*figures: Ints) -> list[int]:
    """The value of each place that any of the figures has."""
    largest = max(int(np.max(f, initial=0)) for f in figures)
    return [10**n for n in range(len(str(largest)))]
