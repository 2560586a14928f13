"""Promote the weights of a training through the gate, and queue the reports that they change."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.gate.promote import promote
from service.context import Service
from service.loop import trainings
from service.loop.changes import Changes, read_changes
from service.loop.trainer import training_folder
from service.store import jobs, reports
from service.store.audit import record
from service.store.tables import Document, ReportRow, Training, now


def changes_of(service: Service, training_id: int) -> Changes:
    """The reports that a training's weights read differently; empty before the training has ended."""
    try:
        return read_changes(training_folder(service, training_id) / "changes.json")
    except FileNotFoundError:
        return Changes(0, ())


def bring_into_use(service: Service, training_id: int, reason: str = "") -> tuple[int, int]:
    """Promote the weights of a training and queue the reports that change, except those that a person accepted.

    Args:
        training_id: a training in state trained.
        reason: why to promote against the comparison's advice, recorded; "" to follow the advice.

    Returns:
        The number of the new version, and how many reports were queued.

    Raises:
        ValueError: the training has no weights to promote; the message is in Chinese.
        Refused: the gate advises against it, and there is no reason.
        WeightsError: the weights are damaged.
    """
    with service.store.writing() as session:
        training = session.get(Training, training_id, with_for_update=True)
        if training is None or training.state != trainings.TRAINED or not training.run:
            raise ValueError("这次训练没有可以启用的结果")
        _, number = promote(service.settings.data_folder / training.run, force=reason or None)
        training.state, training.promoted, training.finished = trainings.PROMOTED, number, now()
        queued = _queue(session, changes_of(service, training_id))
        record(session, "weights.promote", f"training/{training_id}", version=number, reason=reason, queued=queued)
    service.new_jobs.set()
    return number, queued


def _queue(session: Session, changes: Changes) -> int:
    """Queue a job for each changed report that nobody has accepted, and count them."""
    batch = uuid4().hex[:16]
    ids = [change.report_id for change in changes.changed]
    found = session.scalars(
        select(Document)
        .join(ReportRow, ReportRow.document_id == Document.id)
        .where(ReportRow.id.in_(ids), ReportRow.state == reports.CONVERTED, Document.deleted.is_(None))
    ).all()
    for document in found:
        jobs.add(session, document, batch)
    return len(found)
