"""What `gouji check` leaves in an OUT folder: archive_checks.parquet, archive_checks.csv and archive_checks.html."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from extraction.archive.checks import ArchiveCheck, Entry, check_archive, entry_of
from extraction.archive.html_report import render_page
from extraction.output.files import in_place_of, read_manifest, read_report

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
    """Check the reports of a conversion over the years and write the files. Raises OSError, ValueError."""
    entries = list(_entries(out))
    checks = check_archive(entries)
    write_checks(out, checks)
    with in_place_of(out / f"{NAME}.html") as file:
        file.write(render_page(entries, checks).encode())
    return checks


def _entries(out: Path) -> Iterable[Entry]:
    """What is looked at of every report that was converted, one report in memory at a time."""
    for line in sorted(read_manifest(out).values(), key=lambda line: line.path):
        if line.outcome in ("converted", "skipped"):
            yield entry_of(read_report(out, line.path))


def write_checks(out: Path, checks: Sequence[ArchiveCheck]) -> None:
    """Write the table in both forms; lists are joined by a bar in the CSV, which begins with a mark for Excel."""
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
        text.flush()
        text.detach()


def _row(check: ArchiveCheck) -> dict[str, Any]:
    said = check.evidence
    return {
        "check": check.check,
        "title": check.title,
        "organization": check.organization,
        "finding": str(check.finding),
        "years": list(check.years),
        "reports": list(check.reports),
        "label": check.label,
        "expression": check.expression,
        "note": check.note,
        "field": said.field if said else None,
        "field_report": said.report if said else None,
        "value": _plain(said.value) if said else None,
        "expected": _plain(said.expected) if said else None,
        "confidence": said.confidence if said else None,
        "confidence_beside": said.beside if said else None,
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
