"""How a figure comes out when it is misprinted or misread.

Most errors of typing and of reading are one edit: a digit is another, one too many, or left out.
"""

from __future__ import annotations

import numpy as np

from extraction.reconcile.error_priors import residual_prior
from extraction.reconcile.solver.model import Bools, Floats, Ints

SINGLE_DIGIT_MISPRINTS, SINGLE_DIGIT_MISREADS = 0.5, 0.9
"""Share of misprints, and of misreads, that are errors of a single digit; set by hand."""


def misprint_probability(meant: Ints, printed: Ints) -> Floats:
    """The probability (n) that a misprint of `meant` (n) comes out as `printed` (n); 0 where `meant` is negative."""
    single = SINGLE_DIGIT_MISPRINTS * single_digit_error_probability(meant, printed)
    return np.where(meant < 0, 0.0, single + (1 - SINGLE_DIGIT_MISPRINTS) * residual_prior(printed - meant))


def misread_probability(printed: Ints, read: Ints) -> Floats:
    """The probability (n) that what was misread as `read` (n) is `printed` (n); 0 where `printed` is negative."""
    single = SINGLE_DIGIT_MISREADS * single_digit_error_probability(read, printed)
    return np.where(printed < 0, 0.0, single + (1 - SINGLE_DIGIT_MISREADS) * residual_prior(printed - read))


def single_digit_error_probability(figure: Ints, other: Ints) -> Floats:
    """The probability (n) of `other` (n) among all figures one edit away from `figure` (n); 0 where it is farther."""
    digits = _digits(figure)
    edits = 9 * digits + 10 * (digits + 1) + digits  # substitutions, insertions, deletions
    return np.where(_is_one_edit(figure, other), 1 / edits, 0.0)


def _digits(figures: Ints) -> Ints:
    digits = np.ones(len(figures), dtype=np.int64)
    for place in _places(figures)[1:]:
        digits += figures >= place
    return digits


def _is_one_edit(one: Ints, other: Ints) -> Bools:
    """Whether two figures are one edit apart."""
    longer = _digits(one) - _digits(other)
    found = np.zeros(len(one), dtype=bool)
    for place in _places(one, other):  # one by one: numpy divides by a scalar far faster than by an array
        below, above = (one % place, other % place), (one // (10 * place), other // (10 * place))
        found |= (longer == 0) & (below[0] == below[1]) & (above[0] == above[1])
        found |= (longer == 1) & (above[0] * place + below[0] == other)
        found |= (longer == -1) & (above[1] * place + below[1] == one)
    found &= (one != other) & (one >= 0) & (other >= 0)
    return found


def _places(*figures: Ints) -> list[int]:
    """The value of each decimal place that any of the figures has."""
    largest = max(int(np.max(f, initial=0)) for f in figures)
    return [10**n for n in range(len(str(largest)))]
