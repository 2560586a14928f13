"""What `gouji check` leaves in an OUT folder: archive_checks.parquet, archive_checks.csv and archive_checks.html."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from extraction.archive.checks import ArchiveCheck, check_archive, entry_of
from extraction.archive.html_report import render_checks
from extraction.output.files import FAILED, in_place_of, read_manifest, read_report

NAME = "archive_checks"
_COLUMNS = pa.schema(
    [
        ("check", pa.string()),
        ("title", pa.string()),
        ("organization", pa.string()),
        ("finding", pa.string()),
        ("years", pa.list_(pa.int32())),
        ("reports", pa.list_(pa.string())),
        ("label", pa.string()),
        ("expression", pa.string()),
        ("note", pa.string()),
        ("field", pa.string()),
        ("field_report", pa.string()),
        ("value", pa.string()),
        ("expected", pa.string()),
        ("confidence", pa.float64()),
        ("confidence_beside", pa.float64()),
    ]
)
"""One row a check. From `field` on: the figure for review that the other year is evidence for, null for none."""


def check_out(out: Path) -> tuple[ArchiveCheck, ...]:
    """Check the reports of a conversion across years and write the files. Raises OSError, ValueError."""
    lines = sorted(read_manifest(out).values(), key=lambda line: line.path)
    entries = [entry_of(read_report(out, line.path)) for line in lines if line.outcome != FAILED]
    checks = check_archive(entries)
    _write_tables(out, checks)
    with in_place_of(out / f"{NAME}.html") as file:
        file.write(render_checks(entries, checks).encode())
    return checks


def _write_tables(out: Path, checks: Sequence[ArchiveCheck]) -> None:
    """Write both tables. In the CSV, lists are joined by a bar, and a byte order mark tells Excel that it is UTF-8."""
    rows = [_row(check) for check in checks]
    with in_place_of(out / f"{NAME}.parquet") as file:
        pa.parquet.write_table(pa.Table.from_pylist(rows, schema=_COLUMNS), file)
    with in_place_of(out / f"{NAME}.csv") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.DictWriter(text, _COLUMNS.names)
        writer.writeheader()
        writer.writerows(
            {**row, "years": "|".join(map(str, row["years"])), "reports": "|".join(row["reports"])} for row in rows
        )
        text.detach()  # flushes it and leaves the file open


def _row(check: ArchiveCheck) -> dict[str, Any]:
    row, evidence = asdict(check), check.evidence
    row |= {name: row.get(name) for name in _COLUMNS.names} | {"finding": str(check.finding)}
    if evidence is not None:
        row |= {"field": evidence.field, "field_report": evidence.report, "expected": f"{evidence.expected:f}"}
        row |= {"value": None if evidence.value is None else f"{evidence.value:f}"}
        row |= {"confidence": evidence.confidence, "confidence_beside": evidence.updated}
    del row["evidence"]
    return row
