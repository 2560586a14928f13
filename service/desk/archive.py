"""Pages about the whole archive: the dashboard, a field over the years, two reports compared."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from extraction.archive.checks import check_archive, entry_of
from extraction.document import Field, Report, Status
from extraction.forms.catalogue import field_forms
from extraction.output.chinese_names import STATUSES
from service.api.reports import found
from service.context import Serving
from service.desk import statistics
from service.desk.charts import line_chart
from service.desk.rendering import page
from service.desk.titles import section_title
from service.security import Viewer
from service.store import versions
from service.store.tables import ReportRow

router = APIRouter(prefix="/desk", include_in_schema=False)

_FIRST_FIELD = "applications.received.total"
_AGENCIES_PER_PAGE = 100
_Number = Annotated[str, Query(pattern=r"^\d{0,9}$")]


@router.get("/dashboard")
def dashboard(
    service: Serving, person: Viewer, number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1
) -> HTMLResponse:
    """Progress, accuracy of the readings, failed sums, and missing years."""
    with service.store.reading() as session:
        return page(
            "dashboard.html",
            person,
            "/desk/dashboard",
            progress=statistics.progress(session),
            accuracies=statistics.accuracies(session),
            cost=statistics.cost(session),
            failed=statistics.failed(session),
            reasons=statistics.reasons(session),
            matrix=statistics.matrix(session, (number - 1) * _AGENCIES_PER_PAGE, _AGENCIES_PER_PAGE),
            number=number,
            most=_AGENCIES_PER_PAGE,
        )


@router.get("/trend")
def trend(
    service: Serving,
    person: Viewer,
    organization: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    field: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = _FIRST_FIELD,
) -> HTMLResponse:
    """A field of an agency, year by year."""
    with service.store.reading() as session:
        agencies = _agencies(session)
        chosen = organization if organization in agencies else _longest(agencies)
        by_year = {row.year or 0: _field(session, row, field) for row in agencies.get(chosen, ())}
    years = range(min(by_year), max(by_year) + 1) if by_year else ()
    values = [_valued(by_year.get(year), year in by_year) for year in years]
    return page(
        "trend.html",
        person,
        "/desk/trend",
        agencies=sorted(agencies),
        organization=chosen,
        field=field,
        fields=_fields_by_section(),
        label=field_forms()[field].label if field in field_forms() else field,
        chart=line_chart(years, values) if years else None,
    )


@router.get("/compare")
def compare(
    service: Serving, person: Viewer, one: _Number = "", other: _Number = "", every: Annotated[bool, Query()] = False
) -> HTMLResponse:
    """Two reports compared, and the carry-over from the first year to the second."""
    with service.store.reading() as session:
        rows = session.scalars(select(ReportRow).order_by(ReportRow.organization, ReportRow.year, ReportRow.id)).all()
        chosen = [_report(session, number) for number in (one, other) if number]
    pair = chosen if len(chosen) == 2 else []
    if pair and (pair[0].year or 0) > (pair[1].year or 0):
        pair, one, other = pair[::-1], other, one
    return page(
        "compare.html",
        person,
        "/desk/compare",
        rows=rows,
        one=one,
        other=other,
        every=every,
        pair=pair,
        sections=_differences(pair, every) if pair else [],
        checks=check_archive([entry_of(report) for report in pair]) if pair else (),
    )


def _agencies(session: Session) -> dict[str, list[ReportRow]]:
    """The reports with a year of each named agency."""
    dated = (ReportRow.organization.is_not(None), ReportRow.year.is_not(None))
    rows = select(ReportRow).where(*dated).order_by(ReportRow.year, ReportRow.id)
    return statistics.reports_of_agencies(session.scalars(rows))


def _longest(agencies: dict[str, list[ReportRow]]) -> str:
    return max(agencies, key=lambda name: len(agencies[name]), default="")


def _report(session: Session, number: str) -> Report:
    row, _ = found(session, int(number))
    return versions.report_in(versions.current(session, row))


def _field(session: Session, row: ReportRow, field_id: str) -> Field | None:
    report = versions.report_in(versions.current(session, row))
    return next((f for f in report.fields if f.id == field_id), None)


def _valued(field: Field | None, reported: bool) -> tuple[Decimal | None, str, bool]:
    """A field as a point of a chart: its value, why it has none, and whether its status is review."""
    if not reported:
        return None, "缺年报", False
    if field is None:
        return None, "版式无此项", False
    for_review = field.status is Status.REVIEW
    return field.value, STATUSES[field.status] if field.value is None or for_review else "", for_review


def _fields_by_section() -> list[tuple[str, list[tuple[str, str]]]]:
    sections: dict[str, list[tuple[str, str]]] = {}
    for form in field_forms().values():
        sections.setdefault(form.block.section, []).append((form.id, form.label))
    return [(section_title(section), fields) for section, fields in sections.items()]


def _differences(pair: list[Report], every: bool) -> list[tuple[str, list[dict[str, Any]]]]:
    """The fields of both reports by section: those that differ, or all that either has."""
    one, other = ({f.id: f for f in report.fields} for report in pair)
    sections: dict[str, list[dict[str, Any]]] = {}
    for form in field_forms().values():
        before, after = one.get(form.id), other.get(form.id)
        if before is None and after is None:
            continue
        values = [None if field is None else field.value for field in (before, after)]
        differs = values[0] != values[1]
        if not (differs or every):
            continue
        change = None if None in values else (values[1] or Decimal(0)) - (values[0] or Decimal(0))
        line = {"label": form.label, "before": before, "after": after, "differs": differs, "change": change}
        sections.setdefault(form.block.section, []).append(line)
    return [(section_title(section), lines) for section, lines in sections.items()]
