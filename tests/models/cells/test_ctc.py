"""CTC decoding: what paths say, and that the n best are probabilities of texts, against all paths written out."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cells.ctc import best_paths, collapse, n_best, tempered, text_probability

CLASSES = 4


@st.composite
def probabilities(draw: st.DrawFn, most_steps: int = 6) -> np.ndarray:
    """Steps x classes, each step summing to 1."""
    steps = draw(st.integers(1, most_steps))
    values = draw(st.lists(st.floats(0.001, 1.0), min_size=steps * CLASSES, max_size=steps * CLASSES))
    table = np.array(values, np.float32).reshape(steps, CLASSES)
    return table / table.sum(axis=1, keepdims=True)


def by_hand(table: np.ndarray) -> dict[tuple[int, ...], float]:
    """The probability of every text, from all paths."""
    found: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for path in product(range(CLASSES), repeat=len(table)):
        found[collapse(path)] += float(np.prod([table[t, c] for t, c in enumerate(path)]))
    return dict(found)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ([], ()),
        ([0, 0], ()),
        ([1, 1, 1], (1,)),
        ([1, 0, 1], (1, 1)),
        ([0, 2, 2, 0, 2, 3, 3], (2, 2, 3)),
    ],
)
def test_repeated_steps_are_one_character_and_nothing_parts_two(path: list[int], said: tuple[int, ...]) -> None:
    assert collapse(path) == said


@given(st.lists(st.integers(0, 3), max_size=12))
def test_nothing_between_all_steps_keeps_every_one(path: list[int]) -> None:
    parted = [c for step in path for c in (step, 0)]
    assert collapse(parted) == tuple(c for c in path if c)


@given(probabilities())
def test_n_best_are_sorted_and_sum_to_one_at_most(table: np.ndarray) -> None:
    found = n_best(table, count=4)
    assert 1 <= len(found) <= 4
    assert len({text for text, _ in found}) == len(found)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    assert sum(p for _, p in found) <= 1 + 1e-5


@given(probabilities(most_steps=5))
def test_n_best_with_a_wide_beam_are_exact(table: np.ndarray) -> None:
    wanted = by_hand(table)
    for text, probability in n_best(table, count=4, width=10_000):
        assert probability == pytest.approx(wanted[text], rel=1e-3)
    assert n_best(table, count=1, width=10_000)[0][1] == pytest.approx(max(wanted.values()), rel=1e-3)


@given(probabilities(most_steps=5), st.lists(st.integers(1, 3), max_size=4))
def test_the_probability_of_a_text_is_that_of_all_its_paths(table: np.ndarray, text: list[int]) -> None:
    assert text_probability(table, text) == pytest.approx(by_hand(table).get(tuple(text), 0.0), rel=1e-4, abs=1e-9)


@given(probabilities())
def test_the_likeliest_path_is_never_likelier_than_its_text(table: np.ndarray) -> None:
    (text,) = best_paths(table[None])
    assert float(table.max(axis=1).prod()) <= text_probability(table, text) * (1 + 1e-4)


def test_a_sure_picture_has_one_reading_and_an_illegible_one_many() -> None:
    sure = np.full((4, CLASSES), 0.001, np.float32)
    sure[[0, 1, 2, 3], [0, 2, 0, 3]] = 0.997
    even = np.full((4, CLASSES), 1 / CLASSES, np.float32)
    assert n_best(sure)[0][0] == (2, 3)
    assert n_best(sure)[0][1] > 0.98
    assert n_best(even)[0][1] < 0.3
    assert len(n_best(even)) == 4


def test_temperature_flattens_and_keeps_the_order() -> None:
    scores = np.array([[[4.0, 1.0, 0.0]]], np.float32)
    cold, hot = tempered(scores, 1.0), tempered(scores, 3.0)
    assert hot[0, 0, 0] < cold[0, 0, 0]
    assert np.argsort(hot[0, 0]).tolist() == np.argsort(cold[0, 0]).tolist()
    assert hot.sum() == pytest.approx(1.0)
