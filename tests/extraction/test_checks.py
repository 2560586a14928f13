"""Each test shows its input: figures of a form, and what their sums say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.catalogue import Identity, field_forms, template
from extraction.checks import PROVEN, SURE, check_sums, evaluate
from extraction.document import Check, Field, Report, Source, Status, Verdict

few = settings(max_examples=40, deadline=None)
TEMPLATES = st.sampled_from(["2019", "2021"])
SOURCE = Source("a.txt", "00", "text/plain", None)
COLUMNS = ("natural_person", "enterprise", "research_institution", "social_organization", "legal_service", "other")


def field(field_id: str, value: int | None, status: Status = Status.READ, confidence: float = 1.0) -> Field:
    number = None if value is None else Decimal(value)
    return Field(field_id, field_id, number, "" if value is None else str(value), status, confidence)


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


@pytest.mark.parametrize("confidence", [PROVEN - 0.0001, SURE - 0.001, 0.9])
def test_a_likely_cell_leaves_a_wrong_sum_unresolved(confidence: float) -> None:
    check = verdict_of(field("a", 1), field("b", 2, confidence=confidence), field("c", 4))
    assert check == Check("s", "1 + 2 = 4", False, Verdict.UNRESOLVED)


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


@st.composite
def balanced(draw: st.DrawFn, form_id: str) -> dict[str, int]:
    """Figures of a form that satisfy every sum: results and carried out are drawn, the rest follows from them."""
    block = next(b for b in template(form_id).blocks if b.id == "applications")
    rows = [
        r.id for r in block.rows if form_id in r.templates and r.id.startswith("results.") and r.id != "results.total"
    ]
    numbers = st.integers(0, 10**6)
    values: dict[str, int] = {f.id: draw(numbers) for f in template(form_id).fields if f.block.section == "proactive"}
    for column in COLUMNS:
        done = {row: draw(st.integers(0, 99)) for row in rows}
        carried_out = draw(st.integers(0, 99))
        total = sum(done.values())
        carried_in = draw(st.integers(0, total + carried_out))
        done |= {"results.total": total, "carried_out": carried_out, "carried_in": carried_in}
        done["received"] = total + carried_out - carried_in
        values |= {f"applications.{row}.{column}": value for row, value in done.items()}
    for row in (*rows, "results.total", "carried_out", "carried_in", "received"):
        values[f"applications.{row}.total"] = sum(values[f"applications.{row}.{c}"] for c in COLUMNS)
    for group in ("review", "litigation_direct", "litigation_after_review"):
        parts = {f"{group}.{part}": draw(numbers) for part in ("upheld", "corrected", "other", "pending")}
        values |= parts | {f"{group}.total": sum(parts.values())}
    return values


@cache
def in_order(form_id: str) -> tuple[str, ...]:
    return tuple(f.id for f in template(form_id).fields)


def report(form_id: str | None, values: Mapping[str, int | None], **others: Field) -> Report:
    fields = [others.get(i) or field(i, values[i]) for i in (in_order(form_id) if form_id else values)]
    return Report(SOURCE, None, None, form_id, None, fields=tuple(fields))


@cache
def sums(form_id: str) -> tuple[Identity, ...]:
    return template(form_id).identities()


@cache
def sums_with(form_id: str, field_id: str) -> set[str]:
    return {i.id for i in sums(form_id) if field_id in (*i.left, *i.right)}


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


@given(TEMPLATES, st.data())
@few
def test_a_likely_reading_that_its_sums_bear_out_is_accepted(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    likely = data.draw(st.sampled_from([i for i in in_order(form_id) if sums_with(form_id, i)]))
    checked = check_sums(report(form_id, values, **{likely: field(likely, values[likely], confidence=0.92)}))
    assert checked.field(likely).status is Status.READ
    assert checked.field(likely).confidence == 0.92


@given(TEMPLATES, st.integers(1, 50), st.sampled_from([0.92, PROVEN - 0.0001]), st.data())
@few
def test_a_likely_reading_that_a_sum_speaks_against_goes_to_a_person(
    form_id: str, change: int, confidence: float, data: st.DataObject
) -> None:
    values = data.draw(balanced(form_id))
    likely = data.draw(st.sampled_from([i for i in in_order(form_id) if sums_with(form_id, i)]))
    wrong = field(likely, values[likely] + change, confidence=confidence)
    checked = check_sums(report(form_id, values, **{likely: wrong}))
    assert {c.id for c in checked.checks if c.verdict is Verdict.UNRESOLVED} == sums_with(form_id, likely)
    assert checked.field(likely).status is Status.REVIEW
    assert checked.field(likely).confidence <= 0.5
    assert checked.field(likely).value == values[likely] + change
    others = {f.id: f.status for f in checked.fields if f.id != likely}
    assert set(others.values()) == {Status.READ}


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_a_likely_reading_that_is_in_no_sum_goes_to_a_person(form_id: str) -> None:
    alone = next(i for i in in_order(form_id) if not sums_with(form_id, i))
    values = dict.fromkeys(in_order(form_id), 0)
    likely = check_sums(report(form_id, values, **{alone: field(alone, 0, confidence=0.92)}))
    assert likely.field(alone).status is Status.REVIEW
    assert check_sums(report(form_id, values)).field(alone).status is Status.READ


def test_a_likely_reading_whose_only_sum_has_a_blank_goes_to_a_person() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    likely, total = "review.upheld", "review.total"
    checked = check_sums(
        report(
            "2019",
            values,
            **{likely: field(likely, 0, confidence=0.92), total: field(total, None, Status.BLANK)},
        )
    )
    assert checked.field(likely).status is Status.REVIEW


def test_review_stays_review_even_where_its_sums_hold() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    doubtful = "review.upheld"
    checked = check_sums(report("2019", values, **{doubtful: field(doubtful, 0, Status.REVIEW, 0.4)}))
    assert checked.field(doubtful).status is Status.REVIEW


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


# ---- sums with figures that are in doubt already

ROW, OTHER, TOTAL = (f"applications.results.granted.{c}" for c in ("natural_person", "enterprise", "total"))
"""In one row; `ROW` and `OTHER` are each in the sum of their own column too."""


def doubted(values: Mapping[str, int], likely: Field, doubtful: Field) -> Report:
    return check_sums(report("2021", values, **{likely.id: likely, doubtful.id: doubtful}))


@given(st.data())
@few
def test_a_figure_in_doubt_explains_a_sum_that_fails(data: st.DataObject) -> None:
    """The other figures of its row are borne out by their columns."""
    values = data.draw(balanced("2021"))
    doubtful = field(OTHER, values[OTHER] + data.draw(st.integers(1, 50)), Status.REVIEW, 0.5)
    checked = doubted(values, field(ROW, values[ROW], confidence=0.98), doubtful)
    assert {c.id for c in checked.checks if c.holds is False} == sums_with("2021", OTHER)
    assert checked.field(ROW).status is Status.READ


@given(st.data())
@few
def test_a_figure_in_doubt_does_not_explain_all_that_fails(data: st.DataObject) -> None:
    """The figure's own column fails as well, and nothing in it is in doubt."""
    values = data.draw(balanced("2021"))
    doubtful = field(OTHER, values[OTHER] + 1, Status.REVIEW, 0.5)
    checked = doubted(values, field(ROW, values[ROW] + data.draw(st.integers(1, 50)), confidence=0.98), doubtful)
    assert checked.field(ROW).status is Status.REVIEW


def test_a_figure_that_no_sum_bears_out_falls_with_a_sum_that_fails() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    checked = doubted(values, field("review.upheld", 0, confidence=0.98), field("review.other", 3, Status.REVIEW, 0.5))
    assert checked.field("review.upheld").status is Status.REVIEW


@pytest.mark.parametrize(("confidence", "status"), [(SURE + 0.001, Status.READ), (SURE - 0.001, Status.REVIEW)])
def test_a_sum_with_a_figure_that_could_not_be_read_says_nothing(confidence: float, status: Status) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    unread = field("review.other", None, Status.REVIEW, 0.5)
    checked = doubted(values, field("review.upheld", 0, confidence=confidence), unread)
    assert checked.field("review.upheld").status is status


@pytest.mark.parametrize(("unread", "status"), [(5, Status.READ), (60, Status.REVIEW)])
def test_a_report_of_which_much_could_not_be_read_is_less_sure(unread: int, status: Status) -> None:
    values: dict[str, int | None] = dict.fromkeys(in_order("2019"), 0)
    alone = next(i for i in in_order("2019") if not sums_with("2019", i))
    others = [i for i in in_order("2019") if i.startswith("applications.")][:unread]
    doubtful = {i: field(i, None, Status.REVIEW, 0.5) for i in others}
    checked = check_sums(report("2019", values, **doubtful, **{alone: field(alone, 0, confidence=0.98)}))
    assert checked.field(alone).status is status


@pytest.mark.parametrize(("confidence", "status"), [(0.9999, Status.REVIEW), (1.0, Status.READ)])
def test_of_a_report_that_is_hardly_read_only_what_the_file_states_stands_by_itself(
    confidence: float, status: Status
) -> None:
    form = template("2021")
    alone = "proactive.administrative_licensing.decisions"
    lost = [i for i in in_order("2021") if i.startswith("applications.")][: int(0.3 * len(form.fields))]
    values = dict.fromkeys(in_order("2021"), 0) | {alone: 4414}
    fields = {i: field(i, None, Status.REVIEW, 0.0) for i in lost}
    checked = check_sums(report("2021", values, **fields, **{alone: field(alone, 4414, confidence=confidence)}))
    assert checked.field(alone).status is status


def test_what_a_sum_bears_out_stands_even_there() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    lost = [i for i in in_order("2021") if i.startswith("applications.")][: len(values) // 3]
    likely = field("review.upheld", 0, confidence=0.96)
    fields = {i: field(i, None, Status.REVIEW, 0.0) for i in lost}
    checked = check_sums(report("2021", values, **fields, **{"review.upheld": likely}))
    assert checked.field("review.upheld").status is Status.READ
