"""Endpoints that find reports and fetch them as JSON, CSV or workbook, their versions, pages and cells."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from extraction.doubts import DoubtCode
from service import report_tables
from service.api.shapes import Change, Id, PageShape, Reports, ReportShape, VersionShape, refusals
from service.context import Service, Serving
from service.problems import Problem
from service.security import Viewer
from service.store import reports, versions
from service.store.tables import Document, ReportRow, Version

router = APIRouter(prefix="/api/reports", tags=["reports"])

_Number = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="number of a version; the current one by default")
]
_Text = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


async def wanted(
    text: Annotated[_Text, Query(description="part of the organization, the title or the file's name")] = None,
    organization: _Text = None,
    year: Annotated[int | None, Query(ge=1900, le=2999)] = None,
    template: Literal["2019", "2021"] | None = None,
    state: Literal["converted", "accepted"] | None = None,
    to_review: Annotated[bool | None, Query(description="whether fields have status review")] = None,
    failed_checks: Annotated[bool | None, Query(description="whether sums do not hold")] = None,
    check: Annotated[_Text, Query(description="id of a sum that does not hold")] = None,
    field: Annotated[_Text, Query(description="id of a field with status review")] = None,
    reason: Annotated[DoubtCode | None, Query(description="code of a doubt about a field with status review")] = None,
) -> reports.Query:
    """The filters of a request; None filters nothing."""
    return reports.Query(text, organization, year, template, state, to_review, failed_checks, check, field, reason)


Wanted = Annotated[reports.Query, Depends(wanted)]


@router.get("", responses=refusals())
async def list_reports(
    service: Serving,
    _: Viewer,
    query: Wanted,
    order: Literal["newest", "gain", "year", "organization"] = "newest",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Reports:
    """The reports that match. `gain` sorts by the errors that a minute of review is expected to remove."""
    count, found = await service.store.read_inline(_page, service, query, order, limit, offset)
    return Reports(count=count, reports=[ReportShape.model_validate(told) for told in found])


@router.get("/{report_id}", responses=refusals(404))
async def get_report(report_id: Id, service: Serving, _: Viewer) -> ReportShape:
    """The summary of a report."""
    told = await service.store.read_inline(_told, service, report_id)
    if told is None:
        raise Problem(404, f"report {report_id} does not exist")
    return ReportShape.model_validate(told)


@router.get(
    "/{report_id}/json",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}, **refusals(404)},
)
async def get_json(report_id: Id, service: Serving, _: Viewer, version: _Number = None) -> Response:
    """The report with all fields, sums and texts, as JSON of the interface contract."""
    return Response(await service.store.read_inline(_text, service, report_id, version), media_type="application/json")


@router.get(
    "/{report_id}/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}, **refusals(404)}
)
def get_csv(
    report_id: Id,
    service: Serving,
    _: Viewer,
    version: _Number = None,
    bom: Annotated[bool, Query(description="for Excel: marked as UTF-8, no text taken for a formula")] = False,
) -> Response:
    """The report's fields, a row each."""
    with service.store.reading() as session:
        report = versions.report_in(_version(session, report_id, version))
    return report_tables.csv([report], f"report-{report_id}", for_excel=bom)


@router.get(
    "/{report_id}/xlsx",
    response_class=Response,
    responses={200: {"content": {report_tables.XLSX: {}}}, **refusals(404)},
)
def get_workbook(report_id: Id, service: Serving, _: Viewer, version: _Number = None) -> Response:
    """The national form filled in, with fields for review coloured."""
    with service.store.reading() as session:
        report = versions.report_in(_version(session, report_id, version))
    return report_tables.workbook([report], f"report-{report_id}")


@router.get("/{report_id}/versions", responses=refusals(404))
def list_versions(report_id: Id, service: Serving, _: Viewer) -> list[VersionShape]:
    """All versions, oldest first."""
    with service.store.reading() as session:
        row, _document = found(session, report_id)
        return [VersionShape.of(version, row.version_id) for version in versions.listed(session, report_id)]


@router.get("/{report_id}/changes", responses=refusals(404))
def list_changes(
    report_id: Id,
    service: Serving,
    _: Viewer,
    before: Annotated[int, Query(ge=1, le=2**31 - 1)],
    after: _Number = None,
) -> list[Change]:
    """The fields that differ between two versions."""
    with service.store.reading() as session:
        old, new = (versions.report_in(_version(session, report_id, number)) for number in (before, after))
    return [Change(field_id=i, before=was, after=now) for i, was, now in versions.changes(old, new)]


@router.get("/{report_id}/pages", responses=refusals(404))
def list_pages(report_id: Id, service: Serving, _: Viewer) -> list[PageShape]:
    """The pages with their sizes in points; none for formats without pages."""
    sizes = service.pictures.sizes(_document(service, report_id))
    return [PageShape(number=number, width=width, height=height) for number, (width, height) in enumerate(sizes, 1)]


@router.get(
    "/{report_id}/pages/{number}.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, **refusals(404)},
)
def get_page(report_id: Id, number: Id, service: Serving, _: Viewer, request: Request) -> Response:
    """A page as the file shows it."""
    picture = service.pictures.page(_document(service, report_id), number)
    if picture is None:
        raise Problem(404, f"report {report_id} has no page {number}")
    return _picture(picture, "image/jpeg", request)


@router.get(
    "/{report_id}/crops/{field_id}.png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **refusals(404)},
)
def get_crop(
    report_id: Id,
    field_id: str,
    service: Serving,
    _: Viewer,
    request: Request,
    version: _Number = None,
    margin: Annotated[float, Query(ge=0, le=200, allow_inf_nan=False, description="points around the cell")] = 4.0,
) -> Response:
    """The cell that a field was read from."""
    with service.store.reading() as session:
        _row, document = found(session, report_id)
        report = versions.report_in(_version(session, report_id, version))
    field = next((f for f in report.fields if f.id == field_id), None)
    if field is None or field.page is None or field.box is None:
        raise Problem(404, f"field {field_id} of report {report_id} has no place on a page")
    picture = service.pictures.crop(document, field.page, field.box, margin)
    if picture is None:
        raise Problem(404, f"report {report_id} has no page {field.page}")
    return _picture(picture, "image/png", request)


def _picture(content: bytes, media_type: str, request: Request) -> Response:
    """A picture, or 304 where the browser has it. It must ask every time, as another version has other cells."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(content, media_type=media_type, headers={"ETag": tag})


def _page(
    service: Service, query: reports.Query, order: str, limit: int, offset: int
) -> tuple[int, list[reports.ReportSummary]]:
    with service.store.reading() as session:
        return reports.find(session, query, order, limit, offset)


def _told(service: Service, report_id: int) -> reports.ReportSummary | None:
    with service.store.reading() as session:
        return reports.summary(session, report_id)


def _text(service: Service, report_id: int, number: int | None) -> str:
    with service.store.reading() as session:
        if number is None and (text := versions.current_text(session, report_id)) is not None:
            return text
        return versions.text_of(_version(session, report_id, number))


def found(session: Session, report_id: int) -> tuple[ReportRow, Document]:
    """A report and its document. Raises Problem 404."""
    row = reports.get(session, report_id)
    document: Any = row and session.get(Document, row.document_id)
    if row is None or document is None:
        raise Problem(404, f"report {report_id} does not exist")
    return row, document


def _document(service: Service, report_id: int) -> Document:
    with service.store.reading() as session:
        return found(session, report_id)[1]


def _version(session: Session, report_id: int, number: int | None) -> Version:
    if number is not None:
        version = versions.numbered(session, report_id, number)
    else:
        version = next(iter(versions.current_of(session, [report_id])), None)
    if version is None:
        raise Problem(404, f"report {report_id} does not exist, or has no version {number}")
    return version
