"""Candidates on keys."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate
from extraction.forms.identities import identities_of
from service.review.choices import KEYS, choices, implied_by_sums
from tests.service.archive import unsure
from tests.service.review.cells import (
    OTHER,
    UPHELD,
    gold,
)


@given(
    st.lists(st.sampled_from(("", "1", "2", "3", "4", "7", "12", "40")), unique=True, max_size=6),
    st.lists(st.integers(-3, 50).map(Decimal), max_size=3, unique=True),
)
def test_each_choice_has_a_key_of_its_own_and_a_figure_its_own_key(texts: list[str], implied: list[Decimal]) -> None:
    field = replace(
        unsure(gold(), UPHELD).field(UPHELD), candidates=tuple(Candidate(text, 0.1) for text in texts), value=None
    )
    offered = choices(field, implied)
    assert len({c.key for c in offered}) == len(offered) <= len(KEYS)
    assert len({c.text for c in offered}) == len(offered)
    assert all(c.key == c.text for c in offered if c.text in KEYS)
    assert all(not c.text.startswith("-") for c in offered if c.probability is None)


def test_nothing_is_offered_for_a_cell_that_is_sure() -> None:
    assert choices(gold().field(UPHELD), (Decimal(3),)) == ()


def test_the_last_open_part_of_a_sum_is_what_the_others_leave() -> None:
    read = unsure(gold(), UPHELD)
    fields = {f.id: f for f in read.fields}
    assert implied_by_sums(identities_of(read), fields)[UPHELD] == (Decimal(3),)
    both = unsure(gold(), UPHELD, OTHER)
    assert UPHELD not in implied_by_sums(identities_of(both), {f.id: f for f in both.fields})
