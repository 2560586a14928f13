"""Queries for uploaded documents."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.tables import Document, Job, ReportRow, now


def known(session: Session, sha256: str) -> Document | None:
    """The document with this content, None if it was never uploaded or was deleted."""
    return session.scalar(select(Document).where(Document.sha256 == sha256, Document.deleted.is_(None)))


def get(session: Session, document_id: int) -> Document | None:
    """The document, None if it does not exist or was deleted."""
    document = session.get(Document, document_id)
    return None if document is None or document.deleted else document


def listed(session: Session, limit: int, offset: int) -> tuple[int, Sequence[Document]]:
    """How many documents there are, and a page of them, newest first."""
    there = Document.deleted.is_(None)
    count = session.scalar(select(func.count()).select_from(Document).where(there)) or 0
    page = select(Document).where(there).order_by(Document.id.desc()).limit(limit).offset(offset)
    return count, session.scalars(page).all()


def delete(session: Session, document: Document) -> None:
    """Delete a document's report with all that belongs to it, and its jobs; the document's row stays, marked deleted.

    The jobs are locked first, so that one that is ending has saved its report before, or saves none.
    """
    of_document = select(Job).where(Job.document_id == document.id).order_by(Job.id).with_for_update()
    own = session.scalars(of_document).all()
    for report in session.scalars(select(ReportRow).where(ReportRow.document_id == document.id)):
        session.delete(report)
    for job in own:
        session.delete(job)
    document.deleted = now()
