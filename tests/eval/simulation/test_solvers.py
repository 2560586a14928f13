"""Solvers agree where one print is far more probable than any other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.simulation.solvers import SOLVERS, components_of
from extraction.reconcile.solver.model import Figure, Option, Problem, Sum
from tests.examples import examples

_MODULES = {"forward-backward": "numpy", "HiGHS": "scipy", "CP-SAT": "ortools", "SCIP": "pyscipopt"}


@pytest.mark.parametrize("name", SOLVERS)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9))
@settings(max_examples=examples(10), deadline=None)
def test_the_reading_with_which_all_sums_hold_is_found(name: str, a: int, b: int, off: int) -> None:
    pytest.importorskip(_MODULES[name])
    values = (a, b, a + b, a, b, a + b)
    figures = [Figure(f"{i}", (Option(Decimal(v), str(v), 1.0),), 0.0) for i, v in enumerate(values)]
    readings = (Option(Decimal(a + off), "", 0.6), Option(Decimal(a), "", 0.4))
    figures[0] = Figure("0", readings, 0.0)
    sums = (Sum("a:row_total", "row_total", (0, 1), (2,)), Sum("b:balance", "balance", (0,), (3,)))
    assert SOLVERS[name](Problem(tuple(figures), sums)) == {0: 1}


def test_components_of_a_simulated_report_have_something_open() -> None:
    for component in components_of(3, 0.03):
        assert component.residuals().any() or any(len(f.options) > 1 for f in component.figures)
