"""The audit log: who changed which row, recorded in the transaction of the change.

`watch` listens to a session factory: every row that is added, changed or deleted through its sessions leaves a row of
`Audit`. Bookkeeping of the service itself (leases, progress, findings of a version) leaves none. Rows of the log are
never changed or deleted: a session that tries is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, sessionmaker

from service.store.tables import Audit, Base, Finding, Job, Lease

SERVICE = "service"
"""The user of changes that no person makes."""

_SECRET_COLUMNS = frozenset({"password_hash", "hash", "id_hash", "csrf", "content"})
_UNRECORDED_COLUMNS = {"session": {"seen"}, "report": {"revision", "minutes", "gain", "changed"}}  # by table
_MAX_VALUE_CHARACTERS = 300


@dataclass(slots=True)
class Actor:
    """The user of changes; that of a request is set once its sender is known."""

    name: str = SERVICE


_ACTOR: ContextVar[Actor | None] = ContextVar("gouji_actor", default=None)


def actor() -> Actor:
    """The actor of the present context."""
    return _ACTOR.get() or Actor()


@contextmanager
def acting(who: Actor) -> Iterator[Actor]:
    """Record changes within the context as made by `who`."""
    before = _ACTOR.set(who)
    try:
        yield who
    finally:
        _ACTOR.reset(before)


def record(session: Session, action: str, subject: str = "", **detail: Any) -> None:
    """Record an event that changes no row: a refused login, a backup, a promotion."""
    session.execute(sa.insert(Audit), [_row(action, subject, detail)])


def watch(sessions: sessionmaker[Session]) -> None:
    """Record every change made through sessions of this factory."""
    sa.event.listen(sessions, "before_flush", _refuse)
    sa.event.listen(sessions, "after_flush", _after_flush)
    sa.event.listen(sessions, "do_orm_execute", _on_statement)


def _refuse(session: Session, *_: object) -> None:
    if any(isinstance(row, Audit) for row in (*session.dirty, *session.deleted)):
        raise RuntimeError("rows of the audit log cannot be changed or deleted")


def _after_flush(session: Session, _: UOWTransaction) -> None:
    rows = [*_rows_of(session.new, "add"), *_rows_of(session.dirty, "change"), *_rows_of(session.deleted, "delete")]
    if rows:
        session.connection().execute(sa.insert(Audit), rows)


def _rows_of(objects: Iterable[object], verb: str) -> Iterator[dict[str, Any]]:
    for row in objects:
        if not isinstance(row, Base) or not _is_watched(type(row), verb):
            continue
        state, table = sa.inspect(row), row.__tablename__
        assert state is not None
        columns = [attribute.key for attribute in state.mapper.column_attrs]
        if verb == "change":
            columns = [
                c
                for c in columns
                if state.attrs[c].history.has_changes() and c not in _UNRECORDED_COLUMNS.get(table, ())
            ]
            if not columns:
                continue
        detail = {c: _shown(c, getattr(row, c)) for c in columns} if verb != "delete" else {}
        key = "/".join(str(part) for part in state.mapper.primary_key_from_instance(row))
        yield _row(f"{table}.{verb}", table if table == "session" else f"{table}/{key}", detail)


def _on_statement(state: ORMExecuteState) -> None:
    """Record bulk updates and deletions, which no flush sees."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    kind = state.bind_mapper.class_
    if kind is Audit:
        raise RuntimeError("rows of the audit log cannot be changed or deleted")
    verb = "change" if state.is_update else "delete"
    if not _is_watched(kind, verb):
        return
    statement = cast(sa.ClauseElement, state.statement)
    said = statement.compile(compile_kwargs={"render_postcompile": True}).params
    names = {getattr(c, "key", str(c)) for c in getattr(state.statement, "_values", None) or ()}
    if state.is_update and names and names <= _UNRECORDED_COLUMNS.get(kind.__tablename__, set()):
        return
    detail = {k: _shown(k.rstrip("_0123456789"), v) for k, v in said.items()}
    state.session.connection().execute(sa.insert(Audit), [_row(f"{kind.__tablename__}.{verb}", "", detail)])


def _is_watched(kind: type, verb: str) -> bool:
    return kind not in (Audit, Finding, Lease) and not (kind is Job and verb == "change")


def _row(action: str, subject: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"user": actor().name, "action": action, "subject": subject[:200], "detail": detail}


def _shown(column: str, value: Any) -> Any:
    """A value as JSON; of secrets and contents only that there is one."""
    if column in _SECRET_COLUMNS or isinstance(value, bytes):
        return None if value is None else "…"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _shown(name, part) for name, part in value.items()}
    if isinstance(value, str):
        return value[:_MAX_VALUE_CHARACTERS]
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:_MAX_VALUE_CHARACTERS]
