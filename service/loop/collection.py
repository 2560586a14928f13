"""Store the annotations of reviews beside the documents, and write them as a data set for training and export."""

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
    """Store the annotation of a review that is being accepted with this report."""
    annotation = annotation_of(report, Reviewing(review.reviewer, review.finished))
    session.flush()  # gives a new review its id
    review.annotation = f"annotations/{annotation.id}/{review.id}.json"
    files.put(review.annotation, dump_annotation(annotation).encode())
    return annotation


def read(files: Files, review: Review) -> Annotation | None:
    """The annotation of a review, None where it has none or its file is missing."""
    content = files.get(review.annotation) if review.annotation else None
    return None if content is None else load_annotation(content.decode())


def latest(session: Session) -> Sequence[tuple[Review, Document]]:
    """The last annotated review of each report with its document, without deleted documents."""
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
    """The file keys of all annotations of a document."""
    of_document = select(Review.annotation).join(ReportRow, ReportRow.id == Review.report_id)
    found = session.scalars(of_document.where(ReportRow.document_id == document.id, Review.annotation.is_not(None)))
    return [key for key in found if key]


def lay_out(files: Files, found: Sequence[tuple[Review, Document]], folder: Path) -> Iterator[Review]:
    """Write annotations with their documents as a data set, and yield the reviews that were written."""
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
    """Copy the content under a key to a file. Raises FileNotFoundError."""
    with files.path(key).open("rb") as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
