"""The endpoints of the loop."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi.testclient import TestClient

from annotations.store import load_annotation
from service.app import create_app
from service.context import Service
from tests.service.loop.conftest import service as service
from tests.service.loop.reviews import accepted, web_report


def test_the_api_of_the_loop(service: Service, tmp_path: Path) -> None:
    report_id = web_report(service, "moling-2024")
    accepted(service, report_id)
    client = TestClient(create_app(service.settings), base_url="http://127.0.0.1")
    assert client.get("/api/training-progress").json()["new"] == 1
    (listed,) = client.get("/api/annotations").json()
    assert (listed["reviewer"], listed["report_id"], listed["trained_in"]) == ("zhang", report_id, None)
    text = client.get(f"/api/annotations/{report_id}").text
    assert load_annotation(text).facts["reviewer"] == "zhang"
    assert client.get("/api/annotations/77").status_code == 404
    refused = client.post("/api/trainings")
    assert (refused.status_code, "机关" in refused.json()["detail"]) == (409, True)
    for path in ("", "/comparison", "/changes"):
        assert client.get(f"/api/trainings/1{path}").status_code == 404
    assert client.post("/api/trainings/1/promote", json={}).status_code == 404
    assert client.get("/api/trainings").json() == []
    log = client.get("/api/audit", params={"limit": 5}).json()
    assert {"review.add", "report.change"} <= {row["action"] for row in log["rows"]}
    assert client.get("/api/audit", params={"action": "document.add"}).json()["rows"][0]["subject"] == "document/1"
    assert client.get("/api/audit", params={"user": "nobody"}).json() == {"count": 0, "rows": []}
