"""Faults planted in a report are found, and counted as what they are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from annotations.store import Annotation
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare, inconsistent_totals
from eval.scoring.outcomes import is_right
from eval.scoring.score import Score, total
from extraction.document import Check, Field, Report, Source, Status, Verdict
from extraction.forms.catalogue import field_forms

RECEIVED = "applications.received"


PRINTED = {
    f"{RECEIVED}.natural_person": "12",
    f"{RECEIVED}.enterprise": "3",
    f"{RECEIVED}.other": "0",
    f"{RECEIVED}.total": "15",
    "review.upheld": "",
    "proactive.government_procurement.items": None,
}
"""Of a report with printed blanks beside zeros, and a block that is not there."""


@pytest.fixture
def report() -> Report:
    """The report read without a fault."""
    fields = tuple(
        Field(
            field_id,
            field_forms()[field_id].label,
            Decimal(printed) if printed else None,
            printed or "",
            Status.READ if printed else Status.MISSING if printed is None else Status.BLANK,
            0.99,
        )
        for field_id, printed in PRINTED.items()
    )
    return Report(Source("a.pdf", "0" * 64, "application/pdf", 1), "云泽市水务局", 2020, "2019", None, fields=fields)


@pytest.fixture
def gold(report: Report) -> Annotation:
    """Its gold."""
    return Annotation("a", ("a.pdf",), report)


def changed(report: Report, field_id: str, **changes: Any) -> Report:
    assert any(f.id == field_id for f in report.fields)
    return replace(report, fields=tuple(replace(f, **changes) if f.id == field_id else f for f in report.fields))


def test_a_faultless_reading_is_perfect(gold: Annotation, report: Report) -> None:
    score = compare(gold, Prediction(report))
    assert (score.fields, score.right, score.review, score.silent, score.missed) == (6, 6, 0, 0, 0)
    assert score.faults == ()
    assert score.perfect


def test_swapped_columns_are_two_silent_errors(gold: Annotation, report: Report) -> None:
    swapped = changed(report, f"{RECEIVED}.natural_person", value=Decimal(3), printed="3")
    swapped = changed(swapped, f"{RECEIVED}.enterprise", value=Decimal(12), printed="12")
    score = compare(gold, Prediction(swapped))
    assert (score.right, score.silent) == (4, 2)
    assert score.faults == (
        f"{RECEIVED}.natural_person: 3 read ('3'), printed '12'",
        f"{RECEIVED}.enterprise: 12 read ('12'), printed '3'",
    )


def test_a_dropped_row_is_a_fault_of_each_of_its_fields(gold: Annotation, report: Report) -> None:
    dropped = report
    row = [f for f in PRINTED if f.startswith(RECEIVED)]
    for field_id in row:
        dropped = changed(dropped, field_id, value=None, printed="", status=Status.MISSING)
    score = compare(gold, Prediction(dropped))
    assert score.right == 6 - len(row)
    assert len(score.faults) == len(row)
    assert not score.perfect


def test_fields_that_are_not_there_at_all_are_faults(gold: Annotation, report: Report) -> None:
    score = compare(gold, Prediction(replace(report, fields=report.fields[1:])))
    assert score.right == 5
    assert score.faults == (f"{RECEIVED}.natural_person: absent, printed '12'",)


def test_a_blank_turned_to_zero_is_a_silent_error(gold: Annotation, report: Report) -> None:
    score = compare(
        gold, Prediction(changed(report, "review.upheld", value=Decimal(0), printed="0", status=Status.READ))
    )
    assert (score.right, score.silent) == (5, 1)


def test_a_zero_turned_to_blank_is_a_silent_error(gold: Annotation, report: Report) -> None:
    score = compare(gold, Prediction(changed(report, f"{RECEIVED}.other", value=None, printed="", status=Status.BLANK)))
    assert (score.right, score.silent) == (5, 1)


@pytest.mark.parametrize("status", [Status.READ, Status.CORRECTED, Status.INFERRED])
def test_a_wrong_figure_is_silent_under_every_status_that_vouches_for_it(
    gold: Annotation, report: Report, status: Status
) -> None:
    assert compare(gold, Prediction(changed(report, f"{RECEIVED}.total", value=Decimal(16), status=status))).silent == 1


def test_a_wrong_figure_for_review_is_wrong_and_not_silent(gold: Annotation, report: Report) -> None:
    score = compare(gold, Prediction(changed(report, f"{RECEIVED}.total", value=Decimal(16), status=Status.REVIEW)))
    assert (score.right, score.review, score.silent) == (5, 1, 0)


def test_a_right_guess_for_review_is_right_and_still_work(gold: Annotation, report: Report) -> None:
    score = compare(gold, Prediction(changed(report, f"{RECEIVED}.total", status=Status.REVIEW)))
    assert (score.right, score.review, score.silent) == (6, 1, 0)
    assert not score.perfect


def test_a_figure_that_the_report_does_not_print_is_a_silent_error(gold: Annotation, report: Report) -> None:
    absent = "proactive.government_procurement.items"
    score = compare(gold, Prediction(changed(report, absent, value=Decimal(1), printed="1", status=Status.READ)))
    assert (score.right, score.silent) == (5, 1)


def test_a_field_outside_the_gold_is_a_silent_error(gold: Annotation, report: Report) -> None:
    invented = Field("review.total", "总计", Decimal(0), "0", Status.READ, 0.99)
    score = compare(gold, Prediction(replace(report, fields=(*report.fields, invented))))
    assert score.silent == 1
    assert score.faults == ("review.total: 0 read, not in the report",)


@pytest.mark.parametrize(("name", "wrong"), [("organization", "别处"), ("year", 2019), ("template", "2021")])
def test_a_wrong_heading_is_a_fault(gold: Annotation, report: Report, name: str, wrong: object) -> None:
    score = compare(gold, Prediction(replace(report, **{name: wrong})))  # type: ignore[arg-type]
    assert score.heading_wrong == 1
    assert not score.perfect


def test_gold_of_a_form_that_is_not_known_has_no_sums(gold: Annotation, report: Report) -> None:
    """It ended the run."""
    unknown = replace(report, template="1999")
    score = compare(replace(gold, report=unknown), Prediction(unknown))
    assert (score.silent, score.misreads_in_sums.whole) == (0, 0)


def test_a_blank_may_be_inferred() -> None:
    inferred = Field("review.upheld", "", Decimal(0), "", Status.INFERRED, 0.99)
    assert is_right(inferred, None)
    assert not is_right(inferred, None, missing=True)


def test_decimals_are_compared_exactly(gold: Annotation, report: Report) -> None:
    gold = replace(gold, report=changed(report, f"{RECEIVED}.total", value=Decimal("0.1"), printed="0.1"))
    assert compare(gold, Prediction(changed(report, f"{RECEIVED}.total", value=Decimal("0.10")))).perfect
    assert compare(gold, Prediction(changed(report, f"{RECEIVED}.total", value=Decimal("0.1000000001")))).silent == 1


def test_scores_add(gold: Annotation, report: Report) -> None:
    wrong = changed(report, f"{RECEIVED}.total", value=Decimal(16))
    doubted = changed(report, f"{RECEIVED}.total", status=Status.REVIEW)
    both = total(compare(gold, Prediction(r)) for r in (wrong, doubted))
    assert (both.reports, both.fields, both.right, both.review, both.silent) == (2, 12, 11, 1, 1)
    assert both.faults == (f"{RECEIVED}.total: 16 read ('15'), printed '15'",)
    assert total([]) == Score()


def test_only_inconsistent_checks_speak_against_the_report(report: Report) -> None:
    checks = tuple(Check(str(verdict), "", None, verdict) for verdict in Verdict)
    assert inconsistent_totals(replace(report, checks=checks)) == {"source_inconsistent"}
