"""The hypotheses about a row beside the enumeration of all readings and faults of its figures."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.reconcile.error_priors import isolated_failure_prior, misprint_prior, residual_prior
from extraction.reconcile.solver import row_hypotheses as module
from extraction.reconcile.solver.digit_errors import misprint_probability, misread_probability
from extraction.reconcile.solver.model import Figure, Option, Problem, Sum
from extraction.reconcile.solver.row_hypotheses import row_hypotheses
from tests.examples import examples

Key = tuple[tuple[int, ...], int, bool]
"""The option of each figure, the figure at fault or -1, and whether the row's sum fails in print."""


@st.composite
def figures(draw: st.DrawFn) -> tuple[Figure, ...]:
    """Two figures and their total, each with one to three options."""
    found = []
    for i in range(3):
        values = draw(st.lists(st.integers(0, 20), min_size=1, max_size=3, unique=True))
        shares = sorted((draw(st.floats(0.05, 1)) for _ in values), reverse=True)
        options = [Option(Decimal(v), str(v), p / sum(shares)) for v, p in zip(values, shares, strict=True)]
        found.append(Figure(f"{i}", tuple(options), draw(st.sampled_from([1e-5, 1e-3, 0.01]))))
    return tuple(found)


def row_of(figures: tuple[Figure, ...]) -> Problem:
    return Problem(figures, (Sum("a:row_total", "row_total", (0, 1), (2,)),))


def enumerated(problem: Problem) -> dict[Key, float]:
    """The weight of each explanation of a row."""
    found: defaultdict[Key, float] = defaultdict(float)
    for chosen in product(*(range(len(f.options)) for f in problem.figures)):
        options = [f.options[n] for f, n in zip(problem.figures, chosen, strict=True)]
        weight, said = prod(o.probability for o in options), [o.amount for o in options]
        residual = said[0] + said[1] - said[2]
        if not residual:
            found[chosen, -1, False] += weight
            continue
        found[chosen, -1, True] += weight * isolated_failure_prior("row_total") * one(residual_prior, residual)
        for i, sign in enumerate((1, 1, -1)):
            figure, meant = problem.figures[i], said[i] - sign * residual
            if meant < 0:
                continue
            found[chosen, i, True] += weight * misprint_prior(figure) * one(misprint_probability, meant, said[i])
            if chosen[i] == 0 and meant not in [o.amount for o in figure.options]:
                unlisted = figure.unlisted / figure.options[0].probability
                found[chosen, i, False] += weight * unlisted * one(misread_probability, meant, said[i])
    return found


def one(function: object, *amounts: int) -> float:
    assert callable(function)
    return float(function(*(np.array([a]) for a in amounts))[0])


@given(figures())
@settings(max_examples=examples(60), deadline=None)
def test_every_explanation_of_a_row_that_is_probable_enough_is_a_hypothesis(figures: tuple[Figure, ...]) -> None:
    found = row_hypotheses(row_of(figures), (0, 1, 2), 0, np.zeros((3, 0), dtype=np.int64))
    expected = enumerated(row_of(figures))
    keys = zip(map(tuple, found.options.tolist()), found.faulty.tolist(), found.fails.tolist(), strict=True)
    weights = dict(zip(keys, found.weights.tolist(), strict=True))
    assert len(weights) == len(found)
    least = 2 * module.MIN_RELATIVE_WEIGHT * max(expected.values())
    assert {k for k, w in expected.items() if w >= least} <= weights.keys()
    assert weights == {k: pytest.approx(expected[k]) for k in weights}


@given(figures())
@settings(max_examples=examples(60), deadline=None)
def test_what_a_hypothesis_says_balances_the_row_or_the_row_fails_in_print(figures: tuple[Figure, ...]) -> None:
    """With a column for each figure the changes are what each prints, or means if it is misprinted."""
    found = row_hypotheses(row_of(figures), (0, 1, 2), 0, np.eye(3, dtype=np.int64))
    amounts = np.array([f.options[0].amount for f in figures]) + found.changes
    off = amounts @ np.array([1, 1, -1])
    assert not off[(found.faulty >= 0) | ~found.fails].any()
    assert off[(found.faulty < 0) & found.fails].all()
    assert (amounts >= 0).all()


@given(figures())
@settings(max_examples=examples(30), deadline=None)
def test_a_figure_in_no_row_has_its_options_as_hypotheses(figures: tuple[Figure, ...]) -> None:
    found = row_hypotheses(row_of(figures), (1,), None, np.eye(3, dtype=np.int64))
    assert found.options[:, 0].tolist() == list(range(len(figures[1].options)))
    assert found.weights.tolist() == pytest.approx([o.probability for o in figures[1].options])
    assert not found.fails.any()


def test_hypotheses_beyond_the_limit_are_pruned_and_their_share_is_stated() -> None:
    options = tuple(Option(Decimal(n), str(n), 1 / 40) for n in range(40))
    many = tuple(Figure(f"{i}", options, 0.0) for i in range(3))
    found = row_hypotheses(row_of(many), (0, 1, 2), 0, np.zeros((3, 0), dtype=np.int64))
    assert len(found) <= module.MAX_HYPOTHESES
    assert found.pruned > 0.5
