"""Versions of a report, made by Gouji or by a reviewer and never changed. One of them is the current one."""

from __future__ import annotations

import dataclasses
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from extraction.document import Field, Report, Status, Verdict
from extraction.output.report_json import dump_report, load_report
from service.review.attention import attention
from service.store.reports import CHECK, FIELD
from service.store.tables import Document, Finding, ReportRow, Version, now

READ, REVIEWED = "read", "reviewed"
ValueAndStatus = tuple[str | None, str]
"""A field's value as text, None without one, and its status."""

# Built once: building it takes as long as executing it.
_CONTENT = (
    select(Version.content)
    .join(ReportRow, ReportRow.version_id == Version.id)
    .where(ReportRow.id == bindparam("report_id"))
)
_FAILED_VERDICTS = (Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a version was made: with which settings and weights, or by whom."""

    kind: str = READ
    made_with: str = ""
    weights: Mapping[str, int] = dataclasses.field(default_factory=dict)
    author: str | None = None
    note: str = ""


def save(
    session: Session, document: Document, report: Report, provenance: Provenance, *, current: bool = True
) -> Version:
    """Save a new version of a document's report and, if `current`, make it the current one.

    The first version of a document always becomes the current one.
    """
    row = session.scalar(select(ReportRow).where(ReportRow.document_id == document.id).with_for_update())
    if row is None:
        row = ReportRow(document_id=document.id, revision=0)
        session.add(row)
        session.flush()
    last = session.scalar(select(func.max(Version.number)).where(Version.report_id == row.id)) or 0
    version = Version(
        report_id=row.id,
        number=last + 1,
        kind=provenance.kind,
        content=pack(report),
        made_with=provenance.made_with,
        weights=dict(provenance.weights),
        author=provenance.author,
        note=provenance.note,
        created=now(),
    )
    session.add(version)
    session.flush()
    if current or row.version_id is None:
        make_current(session, row, version, report)
    return version


def make_current(session: Session, row: ReportRow, version: Version, report: Report) -> None:
    """Make a version the current one; lists and filters then show it."""
    findings = [*_field_findings(report), *_check_findings(report)]
    row.version_id, row.revision, row.changed = version.id, row.revision + 1, now()
    row.organization, row.year = _storable(report.organization), report.year
    row.template, row.title = report.template, _storable(report.title)
    row.to_review = sum(finding.kind == FIELD for finding in findings)
    row.failed_checks = sum(finding.kind == CHECK for finding in findings)
    needed = attention(report)
    row.minutes, row.gain = needed.minutes, needed.gain
    session.execute(delete(Finding).where(Finding.report_id == row.id))
    for finding in findings:
        finding.report_id, finding.version_id = row.id, version.id
    session.add_all(findings)
    session.flush()


def pack(report: Report) -> bytes:
    """A report as the content of a version: gzip of the contract's JSON."""
    return gzip.compress(dump_report(report).encode(), mtime=0)


def report_in(version: Version) -> Report:
    """The report of a version."""
    return _unpacked(version.content)


@lru_cache(64)
def _unpacked(content: bytes) -> Report:
    """The report in a version's content, cached: a reviewer asks for it with every action, and it never changes."""
    return load_report(gzip.decompress(content).decode())


def text_of(version: Version) -> str:
    """The contract's JSON of a version."""
    return gzip.decompress(version.content).decode()


def current(session: Session, row: ReportRow) -> Version:
    """The current version of a report."""
    version = session.get(Version, row.version_id)
    assert version is not None, "a report is made together with its first version"
    return version


def current_text(session: Session, report_id: int) -> str | None:
    """The contract's JSON of a report's current version, None if the report does not exist."""
    content = session.scalar(_CONTENT, {"report_id": report_id})
    return None if content is None else gzip.decompress(content).decode()


def current_of(session: Session, report_ids: Sequence[int]) -> list[Version]:
    """The current versions of these reports, in their order, without reports that were deleted meanwhile."""
    of_report = select(Version).join(ReportRow, ReportRow.version_id == Version.id)
    found = {v.report_id: v for v in session.scalars(of_report.where(ReportRow.id.in_(report_ids)))}
    return [found[report_id] for report_id in report_ids if report_id in found]


def numbered(session: Session, report_id: int, number: int) -> Version | None:
    """The version of a report with this number, or None."""
    return session.scalar(select(Version).where(Version.report_id == report_id, Version.number == number))


def listed(session: Session, report_id: int) -> Sequence[Version]:
    """All versions of a report, oldest first."""
    return session.scalars(select(Version).where(Version.report_id == report_id).order_by(Version.number)).all()


def changes(before: Report, after: Report) -> list[tuple[str, ValueAndStatus | None, ValueAndStatus | None]]:
    """The fields whose value or status differs: id, before and after, None where a version has no such field."""
    old, new = ({f.id: _value_and_status(f) for f in report.fields} for report in (before, after))
    return [(i, old.get(i), new.get(i)) for i in dict.fromkeys([*old, *new]) if old.get(i) != new.get(i)]


def _value_and_status(field: Field) -> ValueAndStatus:
    return None if field.value is None else format(field.value, "f"), str(field.status)


def _field_findings(report: Report) -> list[Finding]:
    return [
        Finding(
            kind=FIELD,
            subject=f.id,
            status=str(f.status),
            value=None if f.value is None else format(f.value, "f"),
            confidence=f.confidence,
            reasons="".join(f" {doubt.code} " for doubt in f.doubts),
        )
        for f in report.fields
        if f.status is Status.REVIEW
    ]


def _check_findings(report: Report) -> list[Finding]:
    return [
        Finding(kind=CHECK, subject=c.id, status=str(c.verdict)) for c in report.checks if c.verdict in _FAILED_VERDICTS
    ]


def _storable(text: str | None) -> str | None:
    """The text without NUL, which PostgreSQL cannot store."""
    return text and text.replace("\x00", "")
