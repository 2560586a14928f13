"""The six sections and their running text (sentences are invented)."""

import pytest

from extraction.document import Box, Region, RegionKind, Span
from extraction.sections import Text, read_text

FORM = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
IDS = ["overview", "proactive", "applications", "review_litigation", "problems", "other"]


def flow(*paragraphs: str) -> Text:
    return read_text([Region(RegionKind.TEXT, spans=(Span(p),)) for p in paragraphs])


def page(*lines: tuple[str, float, float, float]) -> Text:
    """Printed lines as (text, left, right, top) on page 1, in points."""
    spans = [Span(text, 1, Box(left, top, right, top + 14)) for text, left, right, top in lines]
    return read_text([Region(RegionKind.TEXT, spans=(s,), page=1, box=s.box) for s in spans])


def test_the_forms_own_headings() -> None:
    text = flow(*(line for heading in FORM for line in (heading, "这一部分没有需要说明的情况。")))
    assert [s.id for s in text.sections] == IDS
    assert [s.title for s in text.sections] == FORM
    assert {s.text for s in text.sections} == {"这一部分没有需要说明的情况。"}


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("总体情况", "overview"),
        ("1、 总体情况", "overview"),
        ("二、行政机关主动公开政府信息情况", "proactive"),
        ("三、收到处理政府信息公开申请情况", "applications"),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", "review_litigation"),
        ("五、存在的主要问题及改进措施", "problems"),
        ("六、 其他需要报告的事项", "other"),
    ],
)
def test_headings_as_agencies_print_them(heading: str, section: str) -> None:
    assert [s.id for s in flow(heading, "内容见附表。").sections] == [section]


def test_a_subheading_does_not_pass_for_a_section() -> None:
    text = flow(
        FORM[0], "（一）主动公开情况", "全年公开信息十二条。", "（二）依申请公开情况", "全年没有申请。", FORM[1]
    )
    assert [s.id for s in text.sections] == ["overview", "proactive"]
    assert "全年没有申请。" in text.sections[0].text


def test_a_sentence_that_lists_the_sections_is_no_heading() -> None:
    text = flow("本报告包括总体情况、主动公开政府信息情况和其他需要报告的事项等六个部分。", *FORM[:2])
    assert [s.id for s in text.sections] == ["overview", "proactive"]


def test_a_heading_that_runs_on_into_its_text() -> None:
    text = flow("一、总体情况 今年以来，全局上下把公开贯穿到每一个办事窗口，群众少跑了许多路。")
    assert text.sections[0].title == "一、总体情况"
    assert text.sections[0].text.startswith("今年以来")


def test_a_sentence_broken_by_a_page_is_one_paragraph() -> None:
    text = flow(
        FORM[0], "全年在门户网站公开各类信息，更新栏目并认真组织开展业务培", "训四次，参训一百二十人。", "另有说明。"
    )
    assert (
        text.sections[0].text
        == "全年在门户网站公开各类信息，更新栏目并认真组织开展业务培训四次，参训一百二十人。\n另有说明。"
    )


def test_printed_lines_are_joined_and_paragraphs_kept() -> None:
    """A line that reaches the right margin goes on; an indented one begins a paragraph."""
    text = page(
        ("一、总体情况", 100, 184, 50),
        ("全年公开信息一百二十条，其中通过网站公开八十条，", 118, 500, 80),
        ("其余通过公告栏公开。", 90, 240, 100),
        ("下半年组织培训两次，各科室都派人参加，效果良好，", 118, 500, 120),
        ("受到欢迎。", 90, 165, 140),
    )
    assert text.sections[0].text == (
        "全年公开信息一百二十条，其中通过网站公开八十条，其余通过公告栏公开。\n"
        "下半年组织培训两次，各科室都派人参加，效果良好，受到欢迎。"
    )


def test_what_a_web_site_prints_below_is_left_out() -> None:
    text = flow(*FORM, "没有收取信息处理费。", "主办单位：柳溪县水利局", "版权所有 © 柳溪县水利局")
    assert text.sections[-1].text == "没有收取信息处理费。"
