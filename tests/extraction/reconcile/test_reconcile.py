"""What becomes of a report's figures as a whole: each test shows them as they were read, and after reconciliation."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extraction.document import Field, Status, Verdict
from extraction.reconcile.reconcile import reconcile
from tests.examples import examples
from tests.extraction.reconcile.pictured import ALONE, either, few, in_a_sum, pictured
from tests.extraction.sums import (
    COLUMNS,
    TEMPLATES,
    USUAL,
    balanced,
    field,
    from_picture,
    in_order,
    report,
    sums,
    sums_with,
)


@given(TEMPLATES, st.data())
@few
def test_figures_that_are_sure_and_add_up_are_never_changed(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    before = pictured(form_id, values)
    after = reconcile(before, USUAL)
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
    after = reconcile(before, USUAL)
    assert after.fields == before.fields
    assert {c.id for c in after.checks if c.verdict is Verdict.SOURCE_INCONSISTENT} == sums_with(form_id, wrong)


@given(TEMPLATES, st.integers(1, 9), st.data())
@few
def test_a_wrong_sum_of_sure_figures_is_the_reports_own(form_id: str, change: int, data: st.DataObject) -> None:
    """Read from pictures, and no reading of any figure would put it right."""
    values = data.draw(balanced(form_id))
    wrong = data.draw(st.sampled_from(in_a_sum(form_id)))
    after = reconcile(pictured(form_id, {**values, wrong: values[wrong] + change}), USUAL)
    assert after.field(wrong).value == values[wrong] + change
    assert after.field(wrong).status in (Status.READ, Status.REVIEW)
    assert not [f for f in after.fields if f.status is Status.CORRECTED]


@given(TEMPLATES, st.integers(1, 10**4), st.floats(0.05, 0.3), st.data())
@few
def test_a_single_misread_whose_truth_is_among_its_readings_is_corrected(
    form_id: str, off: int, probability: float, data: st.DataObject
) -> None:
    values = data.draw(balanced(form_id))
    misread = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) > 1]))
    readings = ((values[misread] + off, 0.999 - probability), (values[misread], probability))
    after = reconcile(pictured(form_id, values, **{misread: from_picture(misread, *readings)}), USUAL)
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
    found = reconcile(pictured(form_id, values, **{misread: from_picture(misread, *readings)}), USUAL).field(misread)
    assert found.status in (Status.CORRECTED, Status.REVIEW)
    assert str(values[misread]) in {found.printed, *(c.text for c in found.candidates)}


def test_the_explanation_says_what_was_changed_and_why() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 12, "review.total": 12}
    wrong = from_picture("review.upheld", (17, 0.8), (12, 0.19))
    (check,) = (
        c for c in reconcile(pictured("2021", values, **{wrong.id: wrong}), USUAL).checks if c.id == "review:total"
    )
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
    after = reconcile(pictured("2021", values, **{wrong.id: wrong}), USUAL)
    assert after.field("review.upheld").status is Status.REVIEW
    assert after.field("review.upheld").value in (17, 19, 71)


def test_two_figures_that_could_explain_it_both_go_to_a_person_with_their_readings() -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 7, "review.corrected": 7, "review.total": 8}
    one, other = (from_picture(i, (7, 0.8), (1, 0.2)) for i in ("review.upheld", "review.corrected"))
    after = reconcile(pictured("2021", values, **{one.id: one, other.id: other}), USUAL)
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
    after = reconcile(pictured("2021", values, **{unlikely.id: unlikely}), USUAL)
    assert after.field("review.upheld").value == 12
    assert after.field("review.upheld").status is not Status.CORRECTED


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
    after = reconcile(before, USUAL)
    swapped = reconcile(replace(before, fields=tuple(replace(by_id[i], id=moved(i)) for i in by_id)), USUAL)
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
        found = reconcile(pictured(form_id, values, **{misread: doubtful, rival: uncertain}), USUAL).field(misread)
        if found.value == true:
            return found.confidence
        return next((c.probability for c in found.candidates if c.text == str(true)), 0.0)

    assert posterior(probability + more) >= posterior(probability) - 1e-4


@given(TEMPLATES, st.data())
@few
def test_a_likely_reading_that_its_sums_confirm_is_accepted(form_id: str, data: st.DataObject) -> None:
    values = data.draw(balanced(form_id))
    likely = data.draw(st.sampled_from([i for i in in_a_sum(form_id) if len(sums_with(form_id, i)) > 1]))
    readings = ((values[likely], 0.6), (values[likely] + 1, 0.3))
    status = data.draw(st.sampled_from([Status.READ, Status.REVIEW]))
    after = reconcile(pictured(form_id, values, **{likely: from_picture(likely, *readings, status=status)}), USUAL)
    assert after.field(likely).status is Status.READ, after.field(likely)
    assert after.field(likely).confidence > 0.999


def test_a_likely_reading_that_is_in_no_sum_goes_to_a_person() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    likely = from_picture(ALONE, (0, 0.92))
    assert reconcile(pictured("2019", values, **{ALONE: likely}), USUAL).field(ALONE).status is Status.REVIEW
    assert reconcile(pictured("2019", values), USUAL).field(ALONE).status is Status.READ


def test_a_likely_reading_whose_only_sum_has_a_blank_goes_to_a_person() -> None:
    values = dict.fromkeys(in_order("2019"), 0)
    others = {
        "review.upheld": from_picture("review.upheld", (0, 0.92)),
        "review.total": field("review.total", None, Status.BLANK),
    }
    assert reconcile(pictured("2019", values, **others), USUAL).field("review.upheld").status is Status.REVIEW


@given(TEMPLATES, st.data())
@settings(max_examples=examples(25), deadline=None)
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
    after = reconcile(before, USUAL)
    assert [f.id for f in after.fields] == [f.id for f in before.fields]
    assert [c.id for c in after.checks] == [i.id for i in sums(form_id)]
    for was, found in zip(before.fields, after.fields, strict=True):
        said = {Decimal(c.text) for c in was.candidates} | {was.value}
        assert found.value in said
        assert 0 <= found.confidence <= 1
        assert found.status is not Status.CORRECTED or found.value is not None
        assert (found.reading is not None) == (found.printed != was.printed)
    assert reconcile(before, USUAL) == after


@pytest.mark.parametrize(("gap", "total"), [(9, 598), (100, 498)])
def test_a_misprinted_total_that_was_read_surely_is_the_reports_own(gap: int, total: int) -> None:
    """Two sums fail by the same amount: a reading without any other is not doubted for that."""
    values = dict.fromkeys(in_order("2021"), 0)
    cells = ("natural_person", "total")
    values |= {
        f"applications.{row}.{c}": total for row in ("received", "results.granted", "results.total") for c in cells
    }
    values["applications.received.total"] = total - gap
    after = reconcile(pictured("2021", values), USUAL)
    assert {f.status for f in after.fields} == {Status.READ}
    wrong = {c.id for c in after.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}
    assert wrong == {"applications.received:row_total", "applications.total:balance"}


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
    after = reconcile(pictured("2021", values, **unsure), USUAL)
    assert {after.field(i).status for i in unsure} == {Status.REVIEW}
