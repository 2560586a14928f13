"""Each test shows its input: figures of a form as they were read, and what becomes of them."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extraction.document import Candidate, Field, Report, Status, Verdict
from extraction.forms.catalogue import template
from extraction.reconcile.reconcile import reconcile
from extraction.settings import DEFAULT_DECISION
from tests.extraction.sums import COLUMNS, TEMPLATES, balanced, field, from_picture, in_order, report, sums, sums_with

few = settings(max_examples=30, deadline=None)

ROW, OTHER, TOTAL = (f"applications.results.granted.{c}" for c in ("natural_person", "enterprise", "total"))
"""In one row; each is in two sums of its own column too."""

ALONE = "proactive.administrative_licensing.decisions"
"""In no sum."""

SURELY = 0.99995


def pictured(form_id: str, values: dict[str, int], **others: Field) -> Report:
    """A report read from pictures, surely where nothing else is said."""
    sure = {i: from_picture(i, (values[i], SURELY)) for i in in_order(form_id) if i not in others}
    return report(form_id, {}, **sure, **others)


def in_a_sum(form_id: str) -> list[str]:
    return [i for i in in_order(form_id) if sums_with(form_id, i)]


# ---- what is right stays


@given(TEMPLATES, st.data())
@few
def test_figures_that_are_sure_and_add_up_are_never_changed(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    before = pictured(form_id, values)
    after = reconcile(before)
    assert [(f.value, f.status, f.printed) for f in after.fields] == [
        (f.value, Status.READ, f.printed) for f in before.fields
    ]
    assert {c.verdict for c in after.checks} == {Verdict.HOLDS}


@given(TEMPLATES, st.integers(-50, 50).filter(bool), st.data())
@few
def test_what_the_file_states_is_never_changed(form_id: str, change: int, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    wrong = data.draw(st.sampled_from(in_a_sum(form_id)))
    assume(values[wrong] + change >= 0)
    before = report(form_id, {**values, wrong: values[wrong] + change})
    after = reconcile(before)
    assert after.fields == before.fields
    assert {c.id for c in after.checks if c.verdict is Verdict.SOURCE_INCONSISTENT} == sums_with(form_id, wrong)


@given(TEMPLATES, st.integers(1, 9), st.data())
@few
def test_a_wrong_sum_of_sure_figures_is_the_reports_own(form_id: str, change: int, data: st.DataObject) -> None:
    """Read from pictures, and no reading of any figure would put it right."""
    values = data.draw(balanced(form_id))
    wrong = data.draw(st.sampled_from(in_a_sum(form_id)))
    after = reconcile(pictured(form_id, {**values, wrong: values[wrong] + change}))
    assert after.field(wrong).value == values[wrong] + change
    assert after.field(wrong).status in (Status.READ, Status.REVIEW)
    assert not [f for f in after.fields if f.status is Status.CORRECTED]


# ---- what is wrong is put right


@given(TEMPLATES, st.integers(1, 10**4), st.floats(0.05, 0.3), st.data())
@few
def test_a_single_misread_whose_truth_is_among_its_readings_is_put_right(
    form_id: str, off: int, probability: float, data: st.DataObject
) -> None:
    values = data.draw(balanced(form_id))
    misread = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) > 1]))
    readings = ((values[misread] + off, 0.999 - probability), (values[misread], probability))
    after = reconcile(pictured(form_id, values, **{misread: from_picture(misread, *readings)}))
    found = after.field(misread)
    assert found.status is Status.CORRECTED
    assert (found.value, found.printed) == (values[misread], str(values[misread]))
    assert found.reading == str(values[misread] + off)
    assert found.confidence > 0.995
    assert {c.id for c in after.checks if c.verdict is Verdict.CORRECTED} == sums_with(form_id, misread)
    assert {c.verdict for c in after.checks} <= {Verdict.HOLDS, Verdict.CORRECTED}
    assert {f.id for f in after.fields if f.status is not Status.READ} == {misread}


@given(TEMPLATES, st.integers(1, 10**4), st.floats(0.01, 0.3), st.data())
@few
def test_a_single_misread_under_one_sum_is_found(
    form_id: str, off: int, probability: float, data: st.DataObject
) -> None:
    """Disputes are in one sum only, which agencies get wrong: what is not put right goes to a person with the truth."""
    values = data.draw(balanced(form_id))
    misread = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) == 1]))
    readings = ((values[misread] + off, 0.999 - probability), (values[misread], probability))
    found = reconcile(pictured(form_id, values, **{misread: from_picture(misread, *readings)})).field(misread)
    assert found.status in (Status.CORRECTED, Status.REVIEW)
    assert str(values[misread]) in {found.printed, *(c.text for c in found.candidates)}


def test_the_explanation_says_what_was_changed_and_why() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 12, "review.total": 12}
    wrong = from_picture("review.upheld", (17, 0.8), (12, 0.19))
    (check,) = (c for c in reconcile(pictured("2021", values, **{wrong.id: wrong})).checks if c.id == "review:total")
    assert check.verdict is Verdict.CORRECTED
    assert check.expression == "12 + 0 + 0 + 0 = 12"
    assert check.explanation is not None
    for said in (check.explanation.zh, check.explanation.en):
        assert "17 + 0 + 0 + 0" in said
        assert "12" in said
    assert "改为" in check.explanation.zh
    assert "was changed from '17' to '12'" in check.explanation.en


def test_a_figure_is_never_made_another_than_its_readings() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 12, "review.total": 12}
    wrong = from_picture("review.upheld", (17, 0.8), (19, 0.15), (71, 0.04))
    after = reconcile(pictured("2021", values, **{wrong.id: wrong}))
    assert after.field("review.upheld").status is Status.REVIEW
    assert after.field("review.upheld").value in (17, 19, 71)


def test_two_figures_that_could_explain_it_both_go_to_a_person_with_their_readings() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 7, "review.corrected": 7, "review.total": 8}
    one, other = (from_picture(i, (7, 0.8), (1, 0.2)) for i in ("review.upheld", "review.corrected"))
    after = reconcile(pictured("2021", values, **{one.id: one, other.id: other}))
    for found in (after.field(one.id), after.field(other.id)):
        assert found.status is Status.REVIEW
        assert {c.text for c in found.candidates} == {"7", "1"}
        assert found.confidence == pytest.approx(0.5, abs=0.02)
    (check,) = (c for c in after.checks if c.id == "review:total")
    assert check.verdict is Verdict.UNRESOLVED


def test_that_the_report_is_wrong_is_weighed_too() -> None:
    """A reading as unlikely as an agency's slip does not overwrite what stands there."""
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 12, "review.total": 13}
    unlikely = from_picture("review.upheld", (12, 0.9985), (13, 0.001))
    after = reconcile(pictured("2021", values, **{unlikely.id: unlikely}))
    assert after.field("review.upheld").value == 12
    assert after.field("review.upheld").status is not Status.CORRECTED


# ---- properties of the whole


@given(st.lists(st.integers(0, 50), min_size=6, max_size=6), st.permutations(range(6)), st.data())
@few
def test_permuting_equal_cells_changes_nothing(row: list[int], order: list[int], data: st.DataObject) -> None:
    """Columns that change places, each with its readings: every column's figures come out as before."""
    values = data.draw(balanced("2021"))
    misread = f"applications.received.{COLUMNS[data.draw(st.integers(0, 5))]}"
    readings = ((values[misread] + 6, 0.9), (values[misread], 0.09))
    before = pictured("2021", values, **{misread: from_picture(misread, *readings)})
    new_name = {f".{COLUMNS[a]}": f".{COLUMNS[b]}" for a, b in zip(order, range(6), strict=True)}

    def moved(field_id: str) -> str:
        ending = "." + field_id.rpartition(".")[2]
        return field_id.removesuffix(ending) + new_name.get(ending, ending) if "applications" in field_id else field_id

    by_id = {f.id: f for f in before.fields}
    after = reconcile(before)
    swapped = reconcile(replace(before, fields=tuple(replace(by_id[i], id=moved(i)) for i in by_id)))
    for found in after.fields:
        other = swapped.field(moved(found.id))
        assert (other.value, other.status) == (found.value, found.status)
        assert other.confidence == pytest.approx(found.confidence, abs=2e-4)


@given(TEMPLATES, st.floats(0.05, 0.4), st.floats(0.02, 0.3), st.data())
@few
def test_more_evidence_never_lowers_the_posterior_of_the_truth(
    form_id: str, probability: float, more: float, data: st.DataObject
) -> None:
    values = data.draw(balanced(form_id))
    misread = data.draw(st.sampled_from(in_a_sum(form_id)))
    rival = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if i != misread]))
    true, other = values[misread], values[misread] + 3

    def posterior(p: float) -> float:
        doubtful = from_picture(misread, (other, 0.99 - p), (true, p), status=Status.REVIEW)
        uncertain = from_picture(rival, (values[rival], 0.7), (values[rival] + 3, 0.29), status=Status.REVIEW)
        found = reconcile(pictured(form_id, values, **{misread: doubtful, rival: uncertain})).field(misread)
        if found.value == true:
            return found.confidence
        return next((c.probability for c in found.candidates if c.text == str(true)), 0.0)

    assert posterior(probability + more) >= posterior(probability) - 1e-4


@given(TEMPLATES, st.data())
@few
def test_a_whole_row_one_place_off_goes_to_a_person(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    row = [f"applications.results.total.{c}" for c in (*COLUMNS, "total")]
    amounts = [values[i] for i in row]
    assume(len(set(amounts)) == len(amounts) and 0 not in amounts)
    after = reconcile(pictured(form_id, {**values, **dict(zip(row, [0, *amounts[:-1]], strict=True))}))
    assert {after.field(i).status for i in row} == {Status.REVIEW}
    assert not [f for f in after.fields if f.status is Status.CORRECTED]


# ---- damaged places and blanks


@given(TEMPLATES, st.data())
@few
def test_a_damaged_place_is_inferred_where_crossing_sums_leave_one_value(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    damaged = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) > 1]))
    after = reconcile(pictured(form_id, values, **{damaged: field(damaged, None, Status.REVIEW, 0.5)}))
    status = Status.INFERRED if values[damaged] < 10 else Status.REVIEW  # longer ones are misprinted now and then
    assert (after.field(damaged).value, after.field(damaged).status) == (values[damaged], status)


def test_one_sum_alone_infers_nothing() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 3, "review.total": 3}
    after = reconcile(pictured("2021", values, **{"review.upheld": field("review.upheld", None, Status.REVIEW, 0.5)}))
    assert after.field("review.upheld").status is Status.REVIEW
    assert after.field("review.upheld").value is None


@given(st.data())
@few
def test_blank_row_totals_stay_blank(data: st.DataObject) -> None:
    """A real report leaves every row total blank: there blanks are not zeros, and no sum with one says anything."""
    values = data.draw(balanced("2021"))
    totals = [i for i in in_order("2021") if i.startswith("applications.") and i.endswith(".total")]
    totals = [i for i in totals if i.count(".") > 1 and not i.endswith("results.total")]
    after = reconcile(pictured("2021", values, **{i: field(i, None, Status.BLANK, SURELY) for i in totals}))
    assert {after.field(i).status for i in totals} == {Status.BLANK}
    assert {f.status for f in after.fields if f.id not in totals} == {Status.READ}
    assert {c.verdict for c in after.checks if ":row_total" in c.id} == {Verdict.NOT_APPLICABLE}


def test_where_blanks_are_zeros_they_help_to_put_a_misread_right() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    rows = ("received", "results.granted", "results.total")
    values |= {f"applications.{row}.{c}": 12 for row in rows for c in ("natural_person", "total")}
    values |= {"review.upheld": 5, "review.total": 5}
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in in_a_sum("2021") if values[i] == 0}
    misread = from_picture(ROW, (17, 0.8), (12, 0.19))
    after = reconcile(pictured("2021", values, **blank, **{ROW: misread}))
    assert (after.field(ROW).value, after.field(ROW).status) == (12, Status.CORRECTED)
    assert {after.field(i).status for i in blank} == {Status.BLANK}


@pytest.mark.parametrize("blanks", [False, True])
def test_a_figure_becomes_zero_only_in_a_report_that_prints_its_zeros(blanks: bool) -> None:
    """Elsewhere what was read as a figure may be a smudge in an empty cell."""
    values = dict.fromkeys(in_order("2021"), 0)
    rows = ("received", "results.granted", "results.total")
    values |= {f"applications.{row}.{c}": 12 for row in rows for c in ("natural_person", "total")}
    smudge = "applications.results.denied.enforcement_files.natural_person"
    others = {i: field(i, None, Status.BLANK, SURELY) for i in in_a_sum("2021") if blanks and values[i] == 0}
    others[smudge] = from_picture(smudge, (1, 0.8), (0, 0.19))
    found = reconcile(pictured("2021", values, **others)).field(smudge)
    assert found.status is (Status.REVIEW if blanks else Status.CORRECTED)
    assert (found.value, found.reading) == (0, "1")


# ---- readings that are likely, but not sure


@given(TEMPLATES, st.data())
@few
def test_a_likely_reading_that_its_sums_bear_out_is_accepted(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    likely = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) > 1]))
    readings = ((values[likely], 0.6), (values[likely] + 1, 0.3))
    status = data.draw(st.sampled_from([Status.READ, Status.REVIEW]))
    after = reconcile(pictured(form_id, values, **{likely: from_picture(likely, *readings, status=status)}))
    assert after.field(likely).status is Status.READ, after.field(likely)
    assert after.field(likely).confidence > 0.999


def test_a_likely_reading_that_is_in_no_sum_goes_to_a_person() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    likely = from_picture(ALONE, (0, 0.92))
    assert reconcile(pictured("2019", values, **{ALONE: likely})).field(ALONE).status is Status.REVIEW
    assert reconcile(pictured("2019", values)).field(ALONE).status is Status.READ


def test_a_likely_reading_whose_only_sum_has_a_blank_goes_to_a_person() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    others = {
        "review.upheld": from_picture("review.upheld", (0, 0.92)),
        "review.total": field("review.total", None, Status.BLANK),
    }
    assert reconcile(pictured("2019", values, **others)).field("review.upheld").status is Status.REVIEW


def test_a_figure_whose_place_is_in_doubt_stays_so_whatever_holds() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    after = reconcile(pictured("2019", values, **{ROW: field(ROW, 0, Status.REVIEW, 0.4)}))
    assert after.field(ROW).status is Status.REVIEW


@given(st.integers(1, 50), st.data())
@few
def test_a_figure_in_doubt_explains_a_sum_that_fails(off: int, data: st.DataObject) -> None:
    values = data.draw(balanced("2021"))
    doubtful = field(OTHER, values[OTHER] + off, Status.REVIEW, 0.5)
    after = reconcile(pictured("2021", values, **{ROW: from_picture(ROW, (values[ROW], 0.98)), OTHER: doubtful}))
    assert {c.id for c in after.checks if c.holds is False} == sums_with("2021", OTHER)
    assert after.field(ROW).status is Status.READ
    assert {i for i in in_order("2021") if after.field(i).status is Status.REVIEW} == {OTHER}


@pytest.mark.parametrize(
    ("confidence", "status"),
    [(DEFAULT_DECISION.alone + 0.001, Status.READ), (DEFAULT_DECISION.alone - 0.001, Status.REVIEW)],
)
def test_a_sum_with_a_figure_that_could_not_be_read_says_nothing(confidence: float, status: Status) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    unread = field("review.other", None, Status.REVIEW, 0.5)
    likely = from_picture("review.upheld", (0, confidence))
    after = reconcile(pictured("2021", values, **{"review.other": unread, "review.upheld": likely}))
    assert after.field("review.upheld").status is status


# ---- reports of which much could not be read


def partly_read(lost: int, *others: Field) -> Report:
    values = dict.fromkeys(in_order("2021"), 0)
    gone = [i for i in in_order("2021") if i.startswith("applications.")][:lost]
    fields = {i: field(i, None, Status.REVIEW, 0.0) for i in gone} | {f.id: f for f in others}
    return reconcile(pictured("2021", values, **fields))


@pytest.mark.parametrize(("lost", "status"), [(5, Status.READ), (60, Status.REVIEW)])
def test_a_report_of_which_much_could_not_be_read_is_less_sure(lost: int, status: Status) -> None:
    assert partly_read(lost, from_picture(ALONE, (0, 0.98))).field(ALONE).status is status


@pytest.mark.parametrize(("confidence", "status"), [(0.9999, Status.REVIEW), (1.0, Status.READ)])
def test_of_a_report_that_is_hardly_read_only_what_the_file_states_stands_by_itself(
    confidence: float, status: Status
) -> None:
    most = int(0.3 * len(template("2021").fields))
    assert partly_read(most, field(ALONE, 4414, confidence=confidence)).field(ALONE).status is status


def test_what_a_sum_bears_out_stands_even_there() -> None:
    assert partly_read(66, from_picture("review.upheld", (0, 0.96))).field("review.upheld").status is Status.READ


# ---- whatever it is given


@given(TEMPLATES, st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_was_read_figures_keep_their_places_and_only_readings_are_printed(
    form_id: str, data: st.DataObject
) -> None:
    """Random readings in many cells, sums that need not hold: no figure is lost, made up, or taken from another."""
    values = data.draw(balanced(form_id))
    some = data.draw(st.lists(st.sampled_from(in_a_sum(form_id)), max_size=6, unique=True))
    shares = st.lists(st.floats(0.01, 1), min_size=2, max_size=4)
    others: dict[str, Field] = {}
    for i in some:
        weights = data.draw(shares)
        amounts = data.draw(st.lists(st.integers(0, 99), min_size=len(weights), max_size=len(weights), unique=True))
        readings = [(a, w / sum(weights) * 0.99) for a, w in zip(amounts, sorted(weights, reverse=True), strict=True)]
        others[i] = from_picture(i, *readings, status=data.draw(st.sampled_from([Status.READ, Status.REVIEW])))
    before = pictured(form_id, values, **others)
    after = reconcile(before)
    assert [f.id for f in after.fields] == [f.id for f in before.fields]
    assert [c.id for c in after.checks] == [i.id for i in sums(form_id)]
    for was, found in zip(before.fields, after.fields, strict=True):
        said = {Decimal(c.text) for c in was.candidates} | {was.value}
        assert found.value in said
        assert 0 <= found.confidence <= 1
        assert found.status is not Status.CORRECTED or found.value is not None
        assert (found.reading is not None) == (found.printed != was.printed)
    assert reconcile(before) == after


# ---- zero or nothing


def unsure_between(field_id: str, first: str, second: str) -> Field:
    """A cell that is either empty or a zero, as far as its picture goes."""
    readings = (Candidate(first, 0.55), Candidate(second, 0.44))
    return Field(field_id, field_id, Decimal(first) if first else None, first, Status.REVIEW, 0.5, candidates=readings)


@pytest.mark.parametrize(("first", "second"), [("0", ""), ("", "0")])
def test_a_report_that_prints_its_zeros_prints_this_one(first: str, second: str) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    found = reconcile(pictured("2021", values, **{ROW: unsure_between(ROW, first, second)})).field(ROW)
    assert (found.value, found.status) == (0, Status.READ if first else Status.CORRECTED)


@pytest.mark.parametrize(("first", "second"), [("0", ""), ("", "0")])
def test_in_a_report_of_both_kinds_a_person_tells_them_apart(first: str, second: str) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in (OTHER, *in_a_sum("2021")[::2]) if i != ROW}
    found = reconcile(pictured("2021", values, **blank, **{ROW: unsure_between(ROW, first, second)})).field(ROW)
    assert found.status is Status.REVIEW


def test_a_dash_under_a_stamp_in_a_report_of_zeros_goes_to_a_person() -> None:
    """What is left of a zero looks like one."""
    values = dict.fromkeys(in_order("2021"), 0)
    dash = Field(ROW, ROW, None, "—", Status.REVIEW, 0.5, candidates=(Candidate("—", 0.95), Candidate("-2", 0.01)))
    assert reconcile(pictured("2021", values, **{ROW: dash})).field(ROW).status is Status.REVIEW


# ---- how surely the rest was read


@pytest.mark.parametrize(("gap", "total"), [(9, 598), (100, 498)])
def test_a_misprinted_total_that_was_read_surely_is_the_reports_own(gap: int, total: int) -> None:
    """Two sums fail by the same amount: a reading without any other is not doubted for that."""
    values = dict.fromkeys(in_order("2021"), 0)
    cells = ("natural_person", "total")
    values |= {
        f"applications.{row}.{c}": total for row in ("received", "results.granted", "results.total") for c in cells
    }
    values["applications.received.total"] = total - gap
    after = reconcile(pictured("2021", values))
    assert {f.status for f in after.fields} == {Status.READ}
    wrong = {c.id for c in after.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}
    assert wrong == {"applications.received:row_total", "applications.total:balance"}


def test_tables_that_are_not_there_do_not_make_the_others_unsure() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    lost = {
        i: Field(i, i, None, "", Status.REVIEW, 0.5)
        for i in in_order("2021")
        if i.startswith(("applications", "review"))
    }
    after = reconcile(pictured("2021", values, **lost))
    assert after.field(ALONE).status is Status.READ


# ---- what may be blank proves nothing, where blanks are no zeros


def either(field_id: str, status: Status, *readings: tuple[str, float]) -> Field:
    """A cell that prints one of these texts."""
    text, probability = readings[0]
    value = Decimal(text) if text.isdigit() else None
    confidence = probability if status is not Status.REVIEW else 0.5
    return Field(field_id, field_id, value, text, status, confidence, candidates=tuple(Candidate(*r) for r in readings))


@pytest.mark.parametrize("one", [0.05, 0.2, 0.4])
def test_a_total_that_may_be_blank_is_not_made_what_its_sum_wants(one: float) -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 1, "litigation_direct.upheld": 2}
    blank = {
        f"{b}.total": field(f"{b}.total", None, Status.BLANK, SURELY)
        for b in ("litigation_direct", "litigation_after_review")
    }
    total = either("review.total", Status.REVIEW, ("/", 0.95 - one), ("1", one))
    found = reconcile(pictured("2021", values, **blank, **{"review.total": total})).field("review.total")
    assert found.status is Status.REVIEW, found


@pytest.mark.parametrize(
    "smudged",
    [
        (Status.REVIEW, ("—", 0.8), ("1", 0.15)),
        (Status.REVIEW, ("1", 0.5), ("—", 0.45)),
        (Status.READ, ("1", 0.9), ("—", 0.09)),
    ],
)
def test_one_smudged_total_among_blank_ones_goes_to_a_person(
    smudged: tuple[Status, tuple[str, float], tuple[str, float]],
) -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {ROW: 1, "applications.results.total.natural_person": 1}
    values["applications.received.natural_person"] = 1
    totals = [
        i for i in in_order("2021") if i.startswith("applications.") and i.endswith(".total") and i.count(".") > 1
    ]
    others = {i: field(i, None, Status.BLANK, SURELY) for i in totals if i != "applications.results.total.total"}
    after = reconcile(pictured("2021", values, **others | {TOTAL: either(TOTAL, *smudged)}))
    assert after.field(TOTAL).status is Status.REVIEW, after.field(TOTAL)


@pytest.mark.parametrize(("status", "found_as"), [(Status.REVIEW, Status.BLANK), (Status.READ, Status.REVIEW)])
def test_what_was_hardly_read_as_a_figure_may_be_a_blank_which_is_no_correction(
    status: Status, found_as: Status
) -> None:
    """A speck in a report that writes nothing for zero: every sum wants nothing there."""
    values = dict.fromkeys(in_order("2021"), 0)
    rows = ("received", "results.granted", "results.total")
    values |= {f"applications.{row}.{c}": 12 for row in rows for c in ("natural_person", "total")}
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in in_a_sum("2021") if values[i] == 0}
    speck = "applications.results.denied.enforcement_files.enterprise"
    after = reconcile(pictured("2021", values, **blank | {speck: either(speck, status, ("5", 0.6), ("", 0.38))}))
    found = after.field(speck)
    assert (found.status, found.value, found.reading) == (found_as, None, "5")


def test_a_text_that_is_no_figure_is_not_printed_as_a_blank() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in in_order("2021")}
    blank[ROW] = Field(
        ROW, ROW, None, "l丨x", Status.REVIEW, 0.5, candidates=(Candidate("—", 0.85), Candidate("1", 0.1))
    )
    found = reconcile(pictured("2021", values, **blank)).field(ROW)
    assert found.status is Status.REVIEW or found.printed == "—"


def test_a_count_of_another_unit_is_none_of_its_readings() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 3, "review.total": 3}
    total = either("review.total", Status.REVIEW, ("8", 0.6), ("3万元", 0.39))
    found = reconcile(pictured("2021", values, **{"review.total": total})).field("review.total")
    assert (found.status, found.printed) == (Status.REVIEW, "8")


def test_a_count_beyond_all_counts_is_no_part_of_a_sum() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    huge = Field(ROW, ROW, Decimal(99999999999) * 10**8, "99999999999亿", Status.READ, 1.0)
    after = reconcile(pictured("2021", values, **{ROW: huge}))
    assert after.field(ROW).status is Status.READ


def test_a_sum_that_holds_by_a_value_that_nobody_read_is_open() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | dict.fromkeys((ROW, TOTAL), 49)
    values |= {
        f"applications.{row}.{c}": 49 for row in ("received", "results.total") for c in ("natural_person", "total")
    }
    damaged = Field(ROW, ROW, None, "", Status.REVIEW, 0.0)
    after = reconcile(pictured("2021", values, **{ROW: damaged}))
    assert (after.field(ROW).value, after.field(ROW).status) == (49, Status.REVIEW)
    of_it = [c for c in after.checks if c.id in sums_with("2021", ROW)]
    assert {c.verdict for c in of_it} == {Verdict.UNRESOLVED}


def test_columns_of_many_large_readings_without_totals_are_weighed_all_the_same() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    rng = random.Random(1)
    unsure = {}
    for i in in_a_sum("2021"):
        if i.endswith(".natural_person"):
            said = rng.sample(range(100_000), 8)
            unsure[i] = either(i, Status.REVIEW, *((str(v), 0.12) for v in said))
        elif i.startswith("applications") and i.endswith(".total"):
            unsure[i] = Field(i, i, None, "", Status.REVIEW, 0.0)
    after = reconcile(pictured("2021", values, **unsure))
    assert {after.field(i).status for i in unsure} == {Status.REVIEW}
