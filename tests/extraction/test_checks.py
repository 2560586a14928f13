"""Verdicts of the sums, over reports made in the test."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.catalogue import template
from extraction.checks import SURE, check_sums
from extraction.document import Check, Field, Report, Source, Status, Verdict

RECEIVED = ("natural_person", "enterprise", "research_institution", "social_organization", "legal_service", "other")


def report(**changes: Field) -> Report:
    """A 2021 report in which every field is a sure zero, but for the changes (dots of ids as double underscores)."""
    changed = {name.replace("__", "."): field for name, field in changes.items()}
    fields = tuple(changed.get(f.id, read(f.id, 0)) for f in template("2021").fields)
    return Report(Source("a.pdf", "0" * 64, "application/pdf", 1), None, None, "2021", None, fields=fields)


def read(field_id: str, value: int | None, status: Status = Status.READ, confidence: float = 1.0) -> Field:
    return Field(field_id, field_id, None if value is None else Decimal(value), str(value), status, confidence)


def change(field_id: str, value: int | None, status: Status = Status.READ, confidence: float = 1.0) -> dict[str, Field]:
    return {field_id.replace(".", "__"): read(field_id, value, status, confidence)}


def verdict(checked: Report, check_id: str) -> Check:
    return next(c for c in checked.checks if c.id == check_id)


def test_a_sum_that_holds() -> None:
    checked = check_sums(
        report(**change("applications.received.natural_person", 12), **change("applications.received.total", 12))
    )
    check = verdict(checked, "applications.received:row_total")
    assert (check.holds, check.verdict) == (True, Verdict.HOLDS)
    assert check.expression == "12 + 0 + 0 + 0 + 0 + 0 = 12"


def test_surely_read_and_wrong_is_the_reports_own_fault() -> None:
    checked = check_sums(report(**change("review.total", 3)))
    assert verdict(checked, "review:total").verdict is Verdict.SOURCE_INCONSISTENT
    assert checked.field("review.total").status is Status.READ
    assert checked.field("review.total").value == 3


def test_an_unsure_cell_leaves_a_failing_sum_unresolved_and_goes_to_a_person() -> None:
    checked = check_sums(report(**change("review.total", 3, confidence=SURE - 0.01)))
    assert verdict(checked, "review:total").verdict is Verdict.UNRESOLVED
    assert checked.field("review.total").status is Status.REVIEW


def test_an_unread_cell_leaves_its_sums_unresolved() -> None:
    checked = check_sums(report(**change("review.total", None, Status.REVIEW, 0.5)))
    check = verdict(checked, "review:total")
    assert (check.holds, check.verdict) == (None, Verdict.UNRESOLVED)
    assert check.expression == "0 + 0 + 0 + 0 = ?"


@pytest.mark.parametrize("status", [Status.BLANK, Status.MISSING])
def test_a_sum_over_a_blank_or_missing_cell_does_not_apply(status: Status) -> None:
    checked = check_sums(report(**change("review.pending", None, status)))
    check = verdict(checked, "review:total")
    assert (check.holds, check.verdict) == (None, Verdict.NOT_APPLICABLE)
    assert check.expression == "0 + 0 + 0 + — = 0"


def test_a_likely_reading_is_accepted_where_a_sum_bears_it_out() -> None:
    checked = check_sums(report(**change("review.upheld", 0, confidence=0.92)))
    assert checked.field("review.upheld").status is Status.READ


@pytest.mark.parametrize("status", [Status.READ, Status.BLANK])
def test_a_likely_reading_that_is_in_no_sum_goes_to_a_person(status: Status) -> None:
    field_id = "proactive.rules.issued"
    value = 0 if status is Status.READ else None
    checked = check_sums(report(**change(field_id, value, status, 0.92)))
    assert checked.field(field_id).status is Status.REVIEW


def test_a_report_of_neither_form_has_no_sums() -> None:
    assert check_sums(replace(report(), template=None)).checks == ()


@given(
    st.lists(st.integers(0, 10**8), min_size=6, max_size=6), st.sampled_from([*RECEIVED, "total"]), st.integers(1, 9)
)
def test_one_changed_cell_breaks_the_sums_that_it_is_in_and_no_other(
    figures: list[int], column: str, more: int
) -> None:
    """本年新收 all carried over: rows and balance hold, until one cell of 本年新收 is changed."""
    values = dict(zip(RECEIVED, figures, strict=True)) | {"total": sum(figures)}
    both = {
        key: field
        for row in ("received", "carried_out")
        for name, value in values.items()
        for key, field in change(f"applications.{row}.{name}", value).items()
    }
    whole = check_sums(report(**both))
    assert all(c.verdict is Verdict.HOLDS for c in whole.checks)
    broken_id = f"applications.received.{column}"
    broken = check_sums(report(**(both | change(broken_id, values[column] + more))))
    failing = {c.id for c in broken.checks if c.holds is False}
    assert failing == {i.id for i in template("2021").identities() if broken_id in (*i.left, *i.right)}
    assert failing == {"applications.received:row_total", f"applications.{column}:balance"}
