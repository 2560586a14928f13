"""All fields of an archive in two tables: fields.parquet and fields.csv, one row a field.

Arrow takes its time and memory to load, and only the process that writes the tables needs it: import this where they
are written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from extraction.document import Report
from extraction.outputs import in_place_of, read_report

_DIGITS, _PLACES = 30, 8  # of a figure in Parquet
FIELD_COLUMNS = pa.schema(
    [
        ("report", pa.string()),
        ("organization", pa.string()),
        ("year", pa.int32()),
        ("template", pa.string()),
        ("id", pa.string()),
        ("label", pa.string()),
        ("value", pa.decimal128(_DIGITS, _PLACES)),
        ("printed", pa.string()),
        ("status", pa.string()),
        ("confidence", pa.float64()),
        ("page", pa.int32()),
    ]
)


def write_fields(out: Path, names: Iterable[str]) -> None:
    """Write fields.parquet and fields.csv: one row a field of every report named, report by report."""
    with (
        in_place_of(out / "fields.parquet") as parquet_file,
        in_place_of(out / "fields.csv") as csv_file,
        pa.parquet.ParquetWriter(parquet_file, FIELD_COLUMNS) as parquet,
    ):
        csv_text = io.TextIOWrapper(csv_file, encoding="utf-8", newline="")
        csv_writer = csv.DictWriter(csv_text, FIELD_COLUMNS.names)
        csv_writer.writeheader()
        for name in names:
            rows = _field_rows(read_report(out, name))
            parquet.write_table(pa.Table.from_pylist(_in_decimal_scale(rows), schema=FIELD_COLUMNS))
            csv_writer.writerows({**row, "value": _plain(row["value"])} for row in rows)
        csv_text.flush()
        csv_text.detach()


def _field_rows(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "report": report.source.path,
            "organization": report.organization,
            "year": report.year,
            "template": report.template,
            "id": f.id,
            "label": f.label,
            "value": f.value,
            "printed": f.printed,
            "status": str(f.status),
            "confidence": f.confidence,
            "page": f.page,
        }
        for f in report.fields
    ]


def _in_decimal_scale(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parquet keeps decimals of one scale; what is finer than a hundred-millionth is rounded there, not in the JSON.

    What has more digits than the column holds is null there, and in full in the CSV and the JSON.
    """
    return [{**row, "value": _scaled(row["value"])} for row in rows]


def _scaled(value: Decimal | None) -> Decimal | None:
    if value is None or value.adjusted() >= _DIGITS - _PLACES:
        return None
    return value.quantize(Decimal(1).scaleb(-_PLACES), context=Context(prec=_DIGITS))


def _plain(value: Decimal | None) -> str:
    """The figure without exponent and without zeros behind its last decimal."""
    text = "" if value is None else format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
