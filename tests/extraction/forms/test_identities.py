"""Each test shows its input: figures of a form, and what their sums say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.document import Check, Field, Status, Verdict
from extraction.forms.catalogue import Identity, field_forms
from extraction.forms.identities import check_sums, evaluate
from tests.examples import examples
from tests.extraction.sums import COLUMNS, TEMPLATES, balanced, field, in_order, report, sums, sums_with

few = settings(max_examples=examples(40), deadline=None)
SUM = Identity("s", ("a", "b"), ("c",))


def verdict_of(a: Field, b: Field, c: Field) -> Check:
    return evaluate(SUM, {"a": a, "b": b, "c": c})


# ---- one sum


def test_it_holds() -> None:
    check = verdict_of(field("a", 1), field("b", 2), field("c", 3))
    assert check == Check("s", "1 + 2 = 3", True, Verdict.HOLDS)


def test_all_cells_sure_and_the_sum_wrong_is_the_reports_own_error() -> None:
    check = verdict_of(field("a", 1), field("b", 2), field("c", 4))
    assert check == Check("s", "1 + 2 = 4", False, Verdict.SOURCE_INCONSISTENT)


def test_a_cell_for_review_leaves_a_wrong_sum_unresolved() -> None:
    check = verdict_of(field("a", 1), field("b", 2, Status.REVIEW), field("c", 4))
    assert check == Check("s", "1 + 2 = 4", False, Verdict.UNRESOLVED)


def test_an_unread_cell_for_review_is_unresolved() -> None:
    check = verdict_of(field("a", 1), field("b", None, Status.REVIEW), field("c", 4))
    assert check == Check("s", "1 + ? = 4", None, Verdict.UNRESOLVED)


@pytest.mark.parametrize("status", [Status.BLANK, Status.MISSING])
@pytest.mark.parametrize("place", ["a", "b", "c"])
def test_a_blank_or_missing_cell_is_not_applicable_and_not_zero(status: Status, place: str) -> None:
    cells = {"a": field("a", 0), "b": field("b", 0), "c": field("c", 0)}
    check = evaluate(SUM, {**cells, place: field(place, None, status)})
    assert check.verdict is Verdict.NOT_APPLICABLE
    assert check.holds is None
    assert check.expression == {"a": "— + 0 = 0", "b": "0 + — = 0", "c": "0 + 0 = —"}[place]


def test_a_blank_beside_an_unread_cell_is_unresolved() -> None:
    check = verdict_of(field("a", None, Status.BLANK), field("b", None, Status.REVIEW), field("c", 4))
    assert check == Check("s", "— + ? = 4", None, Verdict.UNRESOLVED)


def test_negative_figures_stand_in_brackets() -> None:
    check = verdict_of(field("a", -1), field("b", 2), field("c", 1))
    assert check.expression == "(-1) + 2 = 1"
    assert check.holds


def test_sums_are_exact() -> None:
    a, b, c = (replace(field(i, 0), value=Decimal(v)) for i, v in (("a", "0.1"), ("b", "0.2"), ("c", "0.3")))
    assert verdict_of(a, b, c).expression == "0.1 + 0.2 = 0.3"
    assert verdict_of(a, b, c).holds


@given(*[st.integers(-(10**12), 10**12)] * 3)
def test_holds_is_arithmetic(a: int, b: int, c: int) -> None:
    assert verdict_of(field("a", a), field("b", b), field("c", c)).holds is (a + b == c)


# ---- whole forms


@given(TEMPLATES, st.data())
@few
def test_figures_that_add_up_hold_everywhere(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    checked = check_sums(report(form_id, values))
    assert {c.verdict for c in checked.checks} == {Verdict.HOLDS}
    assert all(c.holds for c in checked.checks)
    assert [c.id for c in checked.checks] == [i.id for i in sums(form_id)]
    assert checked.fields == report(form_id, values).fields


@given(TEMPLATES, st.integers(-50, 50).filter(bool), st.data())
@few
def test_one_changed_cell_breaks_exactly_the_sums_it_is_in(form_id: str, change: int, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    changed = data.draw(st.sampled_from(in_order(form_id)))
    before = report(form_id, {**values, changed: values[changed] + change})
    checked = check_sums(before)
    broken = {c.id for c in checked.checks if c.holds is False}
    assert broken == sums_with(form_id, changed)
    assert {c.id for c in checked.checks if c.verdict is Verdict.SOURCE_INCONSISTENT} == broken
    # The report itself is wrong: its cells stay as printed.
    assert checked.fields == before.fields


@given(TEMPLATES, st.data())
@few
def test_a_blank_cell_disables_exactly_the_sums_it_is_in(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    emptied = data.draw(st.sampled_from(in_order(form_id)))
    status = data.draw(st.sampled_from([Status.BLANK, Status.MISSING]))
    checked = check_sums(report(form_id, values, **{emptied: field(emptied, None, status)}))
    assert {c.id for c in checked.checks if c.verdict is Verdict.NOT_APPLICABLE} == sums_with(form_id, emptied)
    assert {c.verdict for c in checked.checks} <= {Verdict.HOLDS, Verdict.NOT_APPLICABLE}
    assert checked.field(emptied).status is status


def test_one_row_of_other_results_stands_in_for_three() -> None:
    """（六）其他处理 in one row in the 2021 form: the three rows are missing, the sums still hold."""
    values = dict.fromkeys(in_order("2021"), 0)
    three = [i for i in in_order("2021") if i.startswith("applications.results.other.")]
    one = [f"applications.results.other.{c}" for c in (*COLUMNS, "total")]
    before = report("2021", values, **{i: field(i, None, Status.MISSING) for i in three})
    before = replace(before, fields=(*before.fields, *(field(i, 0) for i in one)))
    assert set(one) <= set(field_forms())
    checked = check_sums(before)
    assert {c.verdict for c in checked.checks} == {Verdict.HOLDS}
    assert "applications.results.other:row_total" in {c.id for c in checked.checks}


def test_a_report_of_neither_form_has_no_checks() -> None:
    before = report(None, {"x": 1})
    assert check_sums(before) == before
