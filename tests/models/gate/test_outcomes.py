"""How a share of right readings changed, and whether by chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gate.outcomes import changes, uneven
from tests.models.gate.runs import outcomes


@given(st.integers(0, 60), st.integers(0, 60))
def test_how_uneven_a_split_is(gained: int, lost: int) -> None:
    assert 0 < uneven(gained, lost) <= 1
    assert uneven(gained, lost) == uneven(lost, gained)
    if gained > lost:
        assert uneven(gained + 1, lost) <= uneven(gained, lost)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_changes_add_up(pairs: list[tuple[bool, bool]]) -> None:
    (found,) = changes(outcomes([a for a, _ in pairs]), outcomes([b for _, b in pairs]))
    assert found.things == len(pairs)
    assert found.gained - found.lost == round(found.change * len(pairs))
    assert found.low <= found.change <= found.high
    assert (found.verdict == "worse") <= (found.lost > found.gained)


def test_other_things_are_not_compared() -> None:
    with pytest.raises(ValueError, match="not tested on the same items"):
        changes(outcomes([True]), outcomes([True], "column"))
