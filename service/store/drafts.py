"""The draft of a review in the database: one row an action, in sequence, so that nothing is lost at a reload."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from extraction.document import Report
from service.review.actions import Action, Kind
from service.review.reviewed import Reviewed, after
from service.store.tables import Draft


def rows(session: Session, report_id: int) -> Sequence[Draft]:
    """What was done to a report since its current version, in order."""
    return session.scalars(select(Draft).where(Draft.report_id == report_id).order_by(Draft.sequence)).all()


def actions(found: Sequence[Draft]) -> tuple[Action, ...]:
    """The rows as actions."""
    return tuple(map(_action, found))


def add(session: Session, report_id: int, user: str, read: Report, action: Action) -> tuple[int, Reviewed]:
    """Keep one more action: its sequence number, and the report after it. Raises `Refused`."""
    before = rows(session, report_id)
    now = after(read, actions(before), action)
    sequence = (before[-1].sequence if before else 0) + 1
    row = Draft(report_id=report_id, user=user, sequence=sequence, kind=str(action.kind))
    if len(action.targets) == 1:
        row.field_id, row.after = action.targets[0], action.text
        row.before = next((f.printed for f in read.fields if f.id == row.field_id), None)
    elif action.targets:
        row.after = json.dumps(action.targets)
    session.add(row)
    session.flush()
    return sequence, now


def forget(session: Session, report_id: int) -> None:
    """Remove the draft: it has become a version."""
    session.execute(delete(Draft).where(Draft.report_id == report_id))


def _action(row: Draft) -> Action:
    kind = Kind(row.kind)
    if row.field_id is not None:
        return Action(kind, (row.field_id,), row.after or "")
    return Action(kind, tuple(json.loads(row.after)) if row.after else ())
