"""Endpoints that export all reports that match as one CSV file, one workbook, or JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from extraction.document import Report
from extraction.exports.workbook import MAX_REPORTS
from extraction.output.report_json import load_report
from service import report_tables
from service.api.reports import Wanted
from service.api.shapes import refusals
from service.context import Service, Serving
from service.problems import Problem
from service.security import Viewer
from service.store import reports, versions

router = APIRouter(prefix="/api/exports", tags=["exports"])

_REPORTS_IN_MEMORY = 50


@router.get("/fields.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}, **refusals()})
def export_csv(
    service: Serving,
    _: Viewer,
    query: Wanted,
    bom: Annotated[bool, Query(description="for Excel: marked as UTF-8, no text taken for a formula")] = False,
) -> Response:
    """A row for each field of all reports that match."""
    return report_tables.csv(_matching(service, query), "fields", for_excel=bom)


@router.get(
    "/reports.xlsx", response_class=Response, responses={200: {"content": {report_tables.XLSX: {}}}, **refusals(413)}
)
def export_workbook(service: Serving, _: Viewer, query: Wanted) -> Response:
    """A sheet for each report that matches, up to a thousand."""
    with service.store.reading() as session:
        count, _none = reports.find(session, query, limit=1)
    if count > MAX_REPORTS:
        raise Problem(413, f"a workbook holds {MAX_REPORTS} reports, not {count:,}: narrow the search")
    return report_tables.workbook(_matching(service, query), "reports")


@router.get(
    "/reports.jsonl",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}, **refusals()},
)
def export_lines(service: Serving, _: Viewer, query: Wanted) -> StreamingResponse:
    """A line of JSON, as of the interface contract, for each report that matches."""
    lines = (" ".join(text.split("\n")).strip() + "\n" for text in _texts(service, query))
    return StreamingResponse(lines, media_type="application/x-ndjson")


def _matching(service: Service, query: reports.Query) -> Iterator[Report]:
    return (load_report(text) for text in _texts(service, query))


def _texts(service: Service, query: reports.Query) -> Iterator[str]:
    """The JSON of every report that matches, fetched in batches: an archive may not fit in memory."""
    with service.store.reading() as session:
        ids = reports.ids(session, query)
    for start in range(0, len(ids), _REPORTS_IN_MEMORY):
        with service.store.reading() as session:
            found = versions.current_of(session, ids[start : start + _REPORTS_IN_MEMORY])
        yield from map(versions.text_of, found)
