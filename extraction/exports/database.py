"""An archive as tables of a database (SQLite, PostgreSQL or another that SQLAlchemy knows).

`reports`, and of each its `fields`, `checks`, `narrative`, `extra_rows` and `warnings`. What an earlier export left
is replaced in one transaction, so that readers see the old archive or the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from extraction.document import Report
from extraction.errors import UsageError

_REPORTS_A_BATCH = 200


class _SqliteNumeric(sa.types.UserDefinedType[str]):
    """SQLite's own: whole numbers, else reals, which hold 15 digits; `printed` has those of longer figures."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "NUMERIC(38, 8)"


class _Figure(sa.types.TypeDecorator[Decimal]):
    """A figure, exact on its way: never a binary float in between."""

    impl = sa.Numeric(38, 8)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_SqliteNumeric())
        return super().load_dialect_impl(dialect)

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:
        return format(value, "f") if value is not None and dialect.name == "sqlite" else value


_META = sa.MetaData()


def _of_report(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(
        name,
        _META,
        sa.Column("report", sa.Text, sa.ForeignKey("reports.path"), nullable=False, index=True),
        *columns,
    )


_REPORTS = sa.Table(
    "reports",
    _META,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("sha256", sa.String(64)),
    sa.Column("media_type", sa.Text),
    sa.Column("pages", sa.Integer),
    sa.Column("organization", sa.Text, index=True),
    sa.Column("year", sa.Integer, index=True),
    sa.Column("template", sa.Text),
    sa.Column("title", sa.Text),
)
_FIELDS = _of_report(
    "fields",
    sa.Column("id", sa.Text, nullable=False, index=True),
    sa.Column("label", sa.Text),
    sa.Column("value", _Figure),
    sa.Column("printed", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("page", sa.Integer),
    *(sa.Column(side, sa.Float) for side in ("left", "top", "right", "bottom")),
)
_CHECKS = _of_report(
    "checks",
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("expression", sa.Text),
    sa.Column("holds", sa.Boolean),
    sa.Column("verdict", sa.Text, nullable=False),
)
_NARRATIVE = _of_report(
    "narrative",
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("value", _Figure),
    sa.Column("text", sa.Text),
    sa.Column("page", sa.Integer),
    sa.Column("agrees", sa.Boolean),
)
_EXTRA_ROWS = _of_report(
    "extra_rows",
    sa.Column("section", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("place", sa.Integer),  # from 0, among the cells of the row
    sa.Column("printed", sa.Text),
)
_WARNINGS = _of_report("warnings", sa.Column("warning", sa.Text))


def write_database(address: str, reports: Iterable[Report]) -> None:
    """Fill the database at `address` (as `sqlite:///archive.db`). Raises UsageError where it cannot be."""
    try:
        engine = sa.create_engine(address, poolclass=sa.NullPool)  # one connection, closed when all is done
        with engine.begin() as connection:
            _META.create_all(connection)
            for table in reversed(_META.sorted_tables):
                connection.execute(table.delete())
            waiting = iter(reports)
            while some := list(islice(waiting, _REPORTS_A_BATCH)):
                for table, rows in _rows(some).items():
                    if rows:
                        connection.execute(table.insert(), rows)
    except (SQLAlchemyError, ImportError) as error:
        said = str(error).partition("\n")[0]
        raise UsageError(f"the database {address.partition('://')[0]} cannot be filled: {said}") from error


def _rows(reports: list[Report]) -> dict[sa.Table, list[dict[str, Any]]]:
    """The rows of some reports, by table, that of the reports first."""
    makers = (
        (_REPORTS, _report_rows),
        (_FIELDS, _field_rows),
        (_CHECKS, _check_rows),
        (_NARRATIVE, _narrative_rows),
        (_EXTRA_ROWS, _extra_rows),
        (_WARNINGS, _warning_rows),
    )
    return {table: [_storable(row) for report in reports for row in make(report)] for table, make in makers}


def _report_rows(report: Report) -> Iterator[dict[str, Any]]:
    source = report.source
    yield {
        "path": source.path,
        "sha256": source.sha256,
        "media_type": source.media_type,
        "pages": source.pages,
        "organization": report.organization,
        "year": report.year,
        "template": report.template,
        "title": report.title,
    }


def _field_rows(report: Report) -> Iterator[dict[str, Any]]:
    for field in report.fields:
        sides = field.box or (None, None, None, None)
        yield {
            "report": report.source.path,
            "id": field.id,
            "label": field.label,
            "value": field.value,
            "printed": field.printed,
            "status": str(field.status),
            "confidence": field.confidence,
            "page": field.page,
            **dict(zip(("left", "top", "right", "bottom"), sides, strict=True)),
        }


def _check_rows(report: Report) -> Iterator[dict[str, Any]]:
    for check in report.checks:
        yield {
            "report": report.source.path,
            "id": check.id,
            "expression": check.expression,
            "holds": check.holds,
            "verdict": str(check.verdict),
        }


def _narrative_rows(report: Report) -> Iterator[dict[str, Any]]:
    for figure in report.narrative:
        yield {
            "report": report.source.path,
            "id": figure.id,
            "value": figure.value,
            "text": figure.text,
            "page": figure.page,
            "agrees": figure.agrees,
        }


def _extra_rows(report: Report) -> Iterator[dict[str, Any]]:
    for row in report.extra_rows:
        for place, printed in enumerate(row.printed):
            yield {
                "report": report.source.path,
                "section": row.section,
                "label": row.label,
                "place": place,
                "printed": printed,
            }


def _warning_rows(report: Report) -> Iterator[dict[str, Any]]:
    for warning in report.warnings:
        yield {"report": report.source.path, "warning": warning}


def _storable(row: dict[str, Any]) -> dict[str, Any]:
    """Without the character that PostgreSQL's texts cannot hold."""
    return {name: value.replace("\x00", "") if isinstance(value, str) else value for name, value in row.items()}
