"""Rows of the store as JSON and back, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from service.store.tables import Base, Instant

_ROWS_PER_BATCH = 500


def tables() -> list[sa.Table]:
    """All tables, each after those that it refers to."""
    return list(Base.metadata.sorted_tables)


def rows_of(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Every row as JSON values, in the order of its primary key."""
    found = connection.execution_options(yield_per=_ROWS_PER_BATCH).execute(
        sa.select(table).order_by(*table.primary_key.columns)
    )
    for row in found.mappings():
        yield {column.name: _value(row[column]) for column in table.columns}


def put_rows(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows with their ids, and count them."""
    count = 0
    source = iter(rows)
    while some := list(islice(source, _ROWS_PER_BATCH)):
        made = [{column.name: _read(column, row[column.name]) for column in table.columns} for row in some]
        connection.execute(sa.insert(table), made)
        count += len(made)
    _advance_sequence(connection, table)
    return count


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _read(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    return b64decode(value) if isinstance(column.type, sa.LargeBinary) else value


def _advance_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Set PostgreSQL's sequence of ids to continue after the inserted ones."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    counter = sa.func.pg_get_serial_sequence(f'"{table.name}"', "id")
    last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
    connection.execute(sa.select(sa.func.setval(counter, sa.func.coalesce(last, 1), last.is_not(None))))
