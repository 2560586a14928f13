"""Workbooks of reports that each test shows, read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl

from annotations.store import read_gold
from extraction.document import Check, Status, Verdict
from extraction.exports.workbook import write_workbook
from tests.documents import SAMPLES
from tests.extraction.small_reports import HOSTILE, RECEIVED, TOTAL, field, report


def cells(path: Path, sheet: str) -> dict[str, openpyxl.cell.Cell]:
    return {c.coordinate: c for row in openpyxl.load_workbook(path)[sheet].iter_rows() for c in row}


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


def test_sums_that_fail_are_named(tmp_path: Path) -> None:
    wrong = Check("applications.received:row_total", "1 + 2 = 4", False, Verdict.UNRESOLVED)
    write_workbook(tmp_path / "a.xlsx", [replace(report("a.pdf", 2023), checks=(wrong,))])
    named = [c.value for c in cells(tmp_path / "a.xlsx", "勾稽").values()]
    assert "一、本年新收政府信息公开申请数量：各类申请人之和 = 总计" in named


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
    golds = [read_gold(path).report for path in sorted(SAMPLES.glob("*/gold.json"))]
    write_workbook(tmp_path / "a.xlsx", golds)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for gold, sheet in zip(golds, book.worksheets[2:], strict=True):
        numbers = sorted(float(c.value) for row in sheet.iter_rows() for c in row if c.data_type == "n" and c.value)
        assert numbers == sorted(float(f.value) for f in gold.fields if f.value)
