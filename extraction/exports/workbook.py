"""Reports as an Excel workbook: the national form on a sheet for each, what a person must look at coloured.

Text is written as text, whatever it begins with: nothing of a report becomes a formula or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter

from extraction.catalogue import sections, template
from extraction.document import Field, Report, Status, Verdict
from extraction.forms import Departures, FormTable, tables
from extraction.outputs import in_place_of

MOST_REPORTS = 1000  # sheets of a workbook that still opens
_COLOURS = {
    Status.REVIEW: "#FFE699",
    Status.CORRECTED: "#C6E0B4",
    Status.INFERRED: "#BDD7EE",
    Status.MISSING: "#D9D9D9",
}
_MEANINGS = {
    Status.REVIEW: "须人工核对（数值仅供参考）",
    Status.CORRECTED: "识读有误，已按勾稽关系更正",
    Status.INFERRED: "原文空缺，由勾稽关系推得",
    Status.MISSING: "原文无此项",
}
_VERDICTS = {Verdict.SOURCE_INCONSISTENT: "原文数字不符", Verdict.UNRESOLVED: "待核对"}
_UNSAFE = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_WIDTH = 120  # characters across a table


def write_workbook(path: Path, reports: Iterable[Report]) -> None:
    """Write the workbook at `path`: 目录, 勾稽, then a sheet a report."""
    with in_place_of(path) as file:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            _Workbook(book).write(reports)


class _Workbook:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self, reports: Iterable[Report]) -> None:
        index, failing = self._book.add_worksheet("目录"), self._book.add_worksheet("勾稽")
        self._names |= {"目录", "勾稽"}
        head = self._format(bold=True, bottom=1)
        index.write_row(0, 0, ["机关", "年度", "版式", "须核对", "不符", "文件"], head)
        failing.write_row(0, 0, ["机关", "年度", "结论", "算式", "关系", "文件"], head)
        index.set_column(0, 0, 40)
        index.set_column(5, 5, 60)
        failing.set_column(0, 0, 40)
        failing.set_column(3, 4, 44)
        row = 0
        for line, report in enumerate(reports, start=1):
            name = self._sheet(report)
            wrong = [c for c in report.checks if c.verdict in _VERDICTS]
            index.write_url(line, 0, f"internal:'{name}'!A1", string=report.organization or report.source.path)
            review = sum(f.status is Status.REVIEW for f in report.fields)
            index.write_row(line, 1, [report.year, report.template, review, len(wrong), report.source.path])
            for check in wrong:
                row += 1
                said = [_VERDICTS[check.verdict], check.expression, check.id, report.source.path]
                failing.write_row(row, 0, [report.organization, report.year, *said])
        index.freeze_panes(1, 0)
        failing.freeze_panes(1, 0)
        self._legend(index, 7)

    def _sheet(self, report: Report) -> str:
        name = self._name(report)
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, report.title or report.source.path, self._format(bold=True, font_size=14))
        sheet.write_string(1, 0, f"{report.organization or ''}  {report.year or ''}  {report.source.path}")
        row = 3
        fields = {f.id: f for f in report.fields}
        drawn = _tables(report) if report.template else ()
        for table in drawn:
            form = next(s for s in sections() if s.id == table.section)
            sheet.write_string(row, 0, f"{form.number}、{form.title}", self._format(bold=True))
            self._table(sheet, row + 1, table, fields)
            row += len(table.rows) + 3
        for warning in report.warnings:
            sheet.write_string(row, 0, f"注意：{warning}")
            row += 1
        sheet.set_column(0, 14, _WIDTH / 15)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        return name

    def _table(self, sheet: Any, top: int, table: FormTable, fields: dict[str, Field]) -> None:
        """The cells where the form has them; a narrow table takes several columns of the sheet for each of its own."""
        wide = _wide(table)
        for row, column, cell in table.placed():
            first, last = wide[column], wide[column + cell.column_span] - 1
            bottom = top + row + cell.row_span - 1
            field = fields.get(cell.field) if cell.field else None
            look = self._look(field, bold=cell.kind in ("title", "header"), down=cell.vertical)
            if bottom > top + row or last > first:
                sheet.merge_range(top + row, first, bottom, last, "", look)
            if field is None:
                sheet.write_string(top + row, first, cell.text, look)
            else:
                self._value(sheet, top + row, first, field, look)

    def _value(self, sheet: Any, row: int, column: int, field: Field, look: Any) -> None:
        if field.value is None:
            sheet.write_string(row, column, field.printed, look)
        elif len(field.value.as_tuple().digits) > 15:  # more than Excel's numbers hold
            sheet.write_string(row, column, format(field.value, "f"), look)
        else:
            sheet.write_number(row, column, field.value, look)
        if field.status is Status.REVIEW:
            place = f"，第 {field.page} 页" if field.page else ""
            sheet.write_comment(row, column, f"{_MEANINGS[Status.REVIEW]}：识读为“{field.printed}”{place}")

    def _look(self, field: Field | None, *, bold: bool, down: bool) -> Any:
        look: dict[str, Any] = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "font_size": 9}
        if bold:
            look["bold"] = True
        if down:
            look["rotation"] = 270
        if field is not None and field.status in _COLOURS:
            look["bg_color"] = _COLOURS[field.status]
        return self._format(**look)

    def _format(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def _legend(self, sheet: Any, column: int) -> None:
        for row, (status, meaning) in enumerate(_MEANINGS.items()):
            sheet.write_string(row, column, meaning, self._format(bg_color=_COLOURS[status]))
        sheet.set_column(column, column, 32)

    def _name(self, report: Report) -> str:
        """A name for a sheet: at most 31 characters, some not among them, and no two alike."""
        wanted = f"{report.year or ''}{report.organization or Path(report.source.path).stem}"
        wanted = _UNSAFE.sub(" ", wanted).strip() or "报告"
        name, number = wanted[:31], 1
        while name.lower() in self._names:
            number += 1
            name = f"{wanted[: 30 - len(str(number))]}~{number}"
        self._names.add(name.lower())
        return name


def _tables(report: Report) -> tuple[FormTable, ...]:
    """The form that the report is laid out as, with the rows of the other form that it prints."""
    assert report.template is not None
    empty = dict.fromkeys((f.id for f in template(report.template).fields), "")
    return tables(report.template, {**empty, **{f.id: f.printed for f in report.fields}}, Departures())


def _wide(table: FormTable) -> list[int]:
    """Where each column of the table begins among the 15 of the sheet, and where the last ends."""
    edges, share = [0], 0.0
    for number, width in enumerate(table.widths, start=1):
        share += width
        left = len(table.widths) - number
        edges.append(min(max(round(15 * share), edges[-1] + 1), 15 - left))
    return edges
