"""Alignment against every possible alignment, counted out one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.forms.alignment import NEVER, Match, Scores, align
from tests.examples import examples

# Eighths add up exactly, so that scores can be compared with ==.
EIGHTHS = st.integers(-16, 16).map(lambda k: k / 8)
CELLS = EIGHTHS | st.just(NEVER)


def matrices(n: int, m: int) -> st.SearchStrategy[Scores]:
    return st.lists(CELLS, min_size=n * m, max_size=n * m).map(lambda cells: np.array(cells, float).reshape(n, m))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Scores, Scores | None, list[float], list[float]]:
    n, m = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    penalties = st.integers(-8, 0).map(lambda k: k / 8)
    skips = [draw(st.just([]) | st.lists(penalties, min_size=size, max_size=size)) for size in (n, m)]
    return draw(matrices(n, m)), draw(st.none() | matrices(n, m)), skips[0], skips[1]


def best_score(
    single: Scores, double: Scores | None, skip_a: list[float], skip_b: list[float], i: int = 0, j: int = 0
) -> float:
    """The best score of elements i.. and j.., by trying everything."""
    n, m = single.shape
    if i == n and j == m:
        return 0.0
    ways = []
    if i < n:
        ways.append((skip_a[i] if skip_a else 0.0) + best_score(single, double, skip_a, skip_b, i + 1, j))
    if j < m:
        ways.append((skip_b[j] if skip_b else 0.0) + best_score(single, double, skip_a, skip_b, i, j + 1))
    if i < n and j < m:
        ways.append(single[i, j] + best_score(single, double, skip_a, skip_b, i + 1, j + 1))
    if double is not None and i + 1 < n and j < m:
        ways.append(double[i, j] + best_score(single, double, skip_a, skip_b, i + 2, j + 1))
    return max(ways)


@given(problems())
@settings(max_examples=examples(150))
def test_score_is_the_best_there_is(problem: tuple[Scores, Scores | None, list[float], list[float]]) -> None:
    single, double, skip_a, skip_b = problem
    _, score = align(single, double, skip_a, skip_b)
    assert score == best_score(single, double, skip_a, skip_b)


@given(problems())
@settings(max_examples=examples(150))
def test_matches_are_in_order_apart_and_make_the_score(
    problem: tuple[Scores, Scores | None, list[float], list[float]],
) -> None:
    single, double, skip_a, skip_b = problem
    n, m = single.shape
    matches, score = align(single, double, skip_a, skip_b)
    for here, after in pairwise(matches):
        assert here.first + here.count <= after.first
        assert here.second < after.second
    for match in matches:
        assert match.count in (1, 2)
        assert 0 <= match.first <= match.first + match.count <= n
        assert 0 <= match.second < m
    used = {match.first + k for match in matches for k in range(match.count)}
    total = 0.0
    for match in matches:
        if match.count == 1:
            total += single[match.first, match.second]
        else:
            assert double is not None
            total += double[match.first, match.second]
    total += sum(s for i, s in enumerate(skip_a) if i not in used)
    total += sum(s for j, s in enumerate(skip_b) if j not in {match.second for match in matches})
    assert total == score
    # What can be left out is never matched at NEVER.
    assert score > NEVER / 2


def test_a_chain_is_matched_whole() -> None:
    matches, score = align(np.eye(3))
    assert matches == [Match(0, 0), Match(1, 1), Match(2, 2)]
    assert score == 3


def test_order_is_kept_where_the_best_pairs_would_cross() -> None:
    matches, score = align(np.array([[0.1, 1.0], [0.9, 0.1]]))
    assert len(matches) == 1
    assert matches[0] == Match(0, 1)
    assert score == 1.0


def test_two_halves_stand_for_one() -> None:
    single = np.full((3, 2), NEVER)
    double = np.full((3, 2), NEVER)
    single[0, 0] = 1.0
    double[1, 1] = 0.8
    assert align(single, double)[0] == [Match(0, 0), Match(1, 1, 2)]


def test_skipping_can_cost_more_than_a_poor_match() -> None:
    poor = np.array([[-0.5]])
    assert align(poor)[0] == []
    assert align(poor, None, [-0.3], [-0.3])[0] == [Match(0, 0)]


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_match(n: int, m: int) -> None:
    assert align(np.zeros((n, m)), None, [-1.0] * n, [-0.5] * m) == ([], -1.0 * n - 0.5 * m)


def test_never_is_never_matched() -> None:
    assert align(np.full((3, 3), NEVER))[0] == []
