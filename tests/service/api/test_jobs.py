"""The progress of jobs."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_progress_is_told_in_pages(reading: TestClient) -> None:
    by_document = {job["document_id"]: job for job in reading.get("/api/jobs").json()["jobs"]}
    pdf, html, broken = (by_document[document_id] for document_id in (1, 2, 3))
    assert pdf["page"] == pdf["pages"] > 1
    assert (html["pages"], html["state"]) == (None, "done")
    assert broken["state"] == "failed"
    assert "damaged" in broken["error"]
