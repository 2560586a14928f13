"""The record of every change: who changed which row, in the transaction of the change itself.

`watch` listens to a session factory, so that nobody has to remember to write it down: what is added, changed or deleted
through one of its sessions leaves a row of `Audit`. What only the service itself goes by (leases, progress, what is
drawn from a version) leaves none. Rows are added and never changed: a session that tries to is refused.
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
"""Who changes things where no person does."""

_HIDDEN = frozenset({"password_hash", "hash", "id_hash", "csrf", "content"})
_OWN = {"session": {"seen"}, "report": {"revision", "minutes", "gain", "changed"}}  # columns whose change is no change
_LONGEST = 300  # characters of a value that are kept


@dataclass(slots=True)
class Actor:
    """Who is at work; a request's is found out after it has begun."""

    name: str = SERVICE


_ACTOR: ContextVar[Actor | None] = ContextVar("gouji_actor", default=None)


def actor() -> Actor:
    """Who is at work in this thread."""
    return _ACTOR.get() or Actor()


@contextmanager
def acting(who: Actor) -> Iterator[Actor]:
    """What is changed meanwhile is changed by `who`."""
    before = _ACTOR.set(who)
    try:
        yield who
    finally:
        _ACTOR.reset(before)


def record(session: Session, action: str, subject: str = "", **detail: Any) -> None:
    """Write down what is no change of a row: a login that was refused, a backup, a promotion."""
    session.execute(sa.insert(Audit), [_row(action, subject, detail)])


def watch(sessions: sessionmaker[Session]) -> None:
    """Write down every change that is made through these sessions."""
    sa.event.listen(sessions, "before_flush", _refuse)
    sa.event.listen(sessions, "after_flush", _after_flush)
    sa.event.listen(sessions, "do_orm_execute", _on_statement)


def _refuse(session: Session, *_: object) -> None:
    if any(isinstance(row, Audit) for row in (*session.dirty, *session.deleted)):
        raise RuntimeError("the audit log is only ever added to")


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
            columns = [c for c in columns if state.attrs[c].history.has_changes() and c not in _OWN.get(table, ())]
            if not columns:
                continue
        detail = {c: _shown(c, getattr(row, c)) for c in columns} if verb != "delete" else {}
        key = "/".join(str(part) for part in state.mapper.primary_key_from_instance(row))
        yield _row(f"{table}.{verb}", table if table == "session" else f"{table}/{key}", detail)


def _on_statement(state: ORMExecuteState) -> None:
    """Updates and deletions of many rows at once, which no flush sees."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    kind = state.bind_mapper.class_
    if kind is Audit:
        raise RuntimeError("the audit log is only ever added to")
    verb = "change" if state.is_update else "delete"
    if not _is_watched(kind, verb):
        return
    statement = cast(sa.ClauseElement, state.statement)
    said = statement.compile(compile_kwargs={"render_postcompile": True}).params
    names = {getattr(c, "key", str(c)) for c in getattr(state.statement, "_values", None) or ()}
    if state.is_update and names and names <= _OWN.get(kind.__tablename__, set()):
        return
    detail = {k: _shown(k.rstrip("_0123456789"), v) for k, v in said.items()}
    state.session.connection().execute(sa.insert(Audit), [_row(f"{kind.__tablename__}.{verb}", "", detail)])


def _is_watched(kind: type, verb: str) -> bool:
    return kind not in (Audit, Finding, Lease) and not (kind is Job and verb == "change")


def _row(action: str, subject: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"user": actor().name, "action": action, "subject": subject[:200], "detail": detail}


def _shown(column: str, value: Any) -> Any:
    """A value as JSON: secrets and contents only as being there."""
    if column in _HIDDEN or isinstance(value, bytes):
        return None if value is None else "…"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _shown(name, part) for name, part in value.items()}
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:_LONGEST]
