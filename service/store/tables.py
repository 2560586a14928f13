"""The tables of the store. Instants are UTC; ids count from 1; deleting a report deletes the rows that belong to it.

The same on SQLite and PostgreSQL. Every change here is a migration in `store/migrations/versions`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

Key = BigInteger().with_variant(Integer, "sqlite")
"""The type of ids. SQLite generates values only for its own INTEGER, which has 64 bits."""


_NEVER_REUSED = {"sqlite_autoincrement": True}
"""Ids of deleted rows must not be given again; PostgreSQL never does."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. SQLite has no time zones: it is stored without one and returned with UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always with the time zone UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant, dict[str, Any]: JSON}


def _own_id() -> Mapped[int]:
    return mapped_column(Key, primary_key=True, autoincrement=True)


def _of(column: str, *, null: bool = False, on_delete: str = "CASCADE", index: bool = True) -> Mapped[Any]:
    return mapped_column(Key, ForeignKey(column, ondelete=on_delete), nullable=null, index=index)


class User(Base):
    """An account of a viewer, a reviewer or an admin."""

    __tablename__ = "user"

    id: Mapped[int] = _own_id()
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(10))
    created: Mapped[datetime] = mapped_column(default=now)
    disabled: Mapped[datetime | None]


class Token(Base):
    """An access token of a program; only its hash is stored."""

    __tablename__ = "token"

    id: Mapped[int] = _own_id()
    user_id: Mapped[int] = _of("user.id")
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class LoginSession(Base):
    """The session of a browser after a login."""

    __tablename__ = "session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = _of("user.id")
    csrf: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(default=now)
    seen: Mapped[datetime] = mapped_column(default=now)
    expires: Mapped[datetime]


class Document(Base):
    """An uploaded file. `name` is the sender's and only displayed; `place` is its key below the files' root."""

    __tablename__ = "document"
    __table_args__ = (
        Index(
            "document_content",
            "sha256",
            unique=True,
            sqlite_where=text("deleted IS NULL"),
            postgresql_where=text("deleted IS NULL"),
        ),
    )

    id: Mapped[int] = _own_id()
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(default=now)
    deleted: Mapped[datetime | None]


class Job(Base):
    """A job that reads a document: waiting, running, done or failed. A running job is leased to a worker."""

    __tablename__ = "job"
    __table_args__ = (Index("job_queue", "state", "leased_until"), _NEVER_REUSED)

    id: Mapped[int] = _own_id()
    batch: Mapped[str] = mapped_column(String(32), index=True)
    document_id: Mapped[int] = _of("document.id")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_by: Mapped[str | None] = mapped_column(String(100))
    leased_until: Mapped[datetime | None]
    page: Mapped[int] = mapped_column(Integer, default=0)
    pages: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(default=now)
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class ReportRow(Base):
    """A document's report, with what lists and filters need of its current version. `revision` counts changes, so that
    concurrent edits are noticed."""

    __tablename__ = "report"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = _own_id()
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("document.id", ondelete="CASCADE"), unique=True)
    organization: Mapped[str | None] = mapped_column(Text, index=True)
    year: Mapped[int | None] = mapped_column(Integer, index=True)
    template: Mapped[str | None] = mapped_column(String(10))
    title: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="converted", index=True)
    version_id: Mapped[int | None] = mapped_column(Key)
    to_review: Mapped[int] = mapped_column(Integer, default=0)
    failed_checks: Mapped[int] = mapped_column(Integer, default=0)
    minutes: Mapped[float] = mapped_column(default=0.0)  # estimated time of its review
    gain: Mapped[float] = mapped_column(default=0.0)  # expected errors removed by a minute of review; orders the queue
    revision: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[datetime] = mapped_column(default=now)
    changed: Mapped[datetime] = mapped_column(default=now)


class Version(Base):
    """A report as Gouji read it or as a reviewer left it. Never changed; deleted only with its report."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("report_id", "number"), _NEVER_REUSED)

    id: Mapped[int] = _own_id()
    report_id: Mapped[int] = _of("report.id", index=False)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))  # read, reviewed
    content: Mapped[bytes] = mapped_column(LargeBinary)  # the contract's JSON, gzip
    made_with: Mapped[str] = mapped_column(String(16), default="")  # digest of settings, weights and version
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)  # numbers in use by name
    author: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime] = mapped_column(default=now)


class Finding(Base):
    """A field of the current version with status review, or a sum that does not hold: for filters and counts.

    `kind` is field or check; `subject` the field's or the check's id, `status` its status or verdict. `reasons` are the
    codes of the field's doubts, each between two spaces.
    """

    __tablename__ = "finding"
    __table_args__ = (Index("finding_subject", "kind", "subject"),)

    id: Mapped[int] = _own_id()
    report_id: Mapped[int] = _of("report.id")
    version_id: Mapped[int] = _of("version.id")
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(30))
    value: Mapped[str | None] = mapped_column(Text)  # a figure as text, exact
    confidence: Mapped[float | None]
    reasons: Mapped[str] = mapped_column(Text, default="", server_default="")


class Draft(Base):
    """One action of a review that is not accepted yet; in sequence they are the draft."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("report_id", "sequence"),)

    id: Mapped[int] = _own_id()
    report_id: Mapped[int] = _of("report.id", index=False)
    user: Mapped[str] = mapped_column(String(100))
    sequence: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))  # value, blank, source_error, accept_all, undo
    field_id: Mapped[str | None] = mapped_column(String(200))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


class Lease(Base):
    """Who is editing a report, and when the lease expires unless it is renewed."""

    __tablename__ = "lease"

    report_id: Mapped[int] = mapped_column(Key, ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    user: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime]


class Review(Base):
    """An accepted review: the version it made, what it cost, and its annotation."""

    __tablename__ = "review"

    id: Mapped[int] = _own_id()
    report_id: Mapped[int | None] = _of("report.id", null=True, on_delete="SET NULL")
    version_id: Mapped[int | None] = _of("version.id", null=True, on_delete="SET NULL", index=False)
    reviewer: Mapped[str] = mapped_column(String(100))
    started: Mapped[datetime]
    finished: Mapped[datetime]
    keystrokes: Mapped[int] = mapped_column(Integer, default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    cells: Mapped[int] = mapped_column(Integer, default=0)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)  # cells by status before, and how many were right
    annotation: Mapped[str | None] = mapped_column(Text)  # its place
    trained_in: Mapped[int | None] = _of("training.id", null=True, on_delete="SET NULL", index=False)


class Training(Base):
    """A retraining on annotations: its run, its verdict, and the version that was promoted."""

    __tablename__ = "training"

    id: Mapped[int] = _own_id()
    state: Mapped[str] = mapped_column(String(10))
    started_by: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(default=now)
    finished: Mapped[datetime | None]
    run: Mapped[str | None] = mapped_column(Text)  # its folder, below the data folder
    verdict: Mapped[str | None] = mapped_column(Text)
    comparison: Mapped[str | None] = mapped_column(Text)  # its place
    promoted: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)


class Audit(Base):
    """A row of the audit log: who changed what, and when. Rows are never changed or deleted."""

    __tablename__ = "audit"

    id: Mapped[int] = _own_id()
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    user: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
