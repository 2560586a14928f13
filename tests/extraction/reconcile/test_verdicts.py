"""What is said of each sum, from its figures before and after reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate, Check, Field, Status, Verdict
from extraction.forms.catalogue import Identity
from extraction.reconcile.beliefs import Belief
from extraction.reconcile.solver.model import Figure, Option
from extraction.reconcile.verdicts import MAX_RIVALS_NAMED, explained_checks
from tests.extraction.sums import field

SUM = Identity("a:total", ("a", "b"), ("c",))


def check_of(before: list[Field], after: list[Field], beliefs: Mapping[str, Belief] | None = None) -> Check:
    (found,) = explained_checks([SUM], before, after, beliefs or {})
    return found


def read(a: int | None, b: int | None, c: int | None) -> list[Field]:
    return [field(name, value) for name, value in zip("abc", (a, b, c), strict=True)]


def corrected(was: str, now: int, probability: float = 0.998) -> Field:
    return replace(field("a", now, Status.CORRECTED, probability), reading=was)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 198))
def test_a_sum_of_sure_figures_holds_or_the_report_is_wrong(a: int, b: int, c: int) -> None:
    found = check_of(read(a, b, c), read(a, b, c))
    assert found.verdict is (Verdict.HOLDS if a + b == c else Verdict.SOURCE_INCONSISTENT)
    assert (found.explanation is None) == (a + b == c)
    if found.explanation:
        assert f"相差 {abs(a + b - c)}" in found.explanation.zh
        assert f"{abs(a + b - c)} apart" in found.explanation.en


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 50))
def test_a_sum_that_holds_by_a_correction_says_what_was_corrected(a: int, b: int, off: int) -> None:
    found = check_of(read(a + off, b, a + b), [corrected(str(a + off), a), *read(a, b, a + b)[1:]])
    assert found.verdict is Verdict.CORRECTED
    assert found.explanation is not None
    assert f"由“{a + off}”改为“{a}”，把握 99.80%" in found.explanation.zh
    assert f"按最初识别，{a + off} + {b} = {a + off + b}" in found.explanation.zh
    assert f"from '{a + off}' to '{a}', 99.80% sure" in found.explanation.en


def test_other_readings_are_named_most_probable_first_and_the_negligible_not_at_all() -> None:
    said = {5: 0.9, 15: 0.002, 6: 0.05, 8: 0.03, 9: 0.01, 3: 0.0001}
    options = tuple(Option(Decimal(v), str(v), p) for v, p in said.items())
    belief = Belief(Figure("a", options, 0.0), tuple(said.values()), False, True)
    after = [corrected("15", 5), *read(5, 1, 6)[1:]]
    found = check_of(read(15, 1, 6), after, {"a": belief})
    assert found.explanation is not None
    assert found.explanation.en.endswith("also weighed: '6' (5.00%), '8' (3.00%), '9' (1.00%).")
    assert found.explanation.en.count("%)") == MAX_RIVALS_NAMED
    only = Belief(Figure("a", options[:1], 0.0), (1.0,), False, True)
    found = check_of(read(15, 1, 6), after, {"a": only})
    assert found.explanation is not None
    assert "其他读法均不成立" in found.explanation.zh


def test_an_inferred_figure_is_named_as_what_the_sums_leave() -> None:
    before = [field("a", None, Status.REVIEW, 0.0), *read(0, 1, 6)[1:]]
    found = check_of(before, [field("a", 5, Status.INFERRED, 0.9995), *before[1:]])
    assert found.verdict is Verdict.CORRECTED
    assert found.explanation is not None
    assert found.explanation.en == "'a' cannot be read; the sums leave 5 only."


def test_a_sum_with_a_figure_in_doubt_asks_for_it_with_its_readings() -> None:
    doubtful = replace(field("a", 7, Status.REVIEW, 0.5), candidates=(Candidate("7", 0.5), Candidate("", 0.4)))
    found = check_of(read(7, 1, 6), [doubtful, *read(7, 1, 6)[1:]])
    assert found.verdict is Verdict.UNRESOLVED
    assert found.explanation is not None
    assert found.explanation.en == "7 + 1 is 8, but 6 is 6: 2 apart. To be looked at: 'a' (may be 7/—)."


@pytest.mark.parametrize("value", [5, None])
def test_a_sum_that_holds_by_a_value_that_nobody_read_is_open(value: int | None) -> None:
    guess = replace(field("a", value, Status.REVIEW, 0.99), printed="")
    found = check_of([field("a", None, Status.REVIEW, 0.0), *read(0, 1, 6)[1:]], [guess, *read(0, 1, 6)[1:]])
    assert found.verdict is Verdict.UNRESOLVED
    assert found.explanation is not None
    assert "「a」（可能是 ?）" in found.explanation.zh


def test_a_sum_with_a_blank_does_not_apply() -> None:
    fields = [*read(1, 1, 6)[:2], field("c", None, Status.BLANK)]
    assert check_of(fields, fields).verdict is Verdict.NOT_APPLICABLE
