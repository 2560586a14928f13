"""Exports of the reports that match."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
from fastapi.testclient import TestClient

from extraction.output.report_json import load_report
from service.store import reports
from tests.service.archive import report, stored
from tests.service.clients import service_of


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
