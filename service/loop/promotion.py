"""Weights of a training into use, through the gate; then the reports that they change are read again."""

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
    """What would be read otherwise; nothing where that is not known yet."""
    try:
        return read_changes(training_folder(service, training_id) / "changes.json")
    except FileNotFoundError:
        return Changes(0, ())


def bring_into_use(service: Service, training_id: int, reason: str = "") -> tuple[int, int]:
    """Promote what a training made, and queue the reports that change: the version's number, and how many they are.

    A `reason` overrules the comparison's advice, and is kept. What a person has accepted is not read again. Raises
    ValueError where the training has nothing to promote, WeightsError (Refused) where the gate does not let it through.
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
    """A job for each report that changes and that nobody has accepted."""
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
