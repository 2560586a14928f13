"""An accepted report as gold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from hypothesis import given
from hypothesis import strategies as st

from annotations.store import dump_annotation, load_annotation
from annotations.validation.constraints import findings_in
from extraction.document import Status
from extraction.doubts import DoubtCode, doubt
from service.loop.annotation import Reviewing, annotation_of
from tests.service.archive import report
from tests.service.loop.reviews import SAMPLE_NAMES, WHEN


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_an_accepted_report_is_gold_with_its_reviewer_and_time(sample: str) -> None:
    gold = annotation_of(report(sample), Reviewing("张三", WHEN))
    assert list(findings_in(gold)) == []
    assert (gold.facts["reviewer"], gold.facts["reviewed"]) == ("张三", "2026-03-02T08:15:00+00:00")
    assert [(f.id, f.value, f.status) for f in gold.report.fields] == [
        (f.id, f.value, f.status) for f in report(sample).fields
    ]
    assert load_annotation(dump_annotation(gold)) == gold


def test_what_nobody_has_read_is_no_gold() -> None:
    first, second, third, *rest = report().fields
    unsure = doubt(DoubtCode.LOW_PROBABILITY)
    of = replace(
        report(),
        fields=(
            replace(first, status=Status.CORRECTED, reading="7", confidence=0.98, doubts=unsure),
            replace(second, status=Status.INFERRED, printed="", confidence=0.98),
            replace(third, status=Status.MISSING, printed="12"),
            *rest,
        ),
    )
    gold = annotation_of(of, Reviewing("张三", WHEN))
    fields = gold.report.fields
    assert [f.status for f in fields[:3]] == [Status.READ, Status.REVIEW, Status.MISSING]
    assert (fields[0].reading, fields[0].confidence, fields[0].doubts) == (None, 1.0, ())
    assert (fields[2].value, fields[2].printed, fields[2].box) == (None, "", None)
    assert f"unsure {second.id}" in gold.facts
    assert {finding.kind for finding in findings_in(gold)} == {"open"}


@given(st.text("张三a ", min_size=1, max_size=20), st.datetimes(timezones=st.just(UTC)))
def test_an_annotation_comes_back_as_it_was_kept(reviewer: str, when: datetime) -> None:
    gold = annotation_of(report(), Reviewing(reviewer, when))
    assert load_annotation(dump_annotation(gold)) == gold
