"""What people open: workbooks, databases, tables and pages made of reports that each test shows, and read back."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path

import openpyxl
import pyarrow.dataset
import pytest
import sqlalchemy as sa

from extraction.cli import main
from extraction.document import Check, ExtraRow, Field, NarrativeFigure, Report, Source, Status, Verdict
from extraction.errors import UsageError
from extraction.exports.database import write_database
from extraction.exports.form_sheet import edges_of, height_of, heights_of
from extraction.exports.partitions import write_by_year
from extraction.exports.sums import sum_name
from extraction.exports.workbook import write_workbook
from extraction.forms.catalogue import template, template_ids
from extraction.forms.printed_form import Departures, tables
from extraction.output.field_tables import write_csv
from extraction.output.files import ManifestLine, read_report, write_manifest, write_report
from extraction.output.places import place
from extraction.output.summary_page import Survey, summary_page
from tests.documents import SAMPLES

HOSTILE = '=HYPERLINK("http://127.0.0.1","x")'


def report(path: str, year: int | None, *fields: Field, organization: str = "松溪县档案局") -> Report:
    return Report(Source(path, "ab" * 32, "application/pdf", 3), organization, year, "2021", "年度报告", fields=fields)


def field(name: str, value: str | None, status: Status = Status.READ, printed: str | None = None) -> Field:
    number = None if value is None else Decimal(value)
    return Field(name, f"标签 / {name}", number, (value or "") if printed is None else printed, status, 0.99, page=2)


RECEIVED = "applications.received.natural_person"
TOTAL = "applications.received.total"


def cells(path: Path, sheet: str) -> dict[str, openpyxl.cell.Cell]:
    return {c.coordinate: c for row in openpyxl.load_workbook(path)[sheet].iter_rows() for c in row}


# ---- workbook


def test_a_workbook_is_the_form_with_what_is_for_review_coloured(tmp_path: Path) -> None:
    item = report("a.pdf", 2023, field(RECEIVED, "12"), field(TOTAL, "13", Status.REVIEW))
    write_workbook(tmp_path / "a.xlsx", [item])
    sheet = cells(tmp_path / "a.xlsx", "2023松溪县档案局")
    by_value = {c.value: c for c in sheet.values() if c.value is not None}
    assert {"自然人", "商业企业", "一、本年新收政府信息公开申请数量"} <= by_value.keys()
    assert by_value[12].fill.fill_type is None
    assert by_value[13].fill.start_color.rgb == "FFFFE699"
    assert ("？" in by_value[13].number_format, "？" in by_value[12].number_format) == (True, False)
    assert "须人工核对" in (by_value[13].comment.text if by_value[13].comment else "")
    assert by_value[12].row == by_value["一、本年新收政府信息公开申请数量"].row
    assert by_value[12].column == by_value["自然人"].column


def test_marks_are_a_colour_and_a_sign_each(tmp_path: Path) -> None:
    marks = {Status.REVIEW: "？", Status.CORRECTED: "※", Status.INFERRED: "△"}
    values = {Status.REVIEW: "-1234567.25", Status.CORRECTED: "12", Status.INFERRED: "123456789012345678"}
    ids = [RECEIVED, TOTAL, "applications.received.enterprise"]
    unread = field("applications.received.other", None, Status.REVIEW)
    items = [field(name, values[status], status) for name, status in zip(ids, marks, strict=True)]
    absent = replace(field("applications.carried_in.total", None, Status.MISSING), printed="")
    write_workbook(tmp_path / "a.xlsx", [report("a.pdf", 2023, *items, unread, absent)])
    sheet = cells(tmp_path / "a.xlsx", "2023松溪县档案局")
    found = {str(c.value): c for c in sheet.values() if c.value is not None}
    shown = {status: found[values[status]] for status in marks}
    assert {status: shown[status].number_format for status in marks} == {
        Status.REVIEW: '0.00"？";-0.00"？";0.00"？";@"？"',
        Status.CORRECTED: '0"※";-0"※";0"※";@"※"',
        Status.INFERRED: '0"△";-0"△";0"△";@"△"',
    }
    assert [shown[status].data_type for status in marks] == ["n", "n", "s"]  # 18 digits are more than a number holds
    assert len({shown[status].fill.start_color.rgb for status in marks}) == 3
    assert found["？"].fill.start_color.rgb == "FFFFE699"  # nothing was read: the sign alone
    grey = [c for c in sheet.values() if c.fill.start_color.rgb == "FFD9D9D9"]
    assert [c.column for c in grey if c.border.diagonal.style] == [
        found["？"].column + 1
    ]  # what was said to be missing
    legend = "".join(str(c.value) for c in sheet.values())
    assert all(f"{sign} " in legend for sign in marks.values())


def test_a_tables_columns_are_as_wide_as_each_other_where_the_form_s_are(tmp_path: Path) -> None:
    for name in template_ids():
        printed = {f.id: "0" for f in template(name).fields}
        for table in tables(name, printed, Departures()):
            edges, widths = edges_of(table), table.widths
            taken = [after - before for before, after in pairwise(edges)]
            assert (edges[0], edges[-1], min(taken) >= 1) == (0, 15, True)
            widest = taken[widths.index(max(widths))]
            for (one, a), (two, b) in combinations(zip(widths, taken, strict=True), 2):
                assert a == b or one != two or widest in (a, b), (widths, taken)
            long = max((c for _, _, c in table.placed()), key=lambda c: len(c.text))
            assert max(heights_of(table)) < 15 * (2 + len(long.text) / 2)
            assert len(heights_of(table)) == len(table.rows)


def test_a_long_heading_makes_its_row_higher() -> None:
    assert (
        height_of("组织", 1) < height_of("社会公益组织", 1) == height_of("社会公\n益组织", 1) < height_of("组织" * 9, 1)
    )


def test_sums_that_fail_are_named(tmp_path: Path) -> None:
    wrong = Check("applications.received:row_total", "1 + 2 = 4", False, Verdict.UNRESOLVED)
    write_workbook(tmp_path / "a.xlsx", [replace(report("a.pdf", 2023), checks=(wrong,))])
    named = [c.value for c in cells(tmp_path / "a.xlsx", "勾稽").values()]
    assert "一、本年新收政府信息公开申请数量：各类申请人之和 = 总计" in named
    assert sum_name("applications.results.denied.state_secret:row_total").startswith(
        "（三）不予公开 / 1.属于国家秘密："
    )
    assert len({sum_name(i.id) for name in template_ids() for i in template(name).identities()}) == len(
        {i.id for name in template_ids() for i in template(name).identities()}
    )
    assert sum_name("nobody:knows") == "nobody:knows"


def test_nothing_in_a_workbook_is_a_formula_or_a_link_out(tmp_path: Path) -> None:
    hostile = report("=1+1.pdf", 2023, field(RECEIVED, None, Status.REVIEW, HOSTILE), organization=HOSTILE)
    wrong = Check("applications.received:row_total", "=1 + 2", False, Verdict.UNRESOLVED)
    hostile = replace(hostile, title=HOSTILE, warnings=("@SUM(1)",), checks=(wrong,))
    write_workbook(tmp_path / "a.xlsx", [hostile, hostile])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    every = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert HOSTILE in {c.value for c in every}
    assert {c.data_type for c in every} <= {"s", "n"}
    assert all(c.hyperlink.target is None for c in every if c.hyperlink)  # within the workbook
    assert len(book.sheetnames) == len({n.lower() for n in book.sheetnames}) == 4


def test_a_workbook_of_every_sample_report(tmp_path: Path) -> None:
    from annotations.store import read_gold

    golds = [read_gold(path).report for path in sorted(SAMPLES.glob("*/gold.json"))]
    write_workbook(tmp_path / "a.xlsx", golds)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for gold, sheet in zip(golds, book.worksheets[2:], strict=True):
        numbers = sorted(float(c.value) for row in sheet.iter_rows() for c in row if c.data_type == "n" and c.value)
        assert numbers == sorted(float(f.value) for f in gold.fields if f.value)


# ---- database


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def test_a_database_has_all_of_a_report(tmp_path: Path) -> None:
    item = replace(
        report("a.pdf", 2023, field(RECEIVED, "12"), field(TOTAL, "96171.6"), field("x", "123456789012.55")),
        checks=(Check("id", "12 = 13", False, Verdict.SOURCE_INCONSISTENT),),
        narrative=(NarrativeFigure("received_requests", Decimal(12), "12件\x00", 1, True),),
        extra_rows=(ExtraRow("proactive", "其他", ("1", "2"), 2),),
        warnings=("w",),
    )
    write_database(f"sqlite:///{tmp_path}/a.db", [item])
    values = dict(rows(tmp_path / "a.db", "select id, value from fields"))
    assert values == {RECEIVED: 12, TOTAL: 96171.6, "x": 123456789012.55}
    assert rows(tmp_path / "a.db", "select verdict, holds from checks") == [("source_inconsistent", 0)]
    assert rows(tmp_path / "a.db", "select value, text from narrative") == [(12, "12件")]
    assert rows(tmp_path / "a.db", "select place, printed from extra_rows") == [(0, "1"), (1, "2")]
    assert rows(tmp_path / "a.db", "select path, year, warning from reports join warnings on path = report") == [
        ("a.pdf", 2023, "w")
    ]


def test_an_export_replaces_the_one_before_or_leaves_it(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/a.db"
    write_database(address, [report("a.pdf", 2023, field(RECEIVED, "12"))])
    write_database(address, [report("b.pdf", 2023, field(RECEIVED, "13"))])
    assert rows(tmp_path / "a.db", "select report, value from fields") == [("b.pdf", 13)]
    with pytest.raises(UsageError, match="cannot be filled"):
        write_database(address, [report("c.pdf", 2023), report("c.pdf", 2023)])  # one key twice
    assert rows(tmp_path / "a.db", "select report, value from fields") == [("b.pdf", 13)]


def server(address: str) -> sa.Engine:
    return sa.create_engine(address, poolclass=sa.NullPool)


def test_a_postgresql_server_has_all_of_a_report(postgres: str) -> None:
    amount = Decimal("123456789012345678.12")  # more than a binary float holds
    item = replace(
        report(
            "a.pdf", 2023, field(RECEIVED, "12"), replace(field(TOTAL, None), value=amount, box=(1.0, 2.0, 3.0, 4.5))
        ),
        checks=(
            Check("id", "12 = 13", False, Verdict.SOURCE_INCONSISTENT),
            Check("i", "", None, Verdict.NOT_APPLICABLE),
        ),
        narrative=(NarrativeFigure("received_requests", Decimal("12.5"), "12\x00件", 1, None),),
        extra_rows=(ExtraRow("proactive", "其他", ("1", "2"), 2),),
        warnings=("w",),
    )
    write_database(postgres, (replace(item, source=replace(item.source, path=f"{n}.pdf")) for n in range(450)))
    write_database(postgres, [item])  # takes the place of the 450
    with server(postgres).connect() as connection:

        def found(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(sa.text(query))]

        assert found("select path, year, organization, pages from reports") == [("a.pdf", 2023, "松溪县档案局", 3)]
        assert found('select id, value, status, "left", bottom from fields order by value') == [
            (RECEIVED, Decimal(12), "read", None, None),
            (TOTAL, amount, "read", 1.0, 4.5),
        ]
        assert found("select id, holds, verdict from checks order by id") == [
            ("i", None, "not_applicable"),
            ("id", False, "source_inconsistent"),
        ]
        assert found("select value, text, agrees from narrative") == [(Decimal("12.5"), "12件", None)]
        assert found("select place, printed from extra_rows order by place") == [(0, "1"), (1, "2")]
        assert found("select report, warning from warnings") == [("a.pdf", "w")]


def test_who_reads_a_postgresql_server_never_sees_half_an_export(postgres: str) -> None:
    write_database(postgres, [report("a.pdf", 2023, field(RECEIVED, "12"))])
    engine, seen = server(postgres), list[str]()

    def watched() -> Iterator[Report]:
        for n in range(500):  # more than one batch
            if n in (250, 499):
                with engine.connect() as reader:
                    seen.extend(reader.scalars(sa.text("select path from reports")))
            yield report(f"b{n}.pdf", 2023, field(RECEIVED, "13"))
        yield report("b0.pdf", 2023)  # one key twice

    with pytest.raises(UsageError, match="cannot be filled"):
        write_database(postgres, watched())
    assert seen == ["a.pdf", "a.pdf"]
    with engine.connect() as reader:
        assert reader.scalars(sa.text("select value from fields")).all() == [12]


def test_a_postgresql_server_by_the_command(out: Path, postgres: str) -> None:
    assert main(["export", str(out), "--to", postgres]) == 0
    with server(postgres).connect() as connection:
        assert connection.scalars(sa.text("select path from reports order by path")).all() == ["a.pdf", "b.pdf"]


# ---- tables and page


def test_a_csv_for_excel_is_marked_and_has_no_formulas(tmp_path: Path) -> None:
    item = report("a.pdf", 2023, field(RECEIVED, "-3", printed="-3"), field(TOTAL, None, Status.REVIEW, HOSTILE))
    write_csv(tmp_path / "a.csv", [item], for_excel=True)
    write_csv(tmp_path / "b.csv", [item])
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfreport,")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["value"], first["printed"], second["printed"]) == ("-3", "'-3", f"'{HOSTILE}")
    with (tmp_path / "b.csv").open(encoding="utf-8", newline="") as file:
        assert [row["printed"] for row in csv.DictReader(file)] == ["-3", HOSTILE]


def test_parquet_by_year(tmp_path: Path) -> None:
    items = [report(f"{y}.pdf", y, field(RECEIVED, str(y or 1))) for y in (2023, 2022, None)]
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


def test_the_page_counts_and_escapes(tmp_path: Path) -> None:
    wrong = Check("a:row_total", "1 = 2", False, Verdict.UNRESOLVED)
    survey = Survey()
    survey.add(replace(report("<b>.pdf", 2023, field(RECEIVED, "12", Status.REVIEW)), checks=(wrong,)))
    survey.add(report("fine.pdf", 2022, field(RECEIVED, "12")))
    lines = {
        "<b>.pdf": ManifestLine("<b>.pdf", None, "converted", None, 1.0, 3),
        "bad\n.pdf": ManifestLine("bad\n.pdf", None, "failed", "<script>", 1.0, None, "DamagedFile"),
    }
    page = summary_page(survey, lines)
    assert "<b>" not in page
    assert "<script" not in page
    assert "http" not in page  # nothing from elsewhere
    for said in (
        "&lt;b&gt;.pdf",
        "a:row_total",
        "文件损坏",
        "bad\\n.pdf",
        "2 份报告",
        "须人工核对 50.0%",
        "<svg",
        "须核对",
    ):
        assert said in page, said
    assert "fine.pdf" not in page  # there is nothing to look at in it


# ---- command


@pytest.fixture
def out(tmp_path: Path) -> Path:
    items = [report("a.pdf", 2023, field(RECEIVED, "12")), report("b.pdf", 2022, field(RECEIVED, "13"))]
    for item in items:
        write_report(tmp_path / "out", item.source.path, item)
    lines = [ManifestLine(item.source.path, "ab" * 32, "converted", None, 1.0, 3) for item in items]
    write_manifest(tmp_path / "out", [*lines, ManifestLine("c.pdf", None, "failed", "damaged", 1.0, None)])
    assert read_report(tmp_path / "out", "a.pdf") == items[0]
    return tmp_path / "out"


@pytest.mark.parametrize("target", ["a.xlsx", "a.csv", "a.html"])
def test_the_ending_says_what_is_written(target: str, out: Path, tmp_path: Path) -> None:
    assert main(["export", str(out), "--to", str(tmp_path / target)]) == 0
    assert (tmp_path / target).stat().st_size > 100


def test_a_database_of_one_report_by_the_command(out: Path, tmp_path: Path) -> None:
    assert main(["export", str(out), "b.pdf", "--to", f"sqlite:///{tmp_path}/a.db"]) == 0
    assert rows(tmp_path / "a.db", "select path from reports") == [("b.pdf",)]


@pytest.mark.filterwarnings("default")  # of botocore
def test_an_archive_in_an_object_store_is_exported_to_there_or_here(s3: str, tmp_path: Path) -> None:
    item = report("a.pdf", 2023, field(RECEIVED, "12"))
    write_report(place(f"{s3}/out"), "a.pdf", item)
    write_manifest(place(f"{s3}/out"), [ManifestLine("a.pdf", "ab" * 32, "converted", None, 1.0, 3)])
    for target in (f"{s3}/fields.csv", str(tmp_path / "fields.csv")):
        assert main(["export", f"{s3}/out", "--to", target, "--bom"]) == 0
        assert place(target).read_bytes().startswith(b"\xef\xbb\xbfreport,")
    assert main(["export", f"{s3}/out", "--to", str(tmp_path / "years"), "--by-year"]) == 0
    assert (tmp_path / "years" / "year=2023").is_dir()
    assert main(["export", f"{s3}/out", "--to", f"{s3}/years", "--by-year"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none", "--to", "a.xlsx"], "is not the OUT folder"),
        (["OUT", "c.pdf", "--to", "a.xlsx"], "has no report of c.pdf"),
        (["OUT", "--to", "a.doc"], "end it with"),
        (["OUT", "--to", "nosuch://x"], "cannot be filled"),
    ],
)
def test_what_cannot_be_written_is_said(
    arguments: list[str], said: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *[str(out) if a == "OUT" else a for a in arguments]]) == 2
    assert said in capsys.readouterr().err
