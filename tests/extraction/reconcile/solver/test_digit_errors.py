"""Slips of one digit, beside the edit distance of what is printed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from extraction.reconcile.solver.digit_errors import (
    misprint_probability,
    misread_probability,
    single_digit_error_probability,
)

FIGURES = st.integers(0, 120) | st.integers(0, 10**6)


def of(meant: int, made: int) -> float:
    return float(single_digit_error_probability(np.array([meant]), np.array([made]))[0])


@given(FIGURES, FIGURES)
def test_a_slip_is_one_edit(meant: int, made: int) -> None:
    assert (of(meant, made) > 0) == (Levenshtein.distance(str(meant), str(made)) == 1)


@given(FIGURES, st.integers(0, 9), st.integers(0, 7))
def test_a_digit_more_is_a_slip_and_one_less_too(figure: int, digit: int, place: int) -> None:
    text = str(figure)
    longer = int(text[:place] + str(digit) + text[place:])
    if len(str(longer)) > len(text):
        assert of(figure, longer) > 0
        assert of(longer, figure) > 0


@given(st.integers(0, 999))
def test_all_slips_together_are_no_more_than_certain(meant: int) -> None:
    made = np.arange(0, 10_000)
    assert single_digit_error_probability(np.full_like(made, meant), made).sum() <= 1.0


@pytest.mark.parametrize(("meant", "made"), [(5, 5), (0, 100), (12, -1), (589, 598)])
def test_what_is_none(meant: int, made: int) -> None:
    assert of(meant, made) == 0


@given(st.integers(0, 999))
def test_a_fault_is_never_a_figure_below_zero_and_all_together_are_no_more_than_certain(figure: int) -> None:
    others = np.arange(-2_000, 10_000)
    here = np.full_like(others, figure)
    for chances in (misprint_probability(others, here), misread_probability(others, here)):
        assert not chances[others < 0].any()
        assert not chances[others == figure].any()
    assert misprint_probability(here, others).sum() <= 1.0
    assert misread_probability(others, here).sum() <= 1.0
