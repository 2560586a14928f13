"""Variations of real reports, each a switch with a probability.

`Variations` holds the probability of each in a report; `chosen` draws the switches of one report. Some apply to a whole
report (no title), some allow what then happens in places (zeros left blank).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from random import Random


@dataclass(frozen=True, slots=True)
class Variations:
    """The probability of each variation in a report. Raises ValueError for one outside 0 to 1."""

    # Titles and what stands above them.
    title_year_twice: float = 0.12  # 2020年度政府信息公开工作年度报告
    title_without_year_word: float = 0.08  # 2020年政府信息公开工作报告
    title_without_work: float = 0.18  # 政府信息公开年度报告
    title_year_first: float = 0.3  # 2020年岚浦区… for 岚浦区…2020年
    title_two_lines: float = 0.35
    title_none: float = 0.03
    red_header: float = 0.15
    document_number: float = 0.15
    organization_shortened: float = 0.3  # without the places above it
    index_table: float = 0.04  # 索引号, 文号, 发布日期 before the report

    # Headings and running text.
    heading_wordings: float = 0.3  # 行政机关主动公开…, 收到处理…
    heading_arabic: float = 0.07  # 1、 for 一、
    heading_restart: float = 0.02  # numbers that start again
    overview_without_number: float = 0.04
    sub_headings: float = 0.45  # （一）主动公开
    sub_headings_arabic: float = 0.1  # （1） for （一）
    period_sentence: float = 0.85  # 统计期限自2020年1月1日起至…
    other_year: float = 0.06  # a copied paragraph names the year before
    narrative_differs: float = 0.15  # some figures of the text are not those of the tables
    narrative_rounded: float = 0.08  # 260余条
    table_sentence: float = 0.2  # a sentence between heading and table
    table_note: float = 0.1  # a note below a table
    half_width_text: float = 0.05  # half-width commas and brackets in the text

    # Labels of the tables.
    catalogue_wordings: float = 0.25
    held_out_wordings: float = 0.0  # wordings that only the test split has
    header_two_lines: float = 0.08  # 本年新⏎制作数量
    header_line_lost: float = 0.02  # 本年新 | 本年新
    header_change: float = 0.06  # 本年增, 本年增/, 本年数量
    spaced_rules: float = 0.12  # 规 章
    administrative_swapped: float = 0.12  # 规范性文件 in the 2021 form
    long_instructions: float = 0.05  # 其他对外管理服务事项（…行政处罚、行政强制…）
    misprinted_labels: float = 0.05
    arabic_marks: float = 0.1  # 1、 or "1. " for 1.
    half_width_labels: float = 0.12  # half-width brackets and colons
    vertical_cell: float = 0.5  # 三、本年度办理结果 with one character a line

    # Values.
    blank_empty: float = 0.06  # zeros as nothing
    blank_slash: float = 0.03
    blank_hyphen: float = 0.02
    blank_dash: float = 0.025  # —
    blank_double_hyphen: float = 0.015  # --
    blank_none: float = 0.015  # 无
    blank_rows: float = 0.06
    blank_totals: float = 0.025
    plus_sign: float = 0.08  # +19
    sign_words: float = 0.06  # 增1423, 减少3
    filled_alike: float = 0.04  # 上一年 and 本年增/减: 53 | 53
    money_yuan: float = 0.2  # 1751292.6元
    money_wanyuan: float = 0.15  # 503.59万元
    money_header_unit: float = 0.1  # 采购总金额（万元）, 本年收费金额（单位：元）
    money_wrong_unit: float = 0.02  # 23600万元 where 元 was meant
    note_in_cell: float = 0.06  # 22（其中修订16件）
    note_wrapped: float = 0.4  # such a note on a second line
    thousands_commas: float = 0.02
    full_width_digits: float = 0.015

    # Shape of the tables.
    other_form: float = 0.03  # a report in the form of other years
    other_results_row: float = 0.06  # （六）其他处理 as the other form has it
    extra_row: float = 0.05  # 其他主动公开文件
    missing_block: float = 0.03
    missing_table: float = 0.02
    ragged_columns: float = 0.03  # a surplus column
    header_overwritten: float = 0.01  # 0 0 0 0 总计 in the header, nothing below
    split_cell: float = 0.06  # a label cut by a page break
    page_break_in_table: float = 0.08
    title_parted: float = 0.03  # a block title as the last line of a page
    group_repeated: float = 0.3  # the group's label again after such a break

    # Looks.
    grey_rules: float = 0.12
    hairline_rules: float = 0.08
    coloured_rules: float = 0.04
    no_rules: float = 0.06
    coloured_bands: float = 0.15
    page_numbers: float = 0.85
    repeated_headers: float = 0.15
    section_breaks: float = 0.15  # sections that start a page

    source_errors: float = 0.12  # sums that do not hold in print
    table_picture: float = 0.15  # tables of a digital document that are pictures in it

    def __post_init__(self) -> None:
        for name in SWITCHES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: a probability is from 0 to 1")


SWITCHES = tuple(f.name for f in fields(Variations))
"""The names of all switches."""

NONE = Variations(**dict.fromkeys(SWITCHES, 0.0))
"""The plain national form."""

DEFAULTS = {"train": Variations(), "dev": Variations(), "test": replace(Variations(), held_out_wordings=0.4)}
"""The variations of each split."""


NEEDS = {"note_wrapped": "note_in_cell", "group_repeated": "page_break_in_table", "sub_headings_arabic": "sub_headings"}
"""Switches that have an effect only where another one is on."""

ONLY_2019 = frozenset(
    (
        "header_line_lost",
        "header_change",
        "long_instructions",
        "plus_sign",
        "sign_words",
        "filled_alike",
        "money_wrong_unit",
    )
)
"""Switches that have an effect only in the 2019 form."""


def chosen(rng: Random, variations: Variations) -> frozenset[str]:
    """Return the switches that are on in one report; each takes one random number, whatever its probability."""
    on = {name for name in SWITCHES if rng.random() < getattr(variations, name)}
    return frozenset(name for name in on if NEEDS.get(name, name) in on)
