"""Blanks and zeros: what the report's habit says where no sum can."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate, Field, Status, Verdict
from extraction.reconcile.blank_prior import blank_prior
from extraction.reconcile.reconcile import reconcile
from tests.extraction.reconcile.pictured import OTHER, ROW, SURELY, TOTAL, either, few, in_a_sum, pictured
from tests.extraction.sums import USUAL, balanced, field, from_picture, in_order


@given(st.data())
@few
def test_blank_row_totals_stay_blank(data: st.DataObject) -> None:
    """A real report leaves every row total blank: there blanks are not zeros, and no sum with one says anything."""
    values = data.draw(balanced("2021"))
    totals = [i for i in in_order("2021") if i.startswith("applications.") and i.endswith(".total")]
    totals = [i for i in totals if i.count(".") > 1 and not i.endswith("results.total")]
    after = reconcile(pictured("2021", values, **{i: field(i, None, Status.BLANK, SURELY) for i in totals}), USUAL)
    assert {after.field(i).status for i in totals} == {Status.BLANK}
    assert {f.status for f in after.fields if f.id not in totals} == {Status.READ}
    assert {c.verdict for c in after.checks if ":row_total" in c.id} == {Verdict.NOT_APPLICABLE}


def test_where_blanks_are_zeros_they_help_to_correct_a_misread() -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    rows = ("received", "results.granted", "results.total")
    values |= {f"applications.{row}.{c}": 12 for row in rows for c in ("natural_person", "total")}
    values |= {"review.upheld": 5, "review.total": 5}
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in in_a_sum("2021") if values[i] == 0}
    misread = from_picture(ROW, (17, 0.8), (12, 0.19))
    after = reconcile(pictured("2021", values, **blank, **{ROW: misread}), USUAL)
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
    found = reconcile(pictured("2021", values, **others), USUAL).field(smudge)
    assert found.status is (Status.REVIEW if blanks else Status.CORRECTED)
    assert (found.value, found.reading) == (0, "1")


def unsure_between(field_id: str, first: str, second: str) -> Field:
    """A cell that is either empty or a zero, as far as its picture goes."""
    readings = (Candidate(first, 0.55), Candidate(second, 0.44))
    return Field(field_id, field_id, Decimal(first) if first else None, first, Status.REVIEW, 0.5, candidates=readings)


@pytest.mark.parametrize(("first", "second"), [("0", ""), ("", "0")])
def test_a_report_that_prints_its_zeros_prints_this_one(first: str, second: str) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    found = reconcile(pictured("2021", values, **{ROW: unsure_between(ROW, first, second)}), USUAL).field(ROW)
    assert (found.value, found.status) == (0, Status.READ if first else Status.CORRECTED)


@pytest.mark.parametrize(("first", "second"), [("0", ""), ("", "0")])
def test_in_a_report_of_both_kinds_a_person_tells_them_apart(first: str, second: str) -> None:
    values = dict.fromkeys(in_order("2021"), 0)
    blank = {i: field(i, None, Status.BLANK, SURELY) for i in (OTHER, *in_a_sum("2021")[::2]) if i != ROW}
    found = reconcile(pictured("2021", values, **blank, **{ROW: unsure_between(ROW, first, second)}), USUAL).field(ROW)
    assert found.status is Status.REVIEW


def test_a_dash_under_a_stamp_in_a_report_of_zeros_goes_to_a_person() -> None:
    """What is left of a zero looks like one."""
    values = dict.fromkeys(in_order("2021"), 0)
    dash = Field(ROW, ROW, None, "—", Status.REVIEW, 0.5, candidates=(Candidate("—", 0.95), Candidate("-2", 0.01)))
    assert reconcile(pictured("2021", values, **{ROW: dash}), USUAL).field(ROW).status is Status.REVIEW


@pytest.mark.parametrize("one", [0.05, 0.2, 0.4])
def test_a_total_that_may_be_blank_is_not_made_what_its_sum_wants(one: float) -> None:
    values = dict.fromkeys(in_order("2021"), 0) | {"review.upheld": 1, "litigation_direct.upheld": 2}
    blank = {
        f"{b}.total": field(f"{b}.total", None, Status.BLANK, SURELY)
        for b in ("litigation_direct", "litigation_after_review")
    }
    total = either("review.total", Status.REVIEW, ("/", 0.95 - one), ("1", one))
    found = reconcile(pictured("2021", values, **blank, **{"review.total": total}), USUAL).field("review.total")
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
    after = reconcile(pictured("2021", values, **others | {TOTAL: either(TOTAL, *smudged)}), USUAL)
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
    after = reconcile(pictured("2021", values, **blank | {speck: either(speck, status, ("5", 0.6), ("", 0.38))}), USUAL)
    found = after.field(speck)
    assert (found.status, found.value, found.reading) == (found_as, None, "5")


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.lists(st.booleans(), min_size=1, max_size=8))
def test_the_prior_follows_the_line_and_then_the_report(own: list[bool], other: list[bool]) -> None:
    lines = {"own": own, "other": other}
    fields = [
        field(f"{line}.{n}", None if blank else 0, Status.BLANK if blank else Status.READ)
        for line, cells in lines.items()
        for n, blank in enumerate(cells)
    ]
    prior = blank_prior(fields)
    assert 0 < prior("unseen.cell") < 1
    if all(own) or not any(own):
        assert round(prior("own.cell")) == all(own)
    if own == other and (all(own) or not any(own)):
        assert round(prior("unseen.cell")) == all(own)


def test_cells_of_the_total_column_follow_each_other() -> None:
    rows = {f"applications.{n}.{c}": 0 for n in range(4) for c in ("natural_person", "enterprise")}
    fields = [field(i, v) for i, v in rows.items()]
    fields += [field(f"applications.{n}.total", None, Status.BLANK) for n in range(3)]
    prior = blank_prior(fields)
    assert prior("applications.3.total") > 0.8
    assert prior("applications.3.enterprise") < 0.2
