"""Finding reports; their versions, pages and cells."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from fastapi.testclient import TestClient
from PIL import Image

from extraction.output.report_json import load_report
from service.store import versions
from service.store.tables import Document, ReportRow
from tests.service.archive import failing, report, stored, unsure
from tests.service.clients import service_of, upload

FIELD = "applications.received.natural_person"


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


def test_a_file_that_hangs_or_crashes_what_draws_it_costs_its_picture_only(client: TestClient) -> None:
    document_id = upload(client, b"%PDF-1.7 and no more").json()["documents"][0]["id"]
    with service_of(client).store.writing() as session:
        document = session.get_one(Document, document_id)
        report_id = versions.save(session, document, report(), versions.Provenance()).report_id
    answer = client.get(f"/api/reports/{report_id}/pages/1.jpg")
    assert (answer.status_code, "has no page 1" in answer.json()["detail"]) == (404, True)
    assert client.get("/health").status_code == 200
