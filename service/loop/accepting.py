"""The end of a review: the draft becomes a version and an annotation, and what it cost and found is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from extraction.text.narrative import with_agreement
from service.files import Files
from service.loop import collection
from service.review.actions import Refused
from service.review.found import found
from service.review.reviewed import reviewed
from service.store import drafts, leases, reports, versions
from service.store.tables import Document, ReportRow, Review, now


@dataclass(frozen=True, slots=True)
class Cost:
    """What a review took: keys pressed, and seconds in which somebody was at work."""

    keystrokes: int
    seconds: float


def accept(session: Session, files: Files, row: ReportRow, document: Document, user: str, cost: Cost) -> Review:
    """Make a version of what the reviewer left, the current one from now on, and an annotation of it.

    Raises `Refused` where something is still open.
    """
    session.execute(select(ReportRow.id).where(ReportRow.id == row.id).with_for_update())
    before = versions.current(session, row)
    read = versions.report_in(before)
    kept = drafts.rows(session, row.id)
    outcome = reviewed(read, drafts.actions(kept))
    if not outcome.finished:
        raise Refused(
            f"尚未完成：须核对 {len(outcome.open_fields)} 格，勾稽待确认 {len(outcome.open_checks)} 条"
            + ("" if outcome.accepted_all else "，可信单元格未接受")
        )
    report = with_agreement(outcome.report)
    version = versions.save(session, document, report, versions.Making(kind=versions.REVIEWED, author=user))
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
        # What a person has left says nothing of how right the reading was.
        found={} if before.kind == versions.REVIEWED else found(read, report),
    )
    session.add(review)
    collection.keep(session, files, review, report)
    drafts.forget(session, row.id)
    leases.release(session, row.id, user)
    session.flush()
    return review
