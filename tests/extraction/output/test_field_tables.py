"""fields.csv and fields.parquet of reports that each test shows, read back."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.dataset
import pyarrow.parquet
import pytest

from extraction.document import Field, Report, Source, Status
from extraction.exports.partitions import write_by_year
from extraction.geometry import Box
from extraction.output.field_tables import FIELD_COLUMNS, write_csv, write_fields
from extraction.output.files import report_path, write_report
from tests.extraction import small_reports
from tests.extraction.small_reports import HOSTILE, RECEIVED, TOTAL, field


def report(name: str, *values: str | None) -> Report:
    """A report with a field a value."""
    fields = tuple(
        Field(
            id=f"field.{n}",
            label=f"标签 / {n}",
            value=None if value is None else Decimal(value),
            printed=value or "",
            status=Status.READ if value else Status.BLANK,
            confidence=0.997,
            page=2,
            box=Box(1.5, 2.25, 3.0, 4.125),
        )
        for n, value in enumerate(values)
    )
    return Report(Source(name, "ab" * 32, "application/pdf", 3), "松溪县档案局", 2020, "2019", "报告", fields=fields)


def written(out: Path, *reports: Report) -> tuple[list[dict[str, str]], list[dict[str, object]]]:
    """The rows of fields.csv and those of fields.parquet."""
    for item in reports:
        write_report(out, item.source.path, item)
    write_fields(out, [r.source.path for r in reports])
    with (out / "fields.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, pyarrow.parquet.read_table(out / "fields.parquet").to_pylist()


def parts(out: Path) -> list[Path]:
    return [p for p in out.rglob("*") if p.name.endswith(".part")]


def test_columns_and_rows_of_both_tables(tmp_path: Path) -> None:
    rows, records = written(tmp_path, report("a.pdf", "12", None), report("b.pdf", "0"))
    columns = "report,organization,year,template,id,label,value,printed,status,confidence,page,reasons"
    assert ",".join(rows[0]) == columns == ",".join(FIELD_COLUMNS.names)
    assert [(r["report"], r["id"], r["value"], r["status"]) for r in rows] == [
        ("a.pdf", "field.0", "12", "read"),
        ("a.pdf", "field.1", "", "blank"),
        ("b.pdf", "field.0", "0", "read"),
    ]
    assert [(r["report"], r["id"], r["value"], r["status"]) for r in records] == [
        ("a.pdf", "field.0", Decimal(12), "read"),
        ("a.pdf", "field.1", None, "blank"),
        ("b.pdf", "field.0", Decimal(0), "read"),
    ]
    assert records[0] | {"value": 12} == {
        "report": "a.pdf",
        "organization": "松溪县档案局",
        "year": 2020,
        "template": "2019",
        "id": "field.0",
        "label": "标签 / 0",
        "value": 12,
        "printed": "12",
        "status": "read",
        "confidence": 0.997,
        "page": 2,
        "reasons": "",
    }


@pytest.mark.parametrize(
    ("value", "as_text"),
    [
        ("96171.6", "96171.6"),
        ("0", "0"),
        ("-3", "-3"),
        ("0.1", "0.1"),
        ("1E+3", "1000"),
        ("0E-8", "0"),
        ("0.00000001", "0.00000001"),
        ("123456789012345678.5", "123456789012345678.5"),
    ],
)
def test_figures_are_exact_and_plain(value: str, as_text: str, tmp_path: Path) -> None:
    rows, records = written(tmp_path, report("a.pdf", value))
    assert rows[0]["value"] == as_text
    assert records[0]["value"] == Decimal(value)
    text = report_path(tmp_path, "a.pdf").read_text(encoding="utf-8")
    assert json.loads(text, parse_float=Decimal)["fields"][0]["value"] == Decimal(value)


def test_a_figure_too_long_for_the_parquet_column_does_not_cost_the_table(tmp_path: Path) -> None:
    rows, records = written(tmp_path, report("a.pdf", "9" * 40, "12"))
    assert rows[0]["value"] == "9" * 40
    assert [r["value"] for r in records] == [None, 12]  # `printed` has it; nothing rounded stands for it
    assert records[0]["printed"] == "9" * 40


def test_cells_with_commas_quotes_and_lines(tmp_path: Path) -> None:
    item = report('a,"b".pdf', "12")
    rows, _ = written(tmp_path, Report(item.source, "甲,乙", 2020, None, None, fields=item.fields))
    assert (rows[0]["report"], rows[0]["organization"], rows[0]["template"]) == ('a,"b".pdf', "甲,乙", "")


def test_no_reports_at_all_give_tables_with_their_columns(tmp_path: Path) -> None:
    assert written(tmp_path) == ([], [])
    assert (tmp_path / "fields.csv").read_text(encoding="utf-8").startswith("report,organization,year")


def test_tables_are_replaced_when_complete_and_only_then(tmp_path: Path) -> None:
    written(tmp_path, report("a.pdf", "12"))
    before = {p: p.read_bytes() for p in tmp_path.glob("fields.*")}
    with pytest.raises(FileNotFoundError):
        write_fields(tmp_path, ["a.pdf", "gone.pdf"])
    assert {p: p.read_bytes() for p in tmp_path.glob("fields.*")} == before
    assert parts(tmp_path) == []


def test_a_csv_for_excel_is_marked_and_has_no_formulas(tmp_path: Path) -> None:
    item = small_reports.report(
        "a.pdf", 2023, field(RECEIVED, "-3", printed="-3"), field(TOTAL, None, Status.REVIEW, HOSTILE)
    )
    write_csv(tmp_path / "a.csv", [item], for_excel=True)
    write_csv(tmp_path / "b.csv", [item])
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfreport,")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["value"], first["printed"], second["printed"]) == ("-3", "'-3", f"'{HOSTILE}")
    with (tmp_path / "b.csv").open(encoding="utf-8", newline="") as file:
        assert [row["printed"] for row in csv.DictReader(file)] == ["-3", HOSTILE]


def test_parquet_by_year(tmp_path: Path) -> None:
    items = [small_reports.report(f"{y}.pdf", y, field(RECEIVED, str(y or 1))) for y in (2023, 2022, None)]
    for given in (items[:1], items):  # the second takes the place of the first
        write_by_year(tmp_path / "fields", given)
    table = pyarrow.dataset.dataset(tmp_path / "fields", partitioning="hive").to_table().to_pylist()
    assert {(row["year"], row["report"], row["value"]) for row in table} == {
        (2023, "2023.pdf", 2023),
        (2022, "2022.pdf", 2022),
        (None, "None.pdf", 1),
    }
    assert (tmp_path / "fields" / "year=2023").is_dir()
    assert [p for p in tmp_path.iterdir() if p.name.endswith(".part")] == []
