"""The draft of a review in the database, a row for each action: a reload of the page loses nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from extraction.document import Report
from service.review.actions import Action, Kind
from service.review.replay import ReviewState, replay_with
from service.store.tables import Draft


def rows(session: Session, report_id: int) -> Sequence[Draft]:
    """The actions on a report since its current version, in sequence."""
    return session.scalars(select(Draft).where(Draft.report_id == report_id).order_by(Draft.sequence)).all()


def actions(found: Sequence[Draft]) -> tuple[Action, ...]:
    """The actions that rows hold."""
    return tuple(map(_action, found))


def add(session: Session, report_id: int, user: str, read: Report, action: Action) -> tuple[int, ReviewState]:
    """Save one more action; its sequence number and the review after it. Raises `Refused`."""
    before = rows(session, report_id)
    now = replay_with(read, actions(before), action)
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
    """Delete the draft once it has become a version."""
    session.execute(delete(Draft).where(Draft.report_id == report_id))


def _action(row: Draft) -> Action:
    kind = Kind(row.kind)
    if row.field_id is not None:
        return Action(kind, (row.field_id,), row.after or "")
    return Action(kind, tuple(json.loads(row.after)) if row.after else ())
