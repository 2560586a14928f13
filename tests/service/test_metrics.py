"""Health and metrics."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.service.archive import report, stored, unsure
from tests.service.clients import service_of, upload

FIELD = "applications.received.natural_person"


def test_health_and_metrics(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        stored(session, unsure(report(), FIELD))
    upload(client, b"%PDF-1.7 a")
    client.get("/made/up")
    assert client.get("/health").json() == {"status": "ok"}
    text = client.get("/metrics").text
    assert 'gouji_jobs{state="waiting"} 1.0' in text
    assert 'gouji_fields_to_review{state="converted"} 1.0' in text
    assert 'gouji_requests_total{endpoint="/api/documents",method="POST",status="202"} 1.0' in text
    assert "/made/up" not in text
