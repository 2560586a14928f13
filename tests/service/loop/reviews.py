"""Samples as documents of a service, and reviews that accept them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.document import Report
from service.context import Service
from service.loop.collection import keep
from service.store import versions
from service.store.tables import ReportRow, Review, Training
from tests.documents import SAMPLES
from tests.service.archive import document, report

WHEN = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)


SAMPLE_NAMES = ("moling-2024", "yunze-2020", "zheshui-2023")


def web_report(service: Service, sample: str, of: Report | None = None) -> int:
    """The id of a report whose document is the sample's page, read as `of` says."""
    content = (SAMPLES / sample / "report.html").read_bytes()
    service.files.put(f"documents/{sample}", content)
    with service.store.writing() as session:
        row = document(session, name=f"{sample}.html", media_type="text/html", place=f"documents/{sample}")
        return versions.save(session, row, of or report(sample), versions.Provenance()).report_id


def accepted(service: Service, report_id: int, reviewer: str = "zhang") -> int:
    """The id of a review that took the report as it is."""
    with service.store.writing() as session:
        row = session.get_one(ReportRow, report_id)
        version = versions.current(session, row)
        review = Review(report_id=report_id, version_id=version.id, reviewer=reviewer, started=WHEN, finished=WHEN)
        session.add(review)
        row.state = "accepted"
        keep(session, service.files, review, versions.report_in(version))
        return review.id


def training_row(service: Service, number: int) -> Training:
    with service.store.reading() as session:
        return session.get_one(Training, number)
