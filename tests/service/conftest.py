"""A client of a service that reads nothing, and one of a service that has read three files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from service.security import credentials
from tests.documents import SAMPLES
from tests.service.archive import SAMPLE, page_of_html
from tests.service.clients import client_of


@pytest.fixture(scope="session", autouse=True)
def usual_hasher() -> Iterator[PasswordHasher]:
    """What passwords are hashed with. In tests it is the least that argon2id takes: many log in, and none guesses."""
    usual, quick = credentials._hasher(), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "_hasher", lambda: quick)
        yield usual


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with a worker, and a digital PDF, a page of HTML and a damaged PDF read by it."""
    with client_of(tmp_path_factory.mktemp("service"), workers=1) as made:
        files = {
            "../../etc/报告.pdf": (SAMPLES / SAMPLE / "report.pdf").read_bytes(),
            "网页.html": page_of_html("read"),
            "broken.pdf": b"%PDF-1.7 and no more",
        }
        answer = made.post("/api/documents", files=[("files", file) for file in files.items()])
        assert answer.status_code == 202
        until = time.monotonic() + 300
        while not (batch := made.get(f"/api/batches/{answer.json()['batch']}").json())["finished"]:
            assert time.monotonic() < until, batch
            time.sleep(0.2)
        yield made
