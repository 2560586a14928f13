"""The service with its database on a PostgreSQL server and its files in an object store."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import s3fs

from tests.documents import SAMPLES
from tests.service.archive import SAMPLE
from tests.service.clients import client_of, upload

pytestmark = pytest.mark.slow


def test_documents_are_read_from_an_object_store_into_postgresql(postgres: str, s3: str, tmp_path: Path) -> None:
    content = (SAMPLES / SAMPLE / "report.pdf").read_bytes()
    with client_of(tmp_path, store=postgres, files=f"{s3}/gouji", workers=1) as client:
        document = upload(client, content).json()["documents"][0]
        until = time.monotonic() + 300
        while client.get("/api/jobs").json()["states"]["done"] == 0:
            assert time.monotonic() < until
            time.sleep(0.2)
        report_id = client.get(f"/api/documents/{document['id']}").json()["report_id"]
        assert client.get(f"/api/reports/{report_id}/pages/1.jpg").content.startswith(b"\xff\xd8\xff")
        assert client.get(f"/api/documents/{document['id']}/file").content == content
        assert client.get("/api/exports/fields.csv").text.count("\n") > 200
        assert client.delete(f"/api/documents/{document['id']}").status_code == 204
    assert s3fs.S3FileSystem().find(f"{s3}/gouji") == []
    assert not (tmp_path / "gouji.db").exists()
