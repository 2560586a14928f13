"""Endpoints that upload, list, fetch, read again and delete documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Query, Response, UploadFile
from sqlalchemy.orm import Session

from service import uploads
from service.api.shapes import Documents, DocumentShape, Id, Refusal, Upload, refusals
from service.context import Serving
from service.problems import Problem
from service.security import Admin, Reviewer, Viewer
from service.store import documents, jobs, reports
from service.store.tables import Document

router = APIRouter(prefix="/api/documents", tags=["documents"])


@router.post("", status_code=202, responses=refusals(413, 503))
def upload(files: list[UploadFile], service: Serving, person: Reviewer) -> Upload:
    """Upload one report or many. They are read one after another; the batch tells the progress.

    A file that was uploaded before is read again only if its last job failed. Files of a format that Gouji cannot read
    are refused by their content. The answer is 202 if at least one file was taken.
    """
    settings = service.settings
    if len(files) > settings.upload_files:
        raise Problem(413, f"{len(files)} files are more than service.upload_files = {settings.upload_files} at once")
    with service.store.reading() as session:
        if jobs.counts(session)[jobs.WAITING] >= settings.waiting_jobs:
            raise Problem(
                503, "too many documents are waiting to be read; try again in a minute", {"Retry-After": "60"}
            )
    batch = uuid4().hex[:16]
    taken, refused = uploads.take(service, ((f.file, f.filename or "") for f in files), person.name, batch)
    if not taken:
        raise Problem(422, "; ".join(f"{name}: {error}" for name, error in refused) or "the request has no file")
    with service.store.reading() as session:
        shapes = _with_jobs(session, [documents.get(session, document_id) for document_id in taken])
    return Upload(batch=batch, documents=shapes, refused=[Refusal(name=n, error=e) for n, e in refused])


@router.get("", responses=refusals())
def list_documents(
    service: Serving,
    _: Viewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Documents:
    """All documents, the newest first."""
    with service.store.reading() as session:
        count, found = documents.listed(session, limit, offset)
        return Documents(count=count, documents=_with_jobs(session, found))


@router.get("/{document_id}", responses=refusals(404))
def get_document(document_id: Id, service: Serving, _: Viewer) -> DocumentShape:
    """One document, with its newest job."""
    with service.store.reading() as session:
        return _with_jobs(session, [_found(session, document_id)])[0]


@router.get(
    "/{document_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **refusals(404)},
)
def get_file(document_id: Id, service: Serving, _: Viewer) -> Response:
    """The file as it was uploaded, as a download: no browser opens it as a page of this service."""
    with service.store.reading() as session:
        document = _found(session, document_id)
    content = service.files.get(document.place)
    if content is None:
        raise Problem(404, f"the file of document {document_id} is missing from the file store")
    named = f"attachment; filename*=UTF-8''{quote(document.name, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": named})


@router.post("/{document_id}/jobs", status_code=202, responses=refusals(404, 409))
def read_again(document_id: Id, service: Serving, _: Reviewer) -> DocumentShape:
    """Read a document again with the present weights and settings. Its report gets a new version, which becomes
    the current one unless a reviewer has accepted the report or is reviewing it."""
    with service.store.writing() as session:
        document = _found(session, document_id)
        newest = jobs.latest(session, [document_id]).get(document_id)
        if newest is not None and newest.state in (jobs.WAITING, jobs.RUNNING):
            raise Problem(409, f"document {document_id} is already queued or being read")
        jobs.add(session, document, uuid4().hex[:16])
        shape = _with_jobs(session, [document])[0]
    service.new_jobs.set()
    return shape


@router.delete("/{document_id}", status_code=204, response_class=Response, responses=refusals(404))
def delete_document(document_id: Id, service: Serving, _: Admin) -> None:
    """Delete a document with its report, all versions of it, its pictures and its file."""
    uploads.delete(service, document_id)


def _found(session: Session, document_id: int) -> Document:
    document = documents.get(session, document_id)
    if document is None:
        raise Problem(404, f"document {document_id} does not exist")
    return document


def _with_jobs(session: Session, found: Sequence[Document | None]) -> list[DocumentShape]:
    ids = [document.id for document in found if document is not None]
    newest, of_report = jobs.latest(session, ids), reports.ids_of_documents(session, ids)
    return [DocumentShape.of(d, newest.get(d.id), of_report.get(d.id)) for d in found if d is not None]
