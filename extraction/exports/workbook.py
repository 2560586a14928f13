"""Write reports as an Excel workbook: the national form on a sheet for each, with fields for review marked.

A mark is a colour and a sign, for those who print in black or cannot tell colours. The sign is part of the cell's
number format, so that the cell holds the bare figure. Text stays text: none of it becomes a formula or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from extraction.document import ExtraRow, Field, Report, Status, Verdict
from extraction.exports.form_sheet import COLUMN_WIDTH, COLUMNS, FONT_POINTS, column_edges, row_heights, text_height
from extraction.forms.catalogue import sections, template
from extraction.forms.printed_form import Departures, FormTable, tables
from extraction.output.chinese_names import sum_name
from extraction.output.files import in_place_of

MAX_REPORTS = 1000  # sheets of a workbook that Excel still opens
_MAX_TEXT = 32_000  # characters; Excel takes 32,767 in a cell
_MAX_DIGITS = 15  # of a number in Excel
_MAX_SHEET_NAME = 31  # characters
_A4 = 9  # Excel's number for the paper


@dataclass(frozen=True, slots=True)
class _Mark:
    """The mark of a status: the cell's colour, the sign behind its figure, and the legend's text."""

    colour: str
    sign: str
    meaning: str


_MARKS = {
    Status.REVIEW: _Mark("#FFE699", "？", "须人工核对（数值仅供参考）"),
    Status.CORRECTED: _Mark("#C6E0B4", "※", "识读有误，已按勾稽关系更正"),
    Status.INFERRED: _Mark("#BDD7EE", "△", "原文空缺，由勾稽关系推得"),
    Status.MISSING: _Mark("#D9D9D9", "", "原文无此项（斜线）"),
}
_VERDICTS = {Verdict.SOURCE_INCONSISTENT: "原文数字不符", Verdict.UNRESOLVED: "待核对"}
# Column heads of the lists, and the columns' widths in characters.
_REPORTS = {"机关": 40, "年度": 8, "版式": 8, "须核对": 8, "不符": 8, "文件": 60}
_SUMS = {"机关": 30, "年度": 8, "结论": 14, "关系": 45, "算式": 40, "说明": 50, "文件": 35}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


def write_workbook(path: Path, reports: Iterable[Report]) -> None:
    """Write the workbook at `path`: the sheets 目录 and 勾稽, then one sheet a report."""
    with in_place_of(path) as file:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            _Workbook(book).write(reports)


class _Workbook:
    """An open workbook, with the sheet names and cell formats used so far."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self, reports: Iterable[Report]) -> None:
        index = self._list("目录", _REPORTS)
        failing = self._list("勾稽", _SUMS)
        left, row = self._format(align="left"), 0
        for line, report in enumerate(reports, start=1):
            name = self._sheet(report)
            wrong = [c for c in report.checks if c.verdict in _VERDICTS]
            index.write_url(line, 0, f"internal:'{name}'!A1", string=_clip(report.organization or report.source.path))
            review = sum(f.status is Status.REVIEW for f in report.fields)
            index.write_row(line, 1, [report.year, report.template, review, len(wrong)], left)
            index.write_string(line, 5, _clip(report.source.path))
            for check in wrong:
                row += 1
                why = check.explanation.zh if check.explanation else ""
                said = [report.organization or "", str(report.year or ""), _VERDICTS[check.verdict]]
                self._wrapped(failing, row, [*said, sum_name(check.id), check.expression, why, report.source.path])
        for number, mark in enumerate(_MARKS.values()):
            index.write_string(number, 7, f"{mark.sign} {mark.meaning}".strip(), self._format(bg_color=mark.colour))
        index.set_column(7, 7, 34)

    def _list(self, name: str, widths: dict[str, int]) -> Any:
        """Add a sheet of a list; `widths` are its column heads and their widths in characters."""
        sheet = self._book.add_worksheet(name)
        self._names.add(name)
        for column, (head, width) in enumerate(widths.items()):
            sheet.write_string(0, column, head, self._format(bold=True, bottom=1, align="left"))
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _wrapped(self, sheet: Any, row: int, texts: list[str]) -> None:
        """Write a row of 勾稽, as high as its texts need."""
        look = self._format(text_wrap=True, valign="top", font_size=FONT_POINTS)
        for column, text in enumerate(texts):
            sheet.write_string(row, column, _clip(text), look)
        widths = zip(texts, _SUMS.values(), strict=True)
        sheet.set_row(row, max(text_height(_clip(text), width / COLUMN_WIDTH) for text, width in widths))

    def _sheet(self, report: Report) -> str:
        """Add the sheet of a report; its name."""
        name = self._name(report)
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, COLUMNS - 1, COLUMN_WIDTH)
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.5)
        sheet.fit_to_pages(1, 1)
        sheet.center_horizontally()
        self._full_row(sheet, 0, report.title or report.source.path, 20.0, bold=True, font_size=14, align="center")
        who = " ".join(str(part) for part in (report.organization, report.year, report.source.path) if part)
        self._full_row(sheet, 1, who, align="center")
        row = 3
        fields = {f.id: f for f in report.fields}
        for table in _tables(report):
            form = next(s for s in sections() if s.id == table.section)
            self._full_row(sheet, row, f"{form.number}、{form.title}", 18.0, bold=True, font_size=11)
            self._table(sheet, row + 1, table, fields)
            row += len(table.rows) + 2
        row = self._extra_rows(sheet, row, report.extra_rows)
        if report.template is None:
            self._full_row(sheet, row, "没有找到国家统一格式的表格")
            row += 1
        for warning in report.warnings:
            self._full_row(sheet, row, f"注意：{warning}")
            row += 1
        self._legend(sheet, row + 1)
        return name

    def _full_row(self, sheet: Any, row: int, text: str, height: float = 0.0, **look: Any) -> None:
        """Write a row merged over the whole width; `height` in points is its least."""
        kept = self._format(**{"font_size": FONT_POINTS, "text_wrap": True, "valign": "vcenter", **look})
        sheet.merge_range(row, 0, row, COLUMNS - 1, "", kept)
        sheet.write_string(row, 0, _clip(text), kept)
        sheet.set_row(row, max(height, text_height(text, COLUMNS)))

    def _table(self, sheet: Any, top: int, table: FormTable, fields: dict[str, Field]) -> None:
        """Write a table of the form from row `top` on; one of its columns may take several of the sheet."""
        edges = column_edges(table)
        for number, height in enumerate(row_heights(table)):
            sheet.set_row(top + number, height)
        for row, column, cell in table.placed():
            first, last = edges[column], edges[column + cell.column_span] - 1
            bottom = top + row + cell.row_span - 1
            field = fields.get(cell.field) if cell.field else None
            look = self._look(field, bold=cell.kind in ("title", "header"), down=cell.vertical)
            if bottom > top + row or last > first:
                sheet.merge_range(top + row, first, bottom, last, "", look)
            if field is None:
                sheet.write_string(top + row, first, _clip(cell.text), look)
            else:
                self._value(sheet, top + row, first, field, look)

    def _value(self, sheet: Any, row: int, column: int, field: Field, look: Any) -> None:
        if field.value is None:
            empty = "？" if field.status is Status.REVIEW else ""  # a number format adds no sign to an empty cell
            sheet.write_string(row, column, _clip(field.printed) or empty, look)
        elif len(field.value.as_tuple().digits) <= _MAX_DIGITS:
            sheet.write_number(row, column, field.value, look)
        else:
            sheet.write_string(row, column, format(field.value, "f"), look)
        if field.status is Status.REVIEW:
            place = f"，第 {field.page} 页" if field.page else ""
            meaning = _MARKS[Status.REVIEW].meaning
            sheet.write_comment(row, column, _clip(f"{meaning}：识读为“{field.printed}”{place}"))

    def _extra_rows(self, sheet: Any, row: int, extra: tuple[ExtraRow, ...]) -> int:
        """Write the rows that are in no form, as printed; the sheet row after them."""
        if not extra:
            return row
        self._full_row(sheet, row, "表中另有的行", 18.0, bold=True, font_size=11)
        for number, one in enumerate(extra, start=row + 1):
            self._full_row(sheet, number, "    ".join((one.label, *one.printed)), border=1)
        return row + len(extra) + 2

    def _legend(self, sheet: Any, row: int) -> None:
        for number, mark in enumerate(_MARKS.values()):
            look = self._format(bg_color=mark.colour, font_size=FONT_POINTS, border=1, text_wrap=True)
            sheet.merge_range(row + number, 0, row + number, 4, "", look)
            sheet.write_string(row + number, 0, f"{mark.sign} {mark.meaning}".strip(), look)

    def _look(self, field: Field | None, *, bold: bool, down: bool) -> Any:
        look: dict[str, Any] = {
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "font_size": FONT_POINTS,
            "bold": bold,
        }
        look |= {"rotation": 270} if down else {"text_wrap": True}
        if field is not None:
            sign = _MARKS[field.status].sign if field.status in _MARKS else ""
            look["num_format"] = _number_format(field.value, sign)
            if field.status is Status.MISSING:
                look |= {"diag_type": 1, "diag_border": 1}
            if field.status in _MARKS:
                look["bg_color"] = _MARKS[field.status].colour
        return self._format(**look)

    def _format(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def _name(self, report: Report) -> str:
        """A sheet name that Excel accepts and that is not used yet."""
        wanted = f"{report.year or ''}{report.organization or Path(report.source.path).stem}"
        wanted = _NOT_IN_SHEET_NAMES.sub(" ", wanted).strip() or "报告"
        name, number = wanted[:_MAX_SHEET_NAME], 1
        while name.lower() in self._names:
            number += 1
            name = f"{wanted[: _MAX_SHEET_NAME - 1 - len(str(number))]}~{number}"
        self._names.add(name.lower())
        return name


def _tables(report: Report) -> tuple[FormTable, ...]:
    """The tables of the report's form, with the rows of the other form that it prints."""
    if report.template is None:
        return ()
    empty = dict.fromkeys((f.id for f in template(report.template).fields), "")
    return tables(report.template, {**empty, **{f.id: f.printed for f in report.fields}}, Departures())


def _number_format(value: Decimal | None, sign: str) -> str:
    """Excel's number format that shows every digit of the value, then the sign; the sign follows text too."""
    exponent = value.as_tuple().exponent if value is not None else 0
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    digits = f"0.{'0' * places}" if places else "0"
    quoted = f'"{sign}"' if sign else ""
    return ";".join(f"{shown}{quoted}" for shown in (digits, f"-{digits}", digits, "@"))


def _clip(text: str) -> str:
    """The text, cut to what a cell holds."""
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
