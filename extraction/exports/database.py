"""Write an archive to a database (SQLite, PostgreSQL or another that SQLAlchemy knows).

The tables are `reports`, and for each report its `fields`, `checks`, `narrative`, `extra_rows` and `warnings`. An
earlier export is replaced in one transaction: readers see the old archive or the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from extraction.document import Report
from extraction.errors import UsageError
from extraction.geometry import Box

_REPORTS_A_BATCH = 200


class _SqliteNumeric(sa.types.UserDefinedType[str]):
    """SQLite's NUMERIC: whole numbers, else reals of 15 digits; `printed` has all digits of longer figures."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "NUMERIC(38, 8)"


class _Figure(sa.types.TypeDecorator[Decimal]):
    """A figure, passed to the driver as a decimal or as text, never as a binary float."""

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
    *(sa.Column(side, sa.Float) for side in Box._fields),  # points, see `Box`
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
    sa.Column("place", sa.Integer),  # the cell's index in its row, from 0
    sa.Column("printed", sa.Text),
)
_WARNINGS = _of_report("warnings", sa.Column("warning", sa.Text))


def write_database(address: str, reports: Iterable[Report]) -> None:
    """Replace the tables in the database at `address` (as `sqlite:///archive.db`) by those of the reports.

    Raises UsageError where the database cannot be reached or filled; it then keeps what it had.
    """
    try:
        engine = sa.create_engine(address, poolclass=sa.NullPool)  # one connection, closed when all is done
        with engine.begin() as connection:
            _META.create_all(connection)
            for table in reversed(_META.sorted_tables):
                connection.execute(table.delete())
            waiting = iter(reports)
            while some := list(islice(waiting, _REPORTS_A_BATCH)):
                for table, rows in _rows(some).items():
                    connection.execute(table.insert(), rows)
    except (SQLAlchemyError, ImportError) as error:
        said = str(error).partition("\n")[0]
        raise UsageError(
            "the database {kind} cannot be filled: {why}", kind=address.partition("://")[0], why=said
        ) from error


def _rows(reports: Iterable[Report]) -> dict[sa.Table, list[dict[str, Any]]]:
    """The rows of some reports by table, those of `reports` first, since the other tables refer to it."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {}

    def add(table: sa.Table, source: object, **given: object) -> None:
        """Add a row; a column that is not given has the source's attribute of its name."""
        row = {
            name: given[name] if name in given else getattr(source, name)
            for name in (column.name for column in table.columns)
        }
        rows.setdefault(table, []).append({name: _storable(value) for name, value in row.items()})

    for report in reports:
        add(_REPORTS, report, **asdict(report.source))
    for report in reports:
        path = report.source.path
        for field in report.fields:
            add(_FIELDS, field, report=path, **dict(zip(Box._fields, field.box or (None,) * 4, strict=True)))
        for check in report.checks:
            add(_CHECKS, check, report=path)
        for figure in report.narrative:
            add(_NARRATIVE, figure, report=path)
        for row in report.extra_rows:
            for place, printed in enumerate(row.printed):
                add(_EXTRA_ROWS, row, report=path, place=place, printed=printed)
        for warning in report.warnings:
            add(_WARNINGS, None, report=path, warning=warning)
    return rows


def _storable(value: object) -> object:
    """Text as plain strings, without the character that PostgreSQL cannot store."""
    return str(value).replace("\x00", "") if isinstance(value, str) else value
