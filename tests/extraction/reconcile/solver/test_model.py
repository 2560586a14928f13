"""Sums as a matrix over figures, and the choice of the heaviest weights."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.reconcile.solver.model import Figure, Option, Problem, Sum, heaviest, tally


@given(st.lists(st.integers(0, 10**8), min_size=2, max_size=6), st.data())
def test_the_residual_of_a_sum_is_its_left_side_less_its_right(amounts: list[int], data: st.DataObject) -> None:
    figures = tuple(Figure(f"{i}", (Option(Decimal(a), f"{a}", 1.0),), 0.0) for i, a in enumerate(amounts))
    sides = data.draw(st.lists(st.sampled_from(["left", "right", ""]), min_size=len(amounts), max_size=len(amounts)))
    left, right = (tuple(i for i, s in enumerate(sides) if s == side) for side in ("left", "right"))
    problem = Problem(figures, (Sum("a:b", "b", left, right), Sum("c:d", "d", right, left)))
    residual = sum(amounts[i] for i in left) - sum(amounts[i] for i in right)
    assert problem.residuals().tolist() == [residual, -residual]
    assert [total.id for total in problem.balanced_sums()] == ([] if residual else ["a:b", "c:d"])


def test_a_blank_adds_nothing() -> None:
    blank = Figure("a", (Option(None, "", 1.0),), 0.0)
    assert Problem((blank,), ()).amounts().tolist() == [0]


@pytest.mark.parametrize(("blank", "weights"), [(0.5, (0.3, 0.3, 0.4)), (1.0, (0.6, 0.0, 0.4)), (0.0, (0.0, 0.6, 0.4))])
def test_the_prior_tells_a_blank_from_a_zero_only(blank: float, weights: tuple[float, ...]) -> None:
    options = (Option(None, "", 0.3), Option(Decimal(0), "0", 0.3), Option(Decimal(7), "7", 0.4))
    assert Figure("a", options, 0.0, blank_prior=blank).weights == pytest.approx(weights)


WEIGHTS = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array)


@given(WEIGHTS, st.floats(0, 1), st.integers(1, 30))
def test_no_weight_that_is_left_out_is_heavier_than_one_that_is_kept(
    weights: np.ndarray, least: float, count: int
) -> None:
    kept = heaviest(weights, least, count)
    others = np.delete(weights, kept)
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert len(kept) == min(count, int((weights >= least).sum()))
    assert not len(kept) or weights[kept].min() >= max(least, others[others >= least].max(initial=0.0))


@given(WEIGHTS, st.data())
def test_a_tally_loses_no_weight(weights: np.ndarray, data: st.DataObject) -> None:
    indices = data.draw(st.lists(st.integers(0, 5), min_size=len(weights), max_size=len(weights)))
    found = tally(np.array(indices), weights, 8)
    assert len(found) == 8
    assert found.sum() == pytest.approx(weights.sum())
