"""Reports of the samples in a service's store, and files that are quickly read."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from annotations.store import read_gold
from extraction.document import Report, Status, Verdict
from extraction.doubts import Doubts
from service.store import jobs, versions
from service.store.tables import Document, now
from tests.documents import SAMPLES

SAMPLE = "moling-2024"


@cache
def report(sample: str = SAMPLE) -> Report:
    """A sample's gold, whose figures are all sure."""
    return read_gold(SAMPLES / sample / "gold.json").report


def unsure(of: Report, *field_ids: str, doubts: Doubts = ()) -> Report:
    """The report with these fields for review, in doubt for these reasons."""
    changed = {"status": Status.REVIEW, "confidence": 0.5, "doubts": doubts}
    return replace(of, fields=tuple(replace(f, **changed) if f.id in field_ids else f for f in of.fields))


def failing(of: Report, check_id: str) -> Report:
    """The report with a sum that does not hold."""
    checks = (
        replace(c, holds=False, verdict=Verdict.UNRESOLVED) if c.id == check_id else replace(c, verdict=Verdict.HOLDS)
        for c in of.checks
    )
    return replace(of, checks=tuple(checks))


def document(session: Session, **changes: Any) -> Document:
    """A document that nothing lies behind."""
    sha256 = uuid4().hex * 2
    given = {
        "sha256": sha256,
        "name": "a.pdf",
        "media_type": "application/pdf",
        "size": 1,
        "place": f"documents/{sha256}",
    }
    row = Document(**{**given, "uploaded_by": "local", "created": now(), **changes})
    session.add(row)
    session.flush()
    return row


def job(session: Session, **changes: Any) -> int:
    """The id of a new job for a new document."""
    return jobs.add(session, document(session, **changes), uuid4().hex[:16]).id


def stored(session: Session, of: Report, **changes: Any) -> int:
    """The id of a report with one version."""
    return versions.save(session, document(session, **changes), of, versions.Provenance()).report_id


def page_of_html(mark: object) -> bytes:
    """A sample as HTML, which is read in a moment; another file for every mark."""
    return (SAMPLES / SAMPLE / "report.html").read_bytes() + f"<!-- {mark} -->".encode()
