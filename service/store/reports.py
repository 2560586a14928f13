"""Queries for reports: by organization, year, state, fields for review and failed sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import Session

from service.store.tables import Document, Draft, Finding, Lease, ReportRow, Version, now

CONVERTED, ACCEPTED = "converted", "accepted"
FIELD, CHECK = "field", "check"
_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (ReportRow.id.desc(),),
    "gain": (ReportRow.gain.desc(), ReportRow.id),
    "year": (ReportRow.year.desc(), ReportRow.organization, ReportRow.id),
    "organization": (ReportRow.organization, ReportRow.year, ReportRow.id),
}
ORDERS = tuple(_ORDERS)
"""Orders of a list of reports; `gain` is the order of the desk's queue."""


@dataclass(frozen=True, slots=True)
class Query:
    """The filters of a search; None filters nothing."""

    text: str | None = None  # part of the organization, the title or the file's name
    organization: str | None = None
    year: int | None = None
    template: str | None = None
    state: str | None = None
    to_review: bool | None = None  # whether fields have status review
    failed_checks: bool | None = None  # whether sums do not hold
    check: str | None = None  # id of a sum that does not hold
    field: str | None = None  # id of a field with status review
    reason: str | None = None  # code of a doubt about a field with status review


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report's row with its document's name and its current version's number."""

    id: int
    document_id: int
    organization: str | None
    year: int | None
    template: str | None
    title: str | None
    state: str
    to_review: int
    failed_checks: int
    minutes: float
    gain: float
    revision: int
    created: datetime
    changed: datetime
    document: str
    version: int


_SUMMARIES = (
    select(
        *(getattr(ReportRow, field.name) for field in fields(ReportSummary)[:-2]),
        Document.name.label("document"),
        Version.number.label("version"),
    )
    .join(Document, Document.id == ReportRow.document_id)
    .join(Version, Version.id == ReportRow.version_id)
)
_SUMMARY = _SUMMARIES.where(
    ReportRow.id == bindparam("report_id")
)  # built once: building it takes as long as executing it


def get(session: Session, report_id: int) -> ReportRow | None:
    """The report with this id, None if it does not exist."""
    return session.get(ReportRow, report_id)


def of_document(session: Session, document_id: int) -> ReportRow | None:
    """The report of a document, None before it was read."""
    return session.scalar(select(ReportRow).where(ReportRow.document_id == document_id))


def summary(session: Session, report_id: int) -> ReportSummary | None:
    """The summary of a report by a single query, since it is the most frequent request; None if it does not exist."""
    found = session.execute(_SUMMARY, {"report_id": report_id}).one_or_none()
    return None if found is None else ReportSummary(**found._mapping)


def ids_of_documents(session: Session, document_ids: Sequence[int]) -> dict[int, int]:
    """The report's id of each of these documents that has been read."""
    found = select(ReportRow.document_id, ReportRow.id).where(ReportRow.document_id.in_(document_ids))
    return dict(session.execute(found).all())


def may_be_replaced(session: Session, document_id: int) -> bool:
    """Whether a new version may become the current one: nobody has accepted the report, and nobody is reviewing it.

    The report is locked, so that this holds until the session ends: whoever starts a review waits.
    """
    of = select(ReportRow).where(ReportRow.document_id == document_id).with_for_update()
    row = session.scalar(of.execution_options(populate_existing=True))
    if row is None:
        return True
    has_draft = exists().where(Draft.report_id == row.id)
    is_held = exists().where(Lease.report_id == row.id, Lease.until > now())
    return row.state == CONVERTED and not session.scalar(select(has_draft | is_held))


def next_for_review(session: Session, user: str) -> int | None:
    """The id of the report with the highest gain that has a national form and that nobody else holds, or None."""
    held_by_another = exists().where(Lease.report_id == ReportRow.id, Lease.user != user, Lease.until > now())
    wanted = (ReportRow.state == CONVERTED, ReportRow.template.is_not(None), ~held_by_another)
    return session.scalar(select(ReportRow.id).where(*wanted).order_by(*_ORDERS["gain"]).limit(1))


def find(
    session: Session, query: Query, order: str = "newest", limit: int = 100, offset: int = 0
) -> tuple[int, list[ReportSummary]]:
    """How many reports match, and a page of them."""
    wanted = _conditions(query)
    joined = select(func.count()).select_from(ReportRow).join(Document, Document.id == ReportRow.document_id)
    count = session.scalar(joined.where(*wanted)) or 0
    rows = _SUMMARIES.where(*wanted).order_by(*_ORDERS[order]).limit(limit).offset(offset)
    return count, [ReportSummary(**row._mapping) for row in session.execute(rows)]


def ids(session: Session, query: Query) -> list[int]:
    """The ids of all reports that match, by organization and year."""
    rows = select(ReportRow.id).join(Document, Document.id == ReportRow.document_id).where(*_conditions(query))
    return list(session.scalars(rows.order_by(ReportRow.organization, ReportRow.year, ReportRow.id)))


def reasons(session: Session, report_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """How many fields with status review each doubt concerns, by report and code of the doubt."""
    wanted = (Finding.kind == FIELD, Finding.report_id.in_(report_ids), Finding.reasons != "")
    counts: dict[int, Counter[str]] = {}
    for report_id, codes in session.execute(select(Finding.report_id, Finding.reasons).where(*wanted)):
        counts.setdefault(report_id, Counter()).update(codes.split())
    return counts


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    equal = {
        ReportRow.organization: query.organization,
        ReportRow.year: query.year,
        ReportRow.template: query.template,
        ReportRow.state: query.state,
    }
    wanted: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if query.text:
        columns = (ReportRow.organization, ReportRow.title, Document.name)
        holding = [column.icontains(query.text, autoescape=True) for column in columns]
        wanted.append(holding[0] | holding[1] | holding[2])
    if query.to_review is not None:
        wanted.append(ReportRow.to_review > 0 if query.to_review else ReportRow.to_review == 0)
    if query.failed_checks is not None:
        wanted.append(ReportRow.failed_checks > 0 if query.failed_checks else ReportRow.failed_checks == 0)
    for kind, subject in ((CHECK, query.check), (FIELD, query.field)):
        if subject is not None:
            of_report = (Finding.report_id == ReportRow.id) & (Finding.version_id == ReportRow.version_id)
            wanted.append(exists().where(of_report, Finding.kind == kind, Finding.subject == subject))
    if query.reason is not None:
        doubted = Finding.reasons.contains(f" {query.reason} ", autoescape=True)
        wanted.append(exists().where(Finding.report_id == ReportRow.id, Finding.kind == FIELD, doubted))
    return wanted
