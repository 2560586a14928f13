"""Why a figure is, or was, in doubt: a closed list of codes, each raised by one stage and worded in both languages.

A `Doubt` travels with the cell and the field from the stage that raises it to the report's JSON (`reasons`), the
tables, the desk and `gouji show`. What follows from it is decided in one place, `extraction.reconcile.decision`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class DoubtStage(StrEnum):
    """The stage that raises a doubt."""

    INGEST = "ingest"
    TABLES = "tables"
    CELLS = "cells"
    LABELLING = "labelling"
    RECONCILIATION = "reconciliation"


class AboutDoubt(NamedTuple):
    """What a code means. `needs_person`: unless the sums settle the figure, a person must look; the others only lower
    the probability, which then decides."""

    stage: DoubtStage
    zh: str
    en: str
    needs_person: bool = True


_I, _T, _C, _L, _R = DoubtStage


class DoubtCode(StrEnum):
    """Why a figure is in doubt (contract: `fields[].reasons`): each code with what it means, `about`."""

    about: AboutDoubt

    def __new__(cls, code: str, *about: Any) -> DoubtCode:
        """The member whose value is the code."""
        member = str.__new__(cls, code)
        member._value_, member.about = code, AboutDoubt(*about)
        return member

    FILE_CUT_OFF = "file_cut_off", _I, "文件在此处中断", "the file breaks off in this cell"
    TEXT_LAYER_CONTRADICTED = (
        "text_layer_contradicted",
        _I,
        "文本层与图像不符",
        "the page's text layer contradicts its picture",
        False,
    )
    GRID_LINE_BROKEN = "grid_line_broken", _T, "表格线断裂", "a grid line around the cell is broken"
    CELL_BOUNDS_UNCERTAIN = "cell_bounds_uncertain", _T, "单元格边界不明", "print runs over where the cell should end"
    CELL_TOO_SMALL = "cell_too_small", _T, "单元格过小", "the cell is too small for a figure"
    CELL_CROPPED = "cell_cropped", _T, "单元格被页边截断", "the page's edge cuts the cell off"
    NOT_READ = "not_read", _C, "未能识别", "nothing could be read"
    LOW_PROBABILITY = "low_probability", _C, "识别把握不足", "the reading is unsure"
    READINGS_DIFFER = "readings_differ", _C, "两次识别不一致", "two readings differ"
    INK_WITHOUT_TEXT = "ink_without_text", _C, "有墨迹而未读出内容", "there is ink that reads as nothing"
    TEXT_WITHOUT_INK = "text_without_ink", _C, "读出数字而几无墨迹", "a figure was read where there is hardly any ink"
    WIDE_GAP = "wide_gap", _C, "数字间隔过大，可能是两个数", "a wide gap: it may be two figures"
    DASH_UNCERTAIN = "dash_uncertain", _C, "横线可能是数字残迹", "a dash that may be what is left of a figure"
    OTHER_INK_IN_CELL = "other_ink_in_cell", _C, "同格另有墨迹", "there is other ink in the cell"
    SEAL_OVER_FIGURE = "seal_over_figure", _C, "印章或笔迹压字", "a seal or a pen lies over the figure", False
    NOT_A_FIGURE = "not_a_figure", _L, "不是数字", "the cell's text is not a figure"
    NOT_A_COUNT = "not_a_count", _L, "不合该项的数字形式", "the figure cannot be one of this field"
    SIGN_UNCERTAIN = "sign_uncertain", _L, "可能漏读负号", "a minus may stand before the figure"
    UNIT_UNCERTAIN = "unit_uncertain", _L, "金额单位不明", "the unit of the amount is uncertain"
    LABEL_UNREADABLE = "label_unreadable", _L, "行名无法辨认", "the row's label could not be read"
    ROW_UNCERTAIN = "row_uncertain", _L, "所属行不明", "the row may be another of the form's"
    ROW_NOT_FOUND = "row_not_found", _L, "未找到该行，可能漏读", "the row was not found, and may be printed"
    ROW_PRINTED_TWICE = "row_printed_twice", _L, "同一行出现两次，数字不同", "the row is printed twice, unlike"
    HEADER_UNREADABLE = "header_unreadable", _L, "表头无法辨认", "the table's header could not be read"
    COLUMN_UNCERTAIN = "column_uncertain", _L, "所属列不明", "the figure may be another column's"
    CELL_SHARED = "cell_shared", _L, "一格对应多个字段", "the cell stands in more than one field"
    FORM_UNCERTAIN = "form_uncertain", _L, "无法判断表式", "nothing tells which form this is"
    ISOLATED_BLANK = "isolated_blank", _L, "孤立空白，原有数字可能缺失", "a lone blank: the print may be gone"
    UNCONFIRMED = "unconfirmed", _R, "无勾稽关系印证", "unsure, and no sum confirms it"
    SUM_FAILS = "sum_fails", _R, "勾稽不符", "a sum does not hold"
    BLANK_OR_ZERO = "blank_or_zero", _R, "空白与零难以分辨", "blank or zero: no sum tells"
    LINE_SHIFTED = "line_shifted", _R, "整行或整列可能错位", "a whole row or column may be another's"
    SEARCH_INCOMPLETE = "search_incomplete", _R, "可能的读法过多，未能穷尽", "too many explanations to weigh them all"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason why a figure is, or was, in doubt. `detail` is for engineers, in English; it does not count in
    comparisons, and the report's JSON keeps the code only."""

    code: DoubtCode
    detail: str = field(default="", compare=False)

    @property
    def stage(self) -> DoubtStage:
        """The stage that raised it."""
        return self.code.about.stage


Doubts = tuple[Doubt, ...]


def doubt(code: DoubtCode, detail: str = "") -> Doubts:
    """One doubt, as the tuple that values carry."""
    return (Doubt(code, detail),)


def need_person(doubts: Doubts) -> bool:
    """Whether any of the doubts sends a figure to a person unless the sums settle it."""
    return any(d.code.about.needs_person for d in doubts)


def joined(*doubts: Doubts) -> Doubts:
    """All of them in order, each code once."""
    found: dict[DoubtCode, Doubt] = {}
    for one in (d for some in doubts for d in some):
        found.setdefault(one.code, one)
    return tuple(found.values())
