"""Take uploaded files into the store with a job each, and delete documents with all that belongs to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError

from extraction.errors import InputError
from service.context import Service
from service.loop import collection
from service.problems import Problem
from service.security.uploads import Received, received, shown_name
from service.store import documents, jobs
from service.store.tables import Document, Job, now


def take(
    service: Service, files: Iterable[tuple[BinaryIO, str]], by: str, batch: str
) -> tuple[list[int], list[tuple[str, str]]]:
    """Store uploaded files and queue a job for each.

    A file is taken once it is on the disk and its job in the queue; it is then read even if the service is killed.

    Args:
        files: content and name of each upload.
        by: name of the person who uploads.
        batch: id of the upload, 16 hexadecimal digits.

    Returns:
        The ids of the documents, known ones included, and (name, reason) of each file that was refused.
    """
    taken, refused = list[int](), list[tuple[str, str]]()
    for source, name in files:
        try:
            with received(source, name, service.reading.ingest) as file:
                taken.append(_take(service, file, by, batch))
        except InputError as error:
            refused.append((shown_name(name), str(error)))
    service.new_jobs.set()
    return list(dict.fromkeys(taken)), refused


def _take(service: Service, file: Received, by: str, batch: str) -> int:
    place = service.files.put_document(file.path, file.sha256)
    try:
        document_id, is_new = _recorded(service, file, place, by, batch)
    except IntegrityError:  # the same content was uploaded at the same time
        document_id, is_new = _recorded(service, file, place, by, batch)
    if not is_new:
        service.files.remove(place)
    return document_id


def _recorded(service: Service, file: Received, place: str, by: str, batch: str) -> tuple[int, bool]:
    """The id of the file's document and whether it is new. A known document gets a job if its last one failed."""
    with service.store.writing() as session:
        document = documents.known(session, file.sha256)
        if document is not None:
            last: Job | None = jobs.latest(session, [document.id]).get(document.id)
            if last is None or last.state == jobs.FAILED:
                jobs.add(session, document, batch)
            return document.id, False
        document = Document(
            sha256=file.sha256,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            place=place,
            uploaded_by=by,
            created=now(),
        )
        session.add(document)
        session.flush()
        jobs.add(session, document, batch)
        return document.id, True


def delete(service: Service, document_id: int) -> None:
    """Delete a document with its report, then their files. Raises Problem 404."""
    with service.store.writing() as session:
        document = documents.get(session, document_id)
        if document is None:
            raise Problem(404, f"document {document_id} does not exist")
        annotations = collection.keys_of(session, document)
        documents.delete(session, document)
    for key in (document.place, *annotations):
        service.files.remove(key)
    service.pictures.forget(document)
