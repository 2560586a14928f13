"""The forward-backward algorithm beside the enumeration of every explanation, on tables small enough for that."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.reconcile import error_priors
from extraction.reconcile.error_priors import isolated_failure_prior, residual_prior
from extraction.reconcile.solver.digit_errors import misprint_probability, misread_probability
from extraction.reconcile.solver.forward_backward import ForwardBackward
from extraction.reconcile.solver.model import Figure, Option, Problem, Sum
from tests.examples import examples

ROWS, COLUMNS = 3, 3
"""The last column is the sum of the others; the last row of each column is the sum of the others."""


def table(figures: list[Figure]) -> Problem:
    """Figures row by row, with the sums of rows and columns."""
    at = [[r * COLUMNS + c for c in range(COLUMNS)] for r in range(ROWS)]
    rows = [Sum(f"{r}:row_total", "row_total", tuple(at[r][:-1]), (at[r][-1],)) for r in range(ROWS)]
    columns = [
        Sum(f"{c}:results_total", "results_total", tuple(at[r][c] for r in range(ROWS - 1)), (at[-1][c],))
        for c in range(COLUMNS)
    ]
    return Problem(tuple(figures), (*rows, *columns))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Figures that mostly add up, a few of them with several readings."""
    body = [[draw(st.integers(0, 12)) for _ in range(COLUMNS - 1)] for _ in range(ROWS - 1)]
    rows = [[*row, sum(row)] for row in body]
    values = [v for row in [*rows, [sum(column) for column in zip(*rows, strict=True)]] for v in row]
    unsure = draw(st.sets(st.integers(0, len(values) - 1), max_size=4))
    figures = []
    for i, value in enumerate(values):
        others = draw(st.sets(st.integers(0, 15).filter(lambda v, value=value: v != value), min_size=1, max_size=2))
        said = draw(st.permutations([value, *sorted(others)])) if i in unsure else [value]
        shares = [draw(st.floats(0.05, 1) | st.just(1e-20)) for _ in said]
        options = [Option(Decimal(v), str(v), p / sum(shares)) for v, p in zip(said, shares, strict=True)]
        figures.append(Figure(f"{i}", tuple(options), 0.0))
    return table(figures)


def enumerated(problem: Problem) -> list[list[float]]:
    """The posterior where a sum can only be wrong by itself."""
    found = [[0.0] * len(f.options) for f in problem.figures]
    for chosen in product(*(range(len(f.options)) for f in problem.figures)):
        options = [f.options[n] for f, n in zip(problem.figures, chosen, strict=True)]
        weight = prod(o.probability for o in options)
        for total in problem.sums:
            off = sum(options[i].amount for i in total.left) - sum(options[i].amount for i in total.right)
            prior = float(residual_prior(np.array([off]))[0])
            weight *= isolated_failure_prior(total.kind) * prior if off else 1.0
        for i, n in enumerate(chosen):
            found[i][n] += weight
    whole = sum(found[0])
    return [[w / whole for w in figure] for figure in found]


@given(problems())
@settings(max_examples=examples(60), deadline=None)
def test_the_posterior_is_that_of_all_explanations(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MISPRINT", "MISPRINTED_TOTAL", "COLUMN_DISAGREES"):
            patch.setattr(error_priors, name, 0.0)
        posterior = ForwardBackward(problem).run()
    assert posterior is not None
    for found, expected in zip(posterior.options, enumerated(problem), strict=True):
        assert found == pytest.approx(expected, abs=1e-5)


def sure(*values: int) -> list[Figure]:
    return [Figure(f"{i}", (Option(Decimal(v), str(v), 1.0),), 1e-6) for i, v in enumerate(values)]


def test_an_error_of_a_column_that_is_in_the_grand_total_too_is_the_columns() -> None:
    """Rows that disagree in one column and in the last alike, all rows adding up."""
    figures = sure(5, 1, 6, 2, 2, 4, 9, 3, 12)
    problem = table(figures)
    named = [Sum(s.id if s.kind == "row_total" else f"{s.id[0]}total:x", s.kind, s.left, s.right) for s in problem.sums]
    named[3] = Sum("natural_person:results_total", "results_total", problem.sums[3].left, problem.sums[3].right)
    named[4] = Sum("enterprise:results_total", "results_total", problem.sums[4].left, problem.sums[4].right)
    posterior = ForwardBackward(Problem(problem.figures, tuple(named))).run()
    assert posterior is not None
    assert [round(p, 3) for p in posterior.fails] == [0, 0, 0, 1, 0, 1]
    assert all(options[0] > 0.999 for options in posterior.options)


@given(st.lists(st.integers(0, 30), min_size=3, max_size=3).filter(lambda v: v[0] + v[1] != v[2]))
@settings(deadline=None)
def test_figures_of_a_single_sum_are_at_fault_as_far_as_digit_errors_explain_its_residual(values: list[int]) -> None:
    figures = sure(*values)
    total = Sum("enterprise:results_total", "results_total", (0, 1), (2,))
    posterior = ForwardBackward(Problem(tuple(figures), (total,))).run()
    assert posterior is not None
    residual = values[0] + values[1] - values[2]
    said = np.array(values)
    printed = said - residual * np.array([1, 1, -1])
    misread = 1e-6 * misread_probability(printed, said)
    misprinted = error_priors.MISPRINT * misprint_probability(printed, said)
    by_itself = isolated_failure_prior(total.kind) * float(residual_prior(np.array([residual]))[0])
    whole = by_itself + misread.sum() + misprinted.sum()
    assert posterior.fails[0] == pytest.approx(1 - misread.sum() / whole, abs=1e-6)
    as_read = [float(options[0]) for options in posterior.options]
    assert as_read == pytest.approx((1 - misread / whole).tolist(), abs=1e-6)


def test_the_share_of_explanations_that_was_pruned_is_stated() -> None:
    """Where everything may be anything, what was left out counts against every figure."""
    rng = np.random.default_rng(1)
    figures = [
        Figure(f"{i}", tuple(Option(Decimal(int(v)), str(v), 0.05) for v in rng.choice(5000, 20, replace=False)), 0.0)
        for i in range(ROWS * COLUMNS)
    ]
    posterior = ForwardBackward(table(figures)).run()
    assert posterior is None or posterior.lost > 0.1
