"""Uploading, reading again and deleting documents."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from annotations.store import read_gold
from extraction.document import Status
from extraction.output.report_json import load_report
from extraction.settings import IngestSettings, Settings
from service.store import jobs, versions
from service.store.tables import Document, Job
from tests.documents import SAMPLES
from tests.service.archive import SAMPLE, report, stored
from tests.service.clients import client_of, service_of, upload


def test_an_upload_is_read_as_the_command_reads_it(reading: TestClient) -> None:
    states = reading.get("/api/jobs").json()["states"]
    assert states == {"waiting": 0, "running": 0, "done": 2, "failed": 1}
    gold = read_gold(SAMPLES / SAMPLE / "gold.json").report
    found = reading.get("/api/reports", params={"order": "organization"}).json()
    assert found["count"] == 2
    for summary in found["reports"]:
        assert (summary["organization"], summary["year"]) == (gold.organization, gold.year)
        read = load_report(reading.get(f"/api/reports/{summary['id']}/json").text)
        wrong = [f.id for f in gold.fields if f.status is Status.READ and read.field(f.id).value != f.value]
        assert wrong == []
    assert {s["document"] for s in found["reports"]} == {"报告.pdf", "网页.html"}  # a name is shown, no path


def test_what_is_deleted_is_gone_with_its_files_and_can_be_uploaded_again(client: TestClient, tmp_path: Path) -> None:
    with service_of(client).store.writing() as session:
        kept = stored(session, report())
    content = (SAMPLES / SAMPLE / "report.pdf").read_bytes()
    document_id = upload(client, content).json()["documents"][0]["id"]
    with service_of(client).store.writing() as session:
        document = session.get_one(Document, document_id)
        report_id = versions.save(session, document, report(), versions.Provenance()).report_id
    assert client.get(f"/api/reports/{report_id}/pages/1.jpg").status_code == 200
    assert client.delete(f"/api/documents/{document_id}").status_code == 204
    for gone in (f"documents/{document_id}", f"documents/{document_id}/file", f"reports/{report_id}", "jobs/1"):
        assert client.get(f"/api/{gone}").status_code == 404
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
    assert client.get(f"/api/reports/{kept}").status_code == 200
    again = upload(client, content).json()["documents"][0]
    assert again["id"] != document_id
    assert client.get(f"/api/documents/{again['id']}/file").content == content


def test_a_file_that_is_known_is_not_read_again_unless_that_had_failed(client: TestClient) -> None:
    first = upload(client, b"%PDF-1.7 a").json()["documents"]
    second = upload(client, b"%PDF-1.7 a", b"%PDF-1.7 a", b"%PDF-1.7 b").json()["documents"]
    assert [d["id"] for d in second] == [first[0]["id"], first[0]["id"] + 1]
    assert second[0]["job"] == first[0]["job"]
    with service_of(client).store.writing() as session:
        jobs.finish(session.get_one(Job, first[0]["job"]["id"]), None, "damaged")
    third = upload(client, b"%PDF-1.7 a").json()["documents"]
    assert third[0]["job"]["id"] > first[0]["job"]["id"]
    assert third[0]["job"]["state"] == "waiting"


def test_what_is_no_report_is_refused_by_its_content_and_the_rest_is_taken(client: TestClient) -> None:
    answer = upload(client, b"\x00\x01\x02", b"%PDF-1.7 a", b"")
    assert answer.status_code == 202
    assert [(r["name"], r["error"][:7]) for r in answer.json()["refused"]] == [
        ("0.pdf", "this is"),
        ("2.pdf", "the fil"),
    ]
    assert len(answer.json()["documents"]) == 1
    assert upload(client, b"\x00\x01\x02").status_code == 422
    assert client.post("/api/documents").status_code == 422


def test_limits_of_an_upload(tmp_path: Path) -> None:
    small = Settings(ingest=IngestSettings(max_bytes=100))
    with client_of(tmp_path, small, upload_files=2, waiting_jobs=2) as client:
        too_large = upload(client, b"%PDF-1.7 " + b"a" * 100)
        assert (too_large.status_code, "max_bytes" in too_large.json()["detail"]) == (422, True)
        assert upload(client, *(f"%PDF-1.7 {n}".encode() for n in range(3))).status_code == 413
        assert upload(client, b"%PDF-1.7 a", b"%PDF-1.7 b").status_code == 202
        full = upload(client, b"%PDF-1.7 c")
        assert (full.status_code, full.headers["retry-after"]) == (503, "60")


def test_a_document_can_be_read_again_once_it_has_been_read(client: TestClient) -> None:
    document = upload(client, b"%PDF-1.7 a").json()["documents"][0]
    again = f"/api/documents/{document['id']}/jobs"
    assert client.post(again).status_code == 409  # it waits already
    with service_of(client).store.writing() as session:
        jobs.finish(session.get_one(Job, document["job"]["id"]), None, None)
    assert client.post(again).json()["job"]["state"] == "waiting"
