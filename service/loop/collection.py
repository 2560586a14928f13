"""Annotations that reviews have made: kept beside the documents, and laid out as a data set for training and export."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotations.store import Annotation, annotation_path, dump_annotation, load_annotation
from extraction.document import Report
from service.files import Files
from service.loop.annotation import Reviewing, annotation_of, document_name
from service.store.tables import Document, ReportRow, Review


def keep(session: Session, files: Files, review: Review, report: Report) -> Annotation:
    """Keep the annotation of a review that is being accepted, `report` being what was accepted."""
    annotation = annotation_of(report, Reviewing(review.reviewer, review.finished))
    session.flush()  # a new review has its id then
    review.annotation = f"annotations/{annotation.id}/{review.id}.json"
    files.put(review.annotation, dump_annotation(annotation).encode())
    return annotation


def read(files: Files, review: Review) -> Annotation | None:
    """The annotation of a review, None where it has none or it is gone."""
    content = files.get(review.annotation) if review.annotation else None
    return None if content is None else load_annotation(content.decode())


def latest(session: Session) -> Sequence[tuple[Review, Document]]:
    """The last review of each report that has an annotation, with its document; those deleted since are left out."""
    last = select(func.max(Review.id)).where(Review.annotation.is_not(None)).group_by(Review.report_id)
    found = (
        select(Review, Document)
        .join(ReportRow, ReportRow.id == Review.report_id)
        .join(Document, Document.id == ReportRow.document_id)
        .where(Review.id.in_(last), Document.deleted.is_(None))
        .order_by(Review.id)
    )
    return [(review, document) for review, document in session.execute(found)]


def keys_of(session: Session, document: Document) -> list[str]:
    """The keys of all annotations of a document."""
    of_document = select(Review.annotation).join(ReportRow, ReportRow.id == Review.report_id)
    found = session.scalars(of_document.where(ReportRow.document_id == document.id, Review.annotation.is_not(None)))
    return [key for key in found if key]


def lay_out(files: Files, found: Sequence[tuple[Review, Document]], folder: Path) -> Iterator[Review]:
    """Write the annotations with their documents as a data set; the reviews that it holds."""
    for review, document in found:
        annotation = read(files, review)
        if annotation is None:
            continue
        path = annotation_path(folder, annotation.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        copy_out(files, document.place, path.parent / document_name(annotation))
        path.write_text(dump_annotation(annotation), encoding="utf-8")
        yield review


def copy_out(files: Files, key: str, target: Path) -> None:
    """A copy of what is kept under a key. Raises FileNotFoundError."""
    with files.path(key).open("rb") as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
