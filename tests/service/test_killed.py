"""`kill -9` while documents are read: every upload that was accepted is finished after a restart, once."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from service.store.engine import Store
from service.store.tables import Job
from tests.documents import SAMPLES
from tests.service.archive import SAMPLE, page_of_html
from tests.service.server import serving, upload, wait_for_all

pytestmark = pytest.mark.slow

LEASE = {"GOUJI_LEASE_SECONDS": "1", "GOUJI_ATTEMPTS": "20"}


def test_every_accepted_upload_is_finished_after_kills(tmp_path: Path) -> None:
    accepted: list[int] = []
    scan = (SAMPLES / SAMPLE / "scan.pdf").read_bytes()  # takes longest: the first kill comes while it is read
    for number in range(2):
        with serving(tmp_path, "--workers", "1", **LEASE) as (process, client):
            files = [page_of_html(f"{number} {part}") for part in range(4)]
            answer = upload(client, *([scan] if number == 0 else []), *files)
            accepted += [document["id"] for document in answer["documents"]]  # type: ignore[attr-defined]
            _wait_until_running(client)
            process.send_signal(signal.SIGKILL)
            process.wait()
    with serving(tmp_path, "--workers", "1", **LEASE) as (_, client):
        states = wait_for_all(client)
        assert states == {"waiting": 0, "running": 0, "done": 9, "failed": 0}
        found = client.get("/api/documents").json()["documents"]
        assert sorted(document["id"] for document in found) == sorted(accepted)
        for document in found:
            versions = client.get(f"/api/reports/{document['report_id']}/versions").json()
            assert [version["number"] for version in versions] == [1]
            assert client.get(f"/api/reports/{document['report_id']}/json").json()["fields"]


def test_a_service_that_is_told_to_stop_gives_its_job_back(tmp_path: Path) -> None:
    scan = (SAMPLES / SAMPLE / "scan.pdf").read_bytes()
    with serving(tmp_path, "--workers", "1") as (process, client):
        upload(client, scan)
        _wait_until_running(client)
        process.terminate()
        process.wait(300)
    with Store(f"sqlite:///{tmp_path}/gouji.db").reading() as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.attempts, job.leased_by) == ("waiting", 0, None)


def _wait_until_running(client: httpx.Client) -> None:
    for _ in range(3000):
        if client.get("/api/jobs").json()["states"]["running"]:
            return
        time.sleep(0.05)
    raise TimeoutError
