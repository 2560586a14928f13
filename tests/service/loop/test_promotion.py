"""Promotion through the gate."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from sqlalchemy.orm import Session

from models.gate.promote import Refused
from models.versions import read_state
from models.weights import weights
from service.context import Service
from service.loop import trainings
from service.loop.changes import (
    Change,
    Changes,
    write_changes,
)
from service.loop.promotion import bring_into_use, changes_of
from service.loop.trainer import training_folder
from service.store import jobs
from service.store.tables import Document, ReportRow, Training, now
from tests.service.loop.reviews import accepted, training_row, web_report


def test_promotion_goes_through_the_gate_and_reads_again_what_nobody_has_accepted(
    service: Service, tmp_path: Path
) -> None:
    open_one, done = web_report(service, "moling-2024"), web_report(service, "yunze-2020")
    accepted(service, done)
    with service.store.writing() as session:
        training = Training(state=trainings.TRAINED, started_by="zhang", created=now(), run="trainings/1/run")
        session.add(training)
        session.flush()
        number = training.id
    folder = training_folder(service, number)
    shutil.copytree(weights("labeller").path().parent, folder / "run" / "model")
    changes = Changes(2, tuple(Change(i, "a", "b", 2023, "converted") for i in (open_one, done)))
    write_changes(folder / "changes.json", changes)
    with pytest.raises(Refused, match="not compared"):  # no comparison: the gate refuses
        bring_into_use(service, number)
    assert training_row(service, number).state == trainings.TRAINED
    assert bring_into_use(service, number, "a test of ours") == (1, 1)
    assert changes_of(service, number) == changes
    state = read_state(tmp_path / "weights", "labeller")
    assert (state.active, state.history[-1].reason, state.history[-1].forced) == (1, "a test of ours", True)
    with service.store.reading() as session:
        assert _waiting(session) == [open_one]
    with pytest.raises(ValueError, match="没有可以启用的结果"):  # once is enough
        bring_into_use(service, number, "again")


def _waiting(session: Session) -> list[int]:
    rows = session.query(ReportRow.id).join(Document, Document.id == ReportRow.document_id)
    return [row.id for row in rows.join(jobs.Job, jobs.Job.document_id == Document.id)]
