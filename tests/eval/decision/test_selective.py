"""Thresholds chosen with a bound: it is the exact one and holds on simulated data; stricter rates accept less."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.decision.selective import Step, figures_needed, fit, upper_bound

RATES = st.floats(1e-5, 0.5)
VALUES = (1.0, 0.99, 0.95, 0.9, 0.8)


@st.composite
def nested_steps(draw: st.DrawFn) -> list[Step]:
    """What thresholds accept, strictest first: each one all that the one before does."""
    more = draw(st.lists(st.integers(0, 5000), min_size=1, max_size=len(VALUES)))
    errors = [draw(st.integers(0, min(n, 3))) for n in more]
    counts = zip(VALUES, accumulate(more), accumulate(errors), strict=False)
    return [Step(value, accepted, wrong) for value, accepted, wrong in counts]


@pytest.mark.parametrize(
    ("wrong", "accepted", "bound"),
    [(0, 10, 0.25887), (0, 5990, 0.0005), (1, 10, 0.39416), (5, 100, 0.10225), (10, 10, 1.0), (0, 0, 1.0)],
)
def test_bounds_are_those_of_the_tables(wrong: int, accepted: int, bound: float) -> None:
    assert upper_bound(wrong, accepted, 0.05) == pytest.approx(bound, abs=1e-5)


@given(nested_steps(), RATES, RATES)
def test_a_stricter_rate_never_accepts_more(steps: list[Step], one: float, other: float) -> None:
    strict, loose = (fit(steps, rate).best for rate in sorted((one, other)))
    assert strict is None or (loose is not None and strict.accepted <= loose.accepted)


@given(nested_steps(), RATES)
def test_what_is_chosen_has_a_bound_below_the_rate_and_nothing_wider_has(steps: list[Step], rate: float) -> None:
    found = fit(steps, rate)
    bounds = dict(zip(steps, found.bounds, strict=True))
    passing = [s for s in steps if bounds[s] < rate]
    assert (found.best is None) == (not passing)
    if found.best is not None:
        assert found.best.accepted == max(s.accepted for s in passing)
        assert found.best.wrong / found.best.accepted < rate


@given(st.integers(0, 20), st.integers(1, 3000), st.integers(1, 3000))
def test_the_bound_falls_with_more_figures_and_rises_with_errors(wrong: int, one: int, more: int) -> None:
    wrong = min(wrong, one)
    assert upper_bound(wrong, one + more, 0.05) <= upper_bound(wrong, one, 0.05)
    assert upper_bound(wrong, one, 0.05) <= upper_bound(min(wrong + 1, one), one, 0.05)


@given(st.floats(1e-4, 0.2), st.floats(0.001, 0.2))
def test_figures_needed_are_just_enough(rate: float, delta: float) -> None:
    number = figures_needed(rate, delta)
    assert upper_bound(0, number, delta) <= rate * (1 + 1e-9)
    assert number == 1 or upper_bound(0, number - 1, delta) > rate * (1 - 1e-9)


def test_the_stated_rate_holds_on_simulated_data() -> None:
    """Scores that are calibrated: the true rate of errors among those accepted is known. In 300 sets the chosen value
    may exceed the stated rate in 5% of them at most, that is 15 (26 with the chance of the simulation itself)."""
    rng, rate, exceeded, chosen = np.random.default_rng(5), 0.05, 0, 0
    for _ in range(300):
        scores = rng.random(1000) ** 0.2
        wrong = rng.random(1000) > scores
        steps = [
            Step(v, int((scores >= v).sum()), int((wrong & (scores >= v)).sum()))
            for v in (0.98, 0.96, 0.94, 0.93, 0.92, 0.91, 0.9, 0.89)
        ]
        best = fit(steps, rate).best
        if best is not None:
            chosen += 1
            # The density of the scores is 5 s^4: the mean of 1 - s from v on.
            exceeded += 1 - 5 / 6 * (1 - best.value**6) / (1 - best.value**5) > rate
    assert chosen > 100
    assert exceeded <= 26


def test_too_few_figures_support_nothing() -> None:
    assert fit([Step(0.99, 100, 0)], 0.0005).best is None
    assert fit([Step(0.99, 6000, 0)], 0.0005).best is not None
    assert fit([], 0.0005).best is None
