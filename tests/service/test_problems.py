"""Errors as problem details."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_errors_are_problems_that_say_what_is_wrong(client: TestClient) -> None:
    for answer in (
        client.get("/api/reports/1"),
        client.get("/api/reports/x"),
        client.put("/api/reports"),
        client.get("/x"),
    ):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["detail"]
