"""Each test shows its input: the lines of a report, and who reports on which year. All agencies are invented."""

from __future__ import annotations

import pytest

from extraction.document import Region, RegionKind, Span
from extraction.text.report_head import Heading, read_heading
from extraction.text.sections import read_text

BODY = [
    "一、总体情况",
    "全年工作按要求推进，主动公开各类信息若干条。",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
]


def heading(*lines: str, body: list[str] | None = None) -> Heading:
    texts = [*lines, *(BODY if body is None else body)]
    return read_heading(read_text([Region(RegionKind.TEXT, (Span(text),)) for text in texts]))


def told(*lines: str, body: list[str] | None = None) -> tuple[str | None, int | None]:
    """Organization and year."""
    found = heading(*lines, body=body)
    return found.organization, found.year


# ---- titles


@pytest.mark.parametrize(
    ("title", "organization", "year"),
    [
        ("青峰区水利局2020年度政府信息公开工作年度报告", "青峰区水利局", 2020),
        ("青峰区水利局2020年度政府信息公开工作 年度报告", "青峰区水利局", 2020),
        ("青峰区水利局2020年政府信息公开工作年度报告", "青峰区水利局", 2020),
        ("青峰区水利局2020年政府信息公开工作报告", "青峰区水利局", 2020),
        ("青峰区水利局2020年政府信息公开年度报告", "青峰区水利局", 2020),
        ("青峰区水利局 2020 年政府信息公开报告", "青峰区水利局", 2020),
        ("青峰区水利局政府信息公开工作2020年度报告", "青峰区水利局", 2020),
        ("2020年青峰区水利局政府信息公开工作年度报告", "青峰区水利局", 2020),
        ("2020年度青峰区水利局政府信息公开工作年度报告", "青峰区水利局", 2020),
        ("青峰区水利局２０２０年政府信息公开工作年度报告", "青峰区水利局", 2020),
        ("青峰区水利局二〇二〇年政府信息公开工作年度报告", "青峰区水利局", 2020),
        ("青峰区水利局二○二一年度政府信息公开工作年度报告", "青峰区水利局", 2021),
        ("青峰区水利局2020年度报告", "青峰区水利局", 2020),
        ("青峰区水利局2020年年报", "青峰区水利局", 2020),
        ("青峰区水利局2023年度政务公开工作报告", "青峰区水利局", 2023),
        ("石桥镇人民政府2022年政府信息公开年报", "石桥镇人民政府", 2022),
        ("关于印发青峰区水利局2020年政府信息公开工作年度报告的通知", "青峰区水利局", 2020),
    ],
)
def test_a_title_on_one_line(title: str, organization: str, year: int) -> None:
    found = heading(title)
    assert (found.organization, found.year) == (organization, year)
    assert found.title is not None
    assert found.warnings == ()


@pytest.mark.parametrize(
    "title",
    [
        "青峰区水利局2020年政府售息公开工作年度报告",
        "青峰区水利局2020年政府6息公开工作年度报告",
        "青峰区水利局2020年政府信公开工作年度报告",
        "青峰区水利局2020车政府信息公开工作年度报告",
        "青峰区水利局2索020年政府信息公开工作年度报告",
        "2架20年度青峰区水利局政府信息公开工作年度报告",
        "~020年青峰区水利局政府信息公开工作年度报告",
    ],
)
def test_a_misread_title_names_the_agency_all_the_same(title: str) -> None:
    assert told(title)[0] == "青峰区水利局"


def test_the_title_is_kept_without_its_spaces() -> None:
    assert heading("青峰区水利局 2020年度政府信息公开工作 年度报告").title == (
        "青峰区水利局2020年度政府信息公开工作年度报告"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("青峰区水利局", "2020年度政府信息公开工作年度报告"),
        ("青峰区水利局2020年度", "政府信息公开工作年度报告"),
        ("青峰区水利局2020年度政府信息公开工作", "年度报告"),
        ("青峰区水利局2020年政府信息", "公开工作年度报告"),
    ],
)
def test_a_title_over_two_lines(first: str, second: str) -> None:
    found = heading(first, second)
    assert found.title == first + second
    assert (found.organization, found.year) == ("青峰区水利局", 2020)


def test_a_title_over_three_lines() -> None:
    """One character of the middle line is left over."""
    found = heading("青峰区水利局2021年政府信息公开工", "作", "年度报告")
    assert (found.title, found.organization) == ("青峰区水利局2021年政府信息公开工作年度报告", "青峰区水利局")


def test_the_second_line_of_a_title_may_look_like_a_whole_one() -> None:
    found = heading("青峰区水利局关于2020年政府信息公开", "工作情况的年度报告")
    assert (found.title, found.organization) == (
        "青峰区水利局关于2020年政府信息公开工作情况的年度报告",
        "青峰区水利局",
    )


def test_the_agency_above_a_title_that_names_it_is_not_in_it_twice() -> None:
    found = heading("青峰区水利局", "青峰区水利局2021年政府信息公开工作年度报告")
    assert (found.title, found.organization) == ("青峰区水利局2021年政府信息公开工作年度报告", "青峰区水利局")


def test_a_year_in_the_title_twice() -> None:
    assert told("青峰区水利局2020年度政府信息公开工作2020年度报告") == ("青峰区水利局", 2020)


@pytest.mark.parametrize(
    "above",
    [
        ["青峰区水利局文件"],
        ["青峰区水利局文件", "青水字〔2021〕3号"],
        ["青水字[2021]3号"],
        ["青水字（2021）3号"],
        ["附件1"],
        ["青峰区人民政府门户网站"],
        ["当前位置：首页 > 政务公开 > 年报"],
        ["索引号：SL-2021-0003", "发布日期：2021-01-20"],
        ["来源：办公室", "日期：2021-01-20"],
    ],
)
def test_what_stands_above_a_title_is_not_in_it(above: list[str]) -> None:
    found = heading(*above, "青峰区水利局2020年度政府信息公开工作年度报告")
    assert found == Heading("青峰区水利局2020年度政府信息公开工作年度报告", "青峰区水利局", 2020)


def test_a_document_number_between_the_red_header_and_a_title_in_two_lines() -> None:
    found = heading("青峰区水利局文件", "青水字〔2021〕3号", "青峰区水利局", "2020年度政府信息公开工作年度报告")
    assert found.title == "青峰区水利局2020年度政府信息公开工作年度报告"
    assert (found.organization, found.year) == ("青峰区水利局", 2020)


# ---- no title


def test_no_title_the_text_says_who_and_when() -> None:
    body = [
        "一、总体情况",
        "2022年，青峰区水利局认真落实各项要求，公开工作平稳有序。",
        "二、主动公开政府信息情况",
    ]
    assert heading(body=body) == Heading(None, "青峰区水利局", 2022)


@pytest.mark.parametrize(
    "sentence",
    [
        "如对本报告有疑问，请与青峰区水利局办公室联系。",
        "本报告由青峰区水利局根据有关规定编制。",
        "本年度报告由青峰区水利局编制。",
        "公开和答复的各项数字由青峰区水利局汇总核对。",
    ],
)
def test_no_title_a_statement_names_the_agency(sentence: str) -> None:
    organization = heading(sentence).organization
    assert organization is not None
    assert organization.startswith("青峰区水利局")


@pytest.mark.parametrize("sentence", ["2022年，我局认真落实各项要求。", "本报告由本单位编制。", "请与有关单位联系。"])
def test_no_name_is_better_than_we(sentence: str) -> None:
    assert heading(sentence).organization is None


def test_nothing_says_anything() -> None:
    assert heading(body=[]) == Heading(None, None, None)


# ---- year

PERIOD = "本报告所列数据的统计期限自2020年1月1日起至2020年12月31日止。"


@pytest.mark.parametrize(
    "period",
    [
        PERIOD,
        "统计期限为2020年1月1日至12月31日。",
        "统计期限自 2020 年 1 月 1 日起，至 2020 年 12 月 31 日止。",
        "统计期限自２０２０年０１月０１日到２０２０年１２月３１日。",
        "统计时段：2020年1月1日—2020年12月31日。",
        "统计时段：2020年1月1日-12月31日。",
    ],
)
def test_the_period_of_the_statistics_says_the_year(period: str) -> None:
    assert heading(period).year == 2020


def test_the_period_goes_before_a_title_with_another_year() -> None:
    found = heading("青峰区水利局2019年度政府信息公开工作年度报告", PERIOD)
    assert found.year == 2020
    assert len(found.warnings) == 1
    assert "2019" in found.warnings[0]
    assert "2020" in found.warnings[0]


def test_a_copied_paragraph_with_another_year_changes_nothing() -> None:
    copied = "2019年，本局共公开信息四十条，2018年为三十条，计划2021年继续增加。"
    found = heading("青峰区水利局2020年度政府信息公开工作年度报告", copied, PERIOD)
    assert (found.year, found.warnings) == (2020, ())


def test_a_copied_period_does_not_go_before_the_statistics() -> None:
    copied = "活动自2019年1月1日至2019年12月31日开展。"
    assert heading(copied, "一段与此无关的文字，隔开前后两句话，让它们互不相干。", PERIOD).year == 2020


def test_a_period_of_two_years_is_no_year() -> None:
    assert heading("统计期限自2019年1月1日至2020年12月31日。").year is None


def test_a_document_number_is_no_year() -> None:
    assert heading("青水字〔2021〕3号").year is None


@pytest.mark.parametrize(
    "sentence",
    [
        "为便于公众了解，泠港省民政厅就2021年政府信息公开工作作如下报告。",
        "按照政府信息公开条例第五十条的要求，泠港省民政厅编制了2021年政府信息公开工作年度报告。",
        "泠港省民政厅2021年政府信息公开工作年度报告分六个部分，依据政府信息公开条例编写。",
    ],
)
def test_who_reports_by_the_sentence_that_says_so(sentence: str) -> None:
    assert told("前言", body=[sentence, *BODY]) == ("泠港省民政厅", 2021)
