"""Responses with reports as CSV and workbooks, as `gouji export` writes them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from fastapi import Response

from extraction.document import Report
from extraction.exports.workbook import write_workbook
from extraction.output.field_tables import write_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv(reports: Iterable[Report], name: str, *, for_excel: bool = False) -> Response:
    """A CSV file with a row for each field."""
    return _download(partial(write_csv, reports=reports, for_excel=for_excel), f"{name}.csv", "text/csv; charset=utf-8")


def workbook(reports: Iterable[Report], name: str) -> Response:
    """A workbook with the national form filled in, a sheet for each report."""
    return _download(partial(write_workbook, reports=reports), f"{name}.xlsx", XLSX)


def _download(write: Callable[[Path], object], name: str, media_type: str) -> Response:
    with tempfile.TemporaryDirectory(prefix="gouji-export-") as folder:
        path = Path(folder) / name
        write(path)
        content = path.read_bytes()
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
