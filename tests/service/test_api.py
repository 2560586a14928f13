"""The API over a store of its own; what is uploaded is read by a real worker."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from annotations.store import read_gold
from extraction.document import Report, Status
from extraction.output.report_json import load_report
from extraction.settings import IngestSettings, Settings
from service.app import create_app
from service.context import Service
from service.settings import ServiceSettings
from service.store import jobs, reports, versions
from service.store.tables import Document, Draft, Job, ReportRow
from tests.documents import SAMPLES
from tests.service.archive import SAMPLE, failing, page_of_html, report, stored, unsure

FIELD = "applications.received.natural_person"


def client_of(data: Path, reading: Settings | None = None, **settings: Any) -> TestClient:
    """A client on loopback, where nobody has an account."""
    app = create_app(ServiceSettings(**{"data": str(data), "workers": 0, **settings}), reading)
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
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


def service_of(client: TestClient) -> Service:
    found: Service = client.app.state.service  # type: ignore[attr-defined]
    return found


def upload(client: TestClient, *contents: bytes) -> Any:
    return client.post("/api/documents", files=[("files", (f"{n}.pdf", c)) for n, c in enumerate(contents)])


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


def test_progress_is_told_in_pages(reading: TestClient) -> None:
    by_document = {job["document_id"]: job for job in reading.get("/api/jobs").json()["jobs"]}
    pdf, html, broken = (by_document[document_id] for document_id in (1, 2, 3))
    assert pdf["page"] == pdf["pages"] > 1
    assert (html["pages"], html["state"]) == (None, "done")
    assert broken["state"] == "failed"
    assert "damaged" in broken["error"]


def test_pages_and_cells_are_pictures(reading: TestClient) -> None:
    report_id = reading.get("/api/documents/1").json()["report_id"]
    pages = reading.get(f"/api/reports/{report_id}/pages").json()
    read = load_report(reading.get(f"/api/reports/{report_id}/json").text).field(FIELD)
    assert read.page is not None
    assert read.box is not None
    for _ in range(2):  # drawn, then kept
        answer = reading.get(f"/api/reports/{report_id}/pages/{read.page}.jpg")
        page = Image.open(io.BytesIO(answer.content))
        scale = page.width / pages[read.page - 1]["width"]
        assert (answer.headers["content-type"], round(scale * 72)) == ("image/jpeg", 200)
    again = reading.get(
        f"/api/reports/{report_id}/pages/{read.page}.jpg", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    crop = Image.open(io.BytesIO(reading.get(f"/api/reports/{report_id}/crops/{FIELD}.png?margin=2").content))
    assert abs(crop.width - (read.box.width + 4) * scale) < 3
    assert crop.convert("L").getextrema()[0] < 100  # something is printed there
    assert reading.get(f"/api/reports/{report_id}/pages/{len(pages) + 1}.jpg").status_code == 404
    assert reading.get(f"/api/reports/{report_id}/crops/no.such.field.png").status_code == 404


def test_formats_without_pages_have_no_pictures(reading: TestClient) -> None:
    report_id = reading.get("/api/documents/2").json()["report_id"]
    assert reading.get(f"/api/reports/{report_id}/pages").json() == []
    assert reading.get(f"/api/reports/{report_id}/pages/1.jpg").status_code == 404
    assert reading.get(f"/api/reports/{report_id}/crops/{FIELD}.png").status_code == 404


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


def test_versions_and_what_changed_between_them(client: TestClient) -> None:
    read = unsure(report(), FIELD)
    with service_of(client).store.writing() as session:
        report_id = stored(session, read)
        document = session.get_one(Document, session.get_one(ReportRow, report_id).document_id)
        provenance = versions.Provenance(kind=versions.REVIEWED, author="王", note="核对")
        versions.save(session, document, report(), provenance)
    listed = client.get(f"/api/reports/{report_id}/versions").json()
    assert [(v["number"], v["kind"], v["current"], v["author"]) for v in listed] == [
        (1, "read", False, None),
        (2, "reviewed", True, "王"),
    ]
    value = str(report().field(FIELD).value)
    changed = client.get(f"/api/reports/{report_id}/changes?before=1").json()
    assert changed == [{"field_id": FIELD, "before": [value, "review"], "after": [value, "read"]}]
    assert load_report(client.get(f"/api/reports/{report_id}/json?version=1").text) == read
    assert load_report(client.get(f"/api/reports/{report_id}/json").text) == report()
    assert client.get(f"/api/reports/{report_id}/json?version=3").status_code == 404


def test_lists_are_filtered_and_cut_into_pages(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        for year in (2021, 2022, 2023):
            stored(session, replace(report(), year=year))
        open_one = stored(session, unsure(report(), FIELD))
        wrong = stored(session, failing(report(), "applications.received:row_total"))

    def ids(**asked: Any) -> list[int]:
        answer = client.get("/api/reports", params=asked)
        assert answer.status_code == 200, answer.text
        return [found["id"] for found in answer.json()["reports"]]

    assert ids(to_review=True) == [open_one]
    assert ids(field=FIELD) == [open_one]
    assert ids(check="applications.received:row_total") == [wrong]
    assert len(ids(organization=report().organization)) == 5
    assert ids(year=2022, state="converted") == ids(order="year", limit=1, offset=3)
    assert client.get("/api/reports?order=random").status_code == 422


def test_exports_hold_the_reports_that_match(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        for year in range(2019, 2024):
            stored(session, replace(report(), year=year))
        reports.get(session, 1)
    rows = list(csv.DictReader(io.StringIO(client.get("/api/exports/fields.csv?year=2021").text)))
    assert len(rows) == len(report().fields)
    assert {row["year"] for row in rows} == {"2021"}
    lines = client.get("/api/exports/reports.jsonl").text.splitlines()
    assert [load_report(line).year for line in lines] == [2019, 2020, 2021, 2022, 2023]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/exports/reports.xlsx?year=2020").content))
    assert len(book.sheetnames) == 3
    one = client.get("/api/reports/1/csv?bom=true")
    assert one.content.startswith(b"\xef\xbb\xbf")
    assert one.headers["content-disposition"] == 'attachment; filename="report-1.csv"'
    assert openpyxl.load_workbook(io.BytesIO(client.get("/api/reports/1/xlsx").content))


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


def test_a_file_that_hangs_or_crashes_what_draws_it_costs_its_picture_only(client: TestClient) -> None:
    document_id = upload(client, b"%PDF-1.7 and no more").json()["documents"][0]["id"]
    with service_of(client).store.writing() as session:
        document = session.get_one(Document, document_id)
        report_id = versions.save(session, document, report(), versions.Provenance()).report_id
    answer = client.get(f"/api/reports/{report_id}/pages/1.jpg")
    assert (answer.status_code, "has no page 1" in answer.json()["detail"]) == (404, True)
    assert client.get("/health").status_code == 200


def test_two_reports_beside_each_other_show_what_is_compared(client: TestClient) -> None:
    amount = "proactive.administrative_fees.fee_amount_wanyuan"

    def printing(printed: str, value: str, year: int) -> Report:
        of = report("fengqiu-2022")
        said = {"printed": printed, "value": Decimal(value), "status": Status.READ}
        fields = (replace(f, **said) if f.id == amount else f for f in of.fields)
        return replace(of, year=year, fields=tuple(fields))

    with service_of(client).store.writing() as session:
        one = stored(session, printing("99170000", "9917", 2021))  # its column is headed 元
        other = stored(session, printing("9918", "9918", 2022))
    shown = client.get("/desk/compare", params={"one": str(one), "other": str(other)}).text
    assert "9917</td>" in shown
    assert "99170000" not in shown
    assert ">+1<" in shown


def test_a_draft_that_does_not_fit_its_report_is_a_problem_in_words(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        number = stored(session, report())
        session.add(Draft(report_id=number, user="local", sequence=1, kind="value", field_id="review.none", after="3"))
    for address in (f"/desk/reports/{number}", f"/desk/reports/{number}/state"):
        answer = client.get(address)
        assert (answer.status_code, "草稿" in answer.json()["detail"]) == (409, True)
