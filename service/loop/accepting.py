"""Accept a review: its draft becomes a version and an annotation, and its cost and accuracy are recorded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from extraction.text.narrative import with_agreement
from service.files import Files
from service.loop import collection
from service.review.accuracy import count_right_cells
from service.review.actions import Refused
from service.review.replay import replay
from service.store import drafts, leases, reports, versions
from service.store.tables import Document, ReportRow, Review, now


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a review: keys pressed, and seconds of activity."""

    keystrokes: int
    seconds: float


def accept(session: Session, files: Files, row: ReportRow, document: Document, user: str, cost: Cost) -> Review:
    """Save the reviewed report as the current version and as an annotation. Raises `Refused` if decisions are left."""
    session.execute(select(ReportRow.id).where(ReportRow.id == row.id).with_for_update())
    before = versions.current(session, row)
    read = versions.report_in(before)
    kept = drafts.rows(session, row.id)
    outcome = replay(read, drafts.actions(kept))
    if not outcome.finished:
        raise Refused(
            f"尚未完成：须核对 {len(outcome.open_fields)} 格，勾稽待确认 {len(outcome.open_checks)} 条"
            + ("" if outcome.accepted_all else "，可信单元格未接受")
        )
    report = with_agreement(outcome.report)
    version = versions.save(session, document, report, versions.Provenance(kind=versions.REVIEWED, author=user))
    row.state = reports.ACCEPTED
    review = Review(
        report_id=row.id,
        version_id=version.id,
        reviewer=user,
        started=kept[0].at,
        finished=now(),
        keystrokes=cost.keystrokes,
        seconds=cost.seconds,
        cells=len(outcome.decided),
        # A second review says nothing about the accuracy of the reading.
        found={} if before.kind == versions.REVIEWED else count_right_cells(read, report),
    )
    session.add(review)
    collection.keep(session, files, review, report)
    drafts.forget(session, row.id)
    leases.release(session, row.id, user)
    session.flush()
    return review
