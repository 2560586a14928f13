"""What is read while the machine is at fault: nothing, and no upload fails for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from extraction.errors import DamagedFile, ModelError, OutputError
from service import runner
from service.store import jobs
from service.store.tables import Job
from tests.service.archive import page_of_html
from tests.service.clients import client_of, service_of, upload

_PATIENCE = 300.0  # seconds, on a machine that has much else to do


def test_an_upload_outlasts_a_fault_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_RETRY_SECONDS", 0.1)
    work = tmp_path / "work"
    work.write_text("where the workers' folder is to be")
    with client_of(tmp_path, workers=1, attempts=1) as client:
        assert upload(client, page_of_html("fault")).status_code == 202
        until = time.monotonic() + _PATIENCE
        while not (seen := _job(client)).started or seen.state == jobs.RUNNING:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert (seen.state, seen.attempts) == (jobs.WAITING, 0)
        work.unlink()
        while (seen := _job(client)).state != jobs.DONE:
            assert seen.state != jobs.FAILED, seen.error
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ModelError("no weights"), True),
        (OutputError("full"), True),
        (OSError(28, "No space left on device"), True),
        (OperationalError("select 1", {}, Exception("away")), True),
        (DamagedFile("breaks off"), False),
        (FileNotFoundError("gone"), False),
        (IntegrityError("insert", {}, Exception("ours")), False),
        (ValueError("ours"), False),
    ],
)
def test_whose_fault_an_error_is(error: Exception, expected: bool) -> None:
    assert runner.is_machine_fault(error) is expected


def _job(client: object) -> Job:
    with service_of(client).store.reading() as session:  # type: ignore[arg-type]
        return session.scalars(select(Job)).one()
