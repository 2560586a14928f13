"""All fields of an archive in two tables: fields.parquet and fields.csv, one row a field.

Arrow takes its time and memory to load, and only the process that writes the tables needs it: import this where they
are written.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Context, Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet

from extraction.document import Report
from extraction.output.files import in_place_of, read_report

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_REPORTS_A_GROUP = 500  # of rows in Parquet: small groups make a table slow to read
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
        ("reasons", pa.string()),
    ]
)


def write_fields(out: Path, names: Iterable[str], on_report: Callable[[Report], None] = lambda _: None) -> None:
    """Write fields.parquet and fields.csv: one row a field of every report named, report by report.

    `on_report` is shown each report, so that nobody has to read them all once more.
    """
    with (
        in_place_of(out / "fields.parquet") as parquet_file,
        in_place_of(out / "fields.csv") as csv_file,
        pa.parquet.ParquetWriter(parquet_file, FIELD_COLUMNS) as parquet,
        _csv_writer(csv_file) as write_row,
    ):
        waiting = iter(names)
        while some := list(islice(waiting, _REPORTS_A_GROUP)):
            rows = []
            for name in some:
                report = read_report(out, name)
                on_report(report)
                rows += field_rows(report)
            parquet.write_table(pa.Table.from_pylist(_in_decimal_scale(rows), schema=FIELD_COLUMNS))
            for row in rows:
                write_row(row)


def write_csv(path: Path, reports: Iterable[Report], *, for_excel: bool = False) -> None:
    """Write one table. For Excel it is marked as UTF-8, and text that Excel would take for a formula is quoted."""
    with in_place_of(path) as file:
        if for_excel:
            file.write(codecs.BOM_UTF8)
        with _csv_writer(file) as write_row:
            for report in reports:
                for row in field_rows(report):
                    write_row({k: _quoted(v) for k, v in row.items()} if for_excel else row)


def parquet_rows(report: Report) -> list[dict[str, Any]]:
    """A report's fields as rows of `FIELD_COLUMNS`."""
    return _in_decimal_scale(field_rows(report))


@contextmanager
def _csv_writer(file: IO[bytes]) -> Iterator[Callable[[dict[str, Any]], object]]:
    """What to call with each row, the header having been written."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.DictWriter(text, FIELD_COLUMNS.names)
    writer.writeheader()
    yield lambda row: writer.writerow({**row, "value": _plain(row["value"])})
    text.flush()
    text.detach()


def _quoted(value: Any) -> Any:
    """Text that begins as formulas do, after an apostrophe, which Excel does not show."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def field_rows(report: Report) -> list[dict[str, Any]]:
    """A report's fields as rows of the columns of `FIELD_COLUMNS`, figures as they are."""
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
            "reasons": " ".join(d.code for d in f.doubts),
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
