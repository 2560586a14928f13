"""Reports: found by organization, year, state, what is for review and which sums fail."""

from __future__ import annotations

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
"""What a list of reports can be sorted by; gain is the desk's queue."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which reports are looked for; what is None or False asks for nothing."""

    text: str | None = None  # in the organization, the title or the file's name
    organization: str | None = None
    year: int | None = None
    template: str | None = None
    state: str | None = None
    to_review: bool | None = None  # whether something is left for a person
    failed_checks: bool | None = None  # whether some sum does not hold
    check: str | None = None  # the id of a sum that does not hold
    field: str | None = None  # the id of a field that is for review


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell of a report without its fields: of itself, its document's name, its version's number."""

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


_TELLS = (
    select(
        *(getattr(ReportRow, field.name) for field in fields(Told)[:-2]),
        Document.name.label("document"),
        Version.number.label("version"),
    )
    .join(Document, Document.id == ReportRow.document_id)
    .join(Version, Version.id == ReportRow.version_id)
)
_TOLD = _TELLS.where(ReportRow.id == bindparam("report_id"))  # made once: that takes as long as asking does


def get(session: Session, report_id: int) -> ReportRow | None:
    """The report with this id."""
    return session.get(ReportRow, report_id)


def of_document(session: Session, document_id: int) -> ReportRow | None:
    """The report of a document, once it has been read."""
    return session.scalar(select(ReportRow).where(ReportRow.document_id == document_id))


def told(session: Session, report_id: int) -> Told | None:
    """What there is to tell of a report without its fields; one query, as this is what is asked most."""
    found = session.execute(_TOLD, {"report_id": report_id}).one_or_none()
    return None if found is None else Told(**found._mapping)


def ids_of_documents(session: Session, document_ids: Sequence[int]) -> dict[int, int]:
    """The report's id of each document that has been read."""
    found = select(ReportRow.document_id, ReportRow.id).where(ReportRow.document_id.in_(document_ids))
    return dict(session.execute(found).all())


def may_be_replaced(session: Session, document_id: int) -> bool:
    """Whether a new reading may become what the report is: nobody has accepted it, and nobody is at it.

    The report is locked, so that this stays so until the session ends: whoever wants to begin on it waits.
    """
    of = select(ReportRow).where(ReportRow.document_id == document_id).with_for_update()
    row = session.scalar(of.execution_options(populate_existing=True))
    if row is None:
        return True
    begun = exists().where(Draft.report_id == row.id)
    looked_at = exists().where(Lease.report_id == row.id, Lease.until > now())
    return row.state == CONVERTED and not session.scalar(select(begun | looked_at))


def next_for_review(session: Session, user: str) -> int | None:
    """The report from which a minute of attention gains most: of those with a form, the first that nobody else has."""
    another_has_it = exists().where(Lease.report_id == ReportRow.id, Lease.user != user, Lease.until > now())
    wanted = (ReportRow.state == CONVERTED, ReportRow.template.is_not(None), ~another_has_it)
    return session.scalar(select(ReportRow.id).where(*wanted).order_by(*_ORDERS["gain"]).limit(1))


def find(
    session: Session, query: Query, order: str = "newest", limit: int = 100, offset: int = 0
) -> tuple[int, list[Told]]:
    """How many reports there are, and a page of them."""
    wanted = _conditions(query)
    joined = select(func.count()).select_from(ReportRow).join(Document, Document.id == ReportRow.document_id)
    count = session.scalar(joined.where(*wanted)) or 0
    rows = _TELLS.where(*wanted).order_by(*_ORDERS[order]).limit(limit).offset(offset)
    return count, [Told(**row._mapping) for row in session.execute(rows)]


def ids(session: Session, query: Query) -> list[int]:
    """The ids of all reports that match, by organization and year."""
    rows = select(ReportRow.id).join(Document, Document.id == ReportRow.document_id).where(*_conditions(query))
    return list(session.scalars(rows.order_by(ReportRow.organization, ReportRow.year, ReportRow.id)))


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
    return wanted
