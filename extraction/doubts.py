"""Why a figure is, or was, in doubt: a closed list of codes, each raised by one stage and worded in both languages.

A `Doubt` travels with the cell and the field from the stage that raises it to the report's JSON (`reasons`), the
tables, the desk and `gouji show`. What follows from it is decided in one place, `extraction.reconcile.decision`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class DoubtStage(StrEnum):
    """The stage that raises a doubt."""

    INGEST = "ingest"
    TABLES = "tables"
    CELLS = "cells"
    LABELLING = "labelling"
    RECONCILIATION = "reconciliation"


class DoubtCode(StrEnum):
    """Why a figure is in doubt (contract: `fields[].reasons`)."""

    FILE_CUT_OFF = "file_cut_off"
    TEXT_LAYER_CONTRADICTED = "text_layer_contradicted"
    GRID_LINE_BROKEN = "grid_line_broken"
    CELL_BOUNDS_UNCERTAIN = "cell_bounds_uncertain"
    CELL_TOO_SMALL = "cell_too_small"
    CELL_CROPPED = "cell_cropped"
    NOT_READ = "not_read"
    LOW_PROBABILITY = "low_probability"
    READINGS_DIFFER = "readings_differ"
    INK_WITHOUT_TEXT = "ink_without_text"
    TEXT_WITHOUT_INK = "text_without_ink"
    WIDE_GAP = "wide_gap"
    DASH_UNCERTAIN = "dash_uncertain"
    OTHER_INK_IN_CELL = "other_ink_in_cell"
    SEAL_OVER_FIGURE = "seal_over_figure"
    NOT_A_FIGURE = "not_a_figure"
    NOT_A_COUNT = "not_a_count"
    SIGN_UNCERTAIN = "sign_uncertain"
    UNIT_UNCERTAIN = "unit_uncertain"
    LABEL_UNREADABLE = "label_unreadable"
    ROW_UNCERTAIN = "row_uncertain"
    ROW_NOT_FOUND = "row_not_found"
    ROW_PRINTED_TWICE = "row_printed_twice"
    HEADER_UNREADABLE = "header_unreadable"
    COLUMN_UNCERTAIN = "column_uncertain"
    CELL_SHARED = "cell_shared"
    FORM_UNCERTAIN = "form_uncertain"
    ISOLATED_BLANK = "isolated_blank"
    UNCONFIRMED = "unconfirmed"
    SUM_FAILS = "sum_fails"
    BLANK_OR_ZERO = "blank_or_zero"
    LINE_SHIFTED = "line_shifted"
    SEARCH_INCOMPLETE = "search_incomplete"

    @property
    def about(self) -> AboutDoubt:
        """Its stage, what it says in both languages, and whether it alone sends a figure to a person."""
        return ABOUT[self]


class AboutDoubt(NamedTuple):
    """What a code means. `needs_person`: unless the sums settle the figure, a person must look; the others only lower
    the probability, which then decides."""

    stage: DoubtStage
    zh: str
    en: str
    needs_person: bool = True


_I, _T, _C, _L, _R = DoubtStage
ABOUT: dict[DoubtCode, AboutDoubt] = {
    DoubtCode.FILE_CUT_OFF: AboutDoubt(_I, "文件在此处中断", "the file breaks off in this cell"),
    DoubtCode.TEXT_LAYER_CONTRADICTED: AboutDoubt(
        _I, "文本层与图像不符", "the page's text layer contradicts its picture", needs_person=False
    ),
    DoubtCode.GRID_LINE_BROKEN: AboutDoubt(_T, "表格线断裂", "a grid line around the cell is broken"),
    DoubtCode.CELL_BOUNDS_UNCERTAIN: AboutDoubt(_T, "单元格边界不明", "print runs over where the cell should end"),
    DoubtCode.CELL_TOO_SMALL: AboutDoubt(_T, "单元格过小", "the cell is too small for a figure"),
    DoubtCode.CELL_CROPPED: AboutDoubt(_T, "单元格被页边截断", "the page's edge cuts the cell off"),
    DoubtCode.NOT_READ: AboutDoubt(_C, "未能识别", "nothing could be read"),
    DoubtCode.LOW_PROBABILITY: AboutDoubt(_C, "识别把握不足", "the reading is unsure"),
    DoubtCode.READINGS_DIFFER: AboutDoubt(_C, "两次识别不一致", "two readings differ"),
    DoubtCode.INK_WITHOUT_TEXT: AboutDoubt(_C, "有墨迹而未读出内容", "there is ink that reads as nothing"),
    DoubtCode.TEXT_WITHOUT_INK: AboutDoubt(_C, "读出数字而几无墨迹", "a figure was read where there is hardly any ink"),
    DoubtCode.WIDE_GAP: AboutDoubt(_C, "数字间隔过大，可能是两个数", "a wide gap: it may be two figures"),
    DoubtCode.DASH_UNCERTAIN: AboutDoubt(_C, "横线可能是数字残迹", "a dash that may be what is left of a figure"),
    DoubtCode.OTHER_INK_IN_CELL: AboutDoubt(_C, "同格另有墨迹", "there is other ink in the cell"),
    DoubtCode.SEAL_OVER_FIGURE: AboutDoubt(
        _C, "印章或笔迹压字", "a seal or a pen lies over the figure", needs_person=False
    ),
    DoubtCode.NOT_A_FIGURE: AboutDoubt(_L, "不是数字", "the cell's text is not a figure"),
    DoubtCode.NOT_A_COUNT: AboutDoubt(_L, "不合该项的数字形式", "the figure cannot be one of this field"),
    DoubtCode.SIGN_UNCERTAIN: AboutDoubt(_L, "可能漏读负号", "a minus may stand before the figure"),
    DoubtCode.UNIT_UNCERTAIN: AboutDoubt(_L, "金额单位不明", "the unit of the amount is uncertain"),
    DoubtCode.LABEL_UNREADABLE: AboutDoubt(_L, "行名无法辨认", "the row's label could not be read"),
    DoubtCode.ROW_UNCERTAIN: AboutDoubt(_L, "所属行不明", "the row may be another of the form's"),
    DoubtCode.ROW_NOT_FOUND: AboutDoubt(_L, "未找到该行，可能漏读", "the row was not found, and may be printed"),
    DoubtCode.ROW_PRINTED_TWICE: AboutDoubt(_L, "同一行出现两次，数字不同", "the row is printed twice, unlike"),
    DoubtCode.HEADER_UNREADABLE: AboutDoubt(_L, "表头无法辨认", "the table's header could not be read"),
    DoubtCode.COLUMN_UNCERTAIN: AboutDoubt(_L, "所属列不明", "the figure may be another column's"),
    DoubtCode.CELL_SHARED: AboutDoubt(_L, "一格对应多个字段", "the cell stands in more than one field"),
    DoubtCode.FORM_UNCERTAIN: AboutDoubt(_L, "无法判断表式", "nothing tells which form this is"),
    DoubtCode.ISOLATED_BLANK: AboutDoubt(_L, "孤立空白，原有数字可能缺失", "a lone blank: the print may be gone"),
    DoubtCode.UNCONFIRMED: AboutDoubt(_R, "无勾稽关系印证", "unsure, and no sum confirms it"),
    DoubtCode.SUM_FAILS: AboutDoubt(_R, "勾稽不符", "a sum does not hold"),
    DoubtCode.BLANK_OR_ZERO: AboutDoubt(_R, "空白与零难以分辨", "blank or zero: no sum tells"),
    DoubtCode.LINE_SHIFTED: AboutDoubt(_R, "整行或整列可能错位", "a whole row or column may be another's"),
    DoubtCode.SEARCH_INCOMPLETE: AboutDoubt(_R, "可能的读法过多，未能穷尽", "too many explanations to weigh them all"),
}
"""Every code, once."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason why a figure is, or was, in doubt. `detail` is for engineers, in English; it does not count in
    comparisons, and the report's JSON keeps the code only."""

    code: DoubtCode
    detail: str = field(default="", compare=False)

    @property
    def stage(self) -> DoubtStage:
        """The stage that raised it."""
        return ABOUT[self.code].stage


Doubts = tuple[Doubt, ...]


def doubt(code: DoubtCode, detail: str = "") -> Doubts:
    """One doubt, as the tuple that values carry."""
    return (Doubt(code, detail),)


def need_person(doubts: Doubts) -> bool:
    """Whether any of the doubts sends a figure to a person unless the sums settle it."""
    return any(ABOUT[d.code].needs_person for d in doubts)


def joined(*doubts: Doubts) -> Doubts:
    """All of them in order, each code once."""
    found: dict[DoubtCode, Doubt] = {}
    for one in (d for some in doubts for d in some):
        found.setdefault(one.code, one)
    return tuple(found.values())
