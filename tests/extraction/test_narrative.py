"""Figures in sentences: which have a name, where they stand, and whether the tables agree. All of it is invented."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from extraction.document import Field, Mark, NarrativeFigure, Region, RegionKind, Report, Source, Span, Status
from extraction.narrative import read_narrative, with_agreement
from extraction.pipeline import extract
from extraction.sections import Paragraph, read_text
from extraction.settings import Settings
from models.loaded import Models
from training.synthetic.content import draft_report
from training.synthetic.draft import Paragraph as Printed

SEEDS = Path(os.environ.get("GOUJI_SHARED", Path(__file__).parents[3] / "shared")) / "seeds"


def told(*paragraphs: str, year: int = 2020) -> list[tuple[str, int]]:
    """Names and values of the figures in paragraphs."""
    found = read_narrative([Paragraph(text, None, (Span(text),)) for text in paragraphs], year)
    return [(figure.id, int(figure.value)) for figure in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全年主动公开政府信息63条。", [("published_items", 63)]),
        ("累计发布政务信息１，０６３条（其中政务动态44条、机构职能3条）。", [("published_items", 1063)]),
        ("本局通过县政府网站共主动公开政府信息 4 条。", [("published_items", 4)]),
        ("县政府门户网站公开信息五十二条。", [("published_website", 52)]),
        ("依托微信公众号，全年推送信息60条。", [("published_wechat", 60)]),
        ("推送微信订阅号信息 60 条，微博发布信息30余条。", [("published_wechat", 60), ("published_weibo", 30)]),
        ("发布政策解读11件，点击3万次。", [("interpretations", 11)]),
        ("制发行政规范性文件3件，废止规范性文件2件。", [("normative_documents", 3)]),
        ("共收到1条依申请公开信息，其中1个自然人申请。", [("received_requests", 1)]),
        ("处理依申请公开事项12件，均按时答复。", [("received_requests", 12)]),
        (
            "收到政府信息公开申请13件，答复12件，结转下年度1件。",
            [("received_requests", 13), ("answered_requests", 12), ("carried_requests", 1)],
        ),
        ("未收到任何形式的政府信息公开申请。", [("received_requests", 0)]),
        ("本年度没有接到公开申请。", [("received_requests", 0)]),
        ("无引发诉讼、行政复议等情况。", [("reviews", 0), ("lawsuits", 0)]),
        ("行政复议2件，行政诉讼一件。", [("reviews", 2), ("lawsuits", 1)]),
        ("收取信息处理费35.5元。", [("fees", 35)]),
        ("未收取任何费用。", [("fees", 0)]),
    ],
)
def test_a_sentence(sentence: str, expected: list[tuple[str, int]]) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "2020年，办结率100%，比上年多12条。",
        "上年结转申请2件。",
        "办理人大代表建议、政协提案30件。",
        "收到行政许可申请30件。",
        "公开财政预算、决算信息2条，公开执法检查、审批情况信息5条。",
        "没有发生因公开不当被追究责任的情况。",
        "未经复议直接起诉。",
        "关停账号3个，开展培训2期。",
    ],
)
def test_other_figures_have_no_name(sentence: str) -> None:
    assert told(sentence) == []


def test_what_is_said_of_this_year_counts_before_what_is_said_of_the_last() -> None:
    assert told("2019年公开政府信息40条。2020年公开政府信息50条。") == [("published_items", 50)]
    assert told("2019年公开政府信息40条。") == [("published_items", 40)]


def test_a_figure_said_twice_is_one() -> None:
    assert told("全年公开政府信息50条。", "如前所述，公开政府信息50条。") == [("published_items", 50)]


def test_a_figure_is_found_across_lines_and_pages() -> None:
    lines = ["　　" + "工作按年初计划推进" * 3 + "，全年收到政府信息公开", "申请12件，已经办结。"]
    regions = [Region(RegionKind.TEXT, (Span(line, n),), page=n) for n, line in enumerate(lines, 1)]
    (figure,) = read_narrative(read_text(regions).paragraphs, 2020)
    assert figure == NarrativeFigure("received_requests", Decimal(12), "全年收到政府信息公开申请12件", 2)


# ---- the other reader: what the token classifier marks


def marked(*lines: str) -> list[tuple[str, int]]:
    """Figures of lines in which [[name:text]] is what the classifier marks, as sure as 0.96."""
    regions = []
    for line in lines:
        text, marks = "", []
        for part in re.split(r"(\[\[\w+:.*?\]\])", line):
            if part.startswith("[["):
                name, _, said = part[2:-2].partition(":")
                marks.append(Mark(f"narrative.{name}", len(text), len(text) + len(said), 0.96))
                part = said
            text += part
        regions.append(Region(RegionKind.TEXT, (Span(text, marks=tuple(marks)),)))
    return [(n.id, int(n.value)) for n in read_narrative(read_text(regions).paragraphs, 2020, "both")]


def test_a_mark_names_what_no_form_of_words_does() -> None:
    assert marked("点亮民生灯[[published_items:63]]盏。") == [("published_items", 63)]
    assert marked("点亮民生灯63盏。") == []


def test_a_mark_of_a_part_of_a_figure_is_of_all_of_it() -> None:
    assert marked("　　点亮民生灯1,[[published_items:2]]63余盏。") == [("published_items", 1263)]


def test_a_mark_goes_on_in_the_next_line() -> None:
    first = "　　点亮民生灯的工作按年初计划推进，全年点亮[[published_items:1]]"
    assert marked(first, "[[published_items:263]]盏，没有一盏熄灭。") == [("published_items", 1263)]


def test_a_mark_over_words_for_none_is_zero() -> None:
    assert marked("本年[[received_requests:无人]]问津。") == [("received_requests", 0)]


def test_a_mark_over_neither_is_nothing() -> None:
    assert marked("[[published_items:2020]]年，[[fees:灯火通明]]。") == []


def test_a_form_of_words_counts_before_a_mark() -> None:
    assert marked("收到申请[[answered_requests:12]]件。") == [("received_requests", 12)]


def test_marks_stand_where_a_heading_was_cut_off() -> None:
    line = "一、总体情况　全年工作按年初的计划推进，点亮民生灯[[published_items:63]]盏，盏盏长明。"
    assert marked(line) == [("published_items", 63)]


# ---- beside the tables


def report(figure: NarrativeFigure, *fields: tuple[str, int | None, Status]) -> Report:
    known = tuple(
        Field(i, i, None if value is None else Decimal(value), "", status, 1.0) for i, value, status in fields
    )
    return Report(Source("", "", "", None), None, 2020, "2021", None, fields=known, narrative=(figure,))


RECEIVED = "applications.received.total"


@pytest.mark.parametrize(
    ("text", "value", "status", "agrees"),
    [
        ("收到申请12件", 12, Status.READ, True),
        ("收到申请12件", 13, Status.READ, False),
        ("收到申请12件", None, Status.BLANK, None),
        ("收到申请12件", None, Status.MISSING, None),
        ("收到申请12件", 12, Status.REVIEW, True),
        ("收到申请12件", 13, Status.REVIEW, None),
        ("收到申请12余件", 12, Status.READ, True),
    ],
)
def test_whether_the_tables_agree(text: str, value: int | None, status: Status, agrees: bool | None) -> None:
    figure = NarrativeFigure("received_requests", Decimal(12), text)
    assert with_agreement(report(figure, (RECEIVED, value, status))).narrative == (replace(figure, agrees=agrees),)


def test_a_rounded_figure_agrees_with_what_it_may_round() -> None:
    figure = NarrativeFigure("received_requests", Decimal(260), "收到申请260余件")
    said = {n: with_agreement(report(figure, (RECEIVED, n, Status.READ))).narrative[0].agrees for n in (260, 269, 270)}
    assert said == {260: True, 269: True, 270: False}


def test_two_kinds_of_lawsuits_add_up() -> None:
    figure = NarrativeFigure("lawsuits", Decimal(3), "行政诉讼3件")
    parts = [(f"litigation_{kind}.total", n, Status.READ) for kind, n in (("direct", 1), ("after_review", 2))]
    assert with_agreement(report(figure, *parts)).narrative[0].agrees is True


def test_generated_reports_of_the_dev_split_are_read_as_they_say() -> None:
    """F1 of names and values over whole reports."""
    found = wanted = right = 0
    for seed in range(50_000_000, 50_000_030):
        draft = draft_report(seed, "dev")
        texts = [part.text for part in draft.parts if isinstance(part, Printed) and part.style in ("text", "note")]
        said = {(figure.id, int(figure.value)) for figure in draft.report.narrative}
        read = set(told(*texts, year=draft.report.year or 0))
        found, wanted, right = found + len(read), wanted + len(said), right + len(read & said)
    assert wanted > 100
    assert 2 * right / (found + wanted) >= 0.95


@pytest.mark.skipif(not SEEDS.is_dir(), reason="no folder of real reports beside the repository")
@pytest.mark.parametrize(
    ("seed", "figure", "value", "agrees"),
    [
        ("000", "published_items", 63, None),
        ("000", "published_wechat", 60, None),
        ("000", "received_requests", 0, True),
        ("001", "published_items", 63, None),
        ("002", "received_requests", 1, True),
        ("003", "received_requests", 12, False),
        ("004", "published_items", 4, None),
        ("004", "received_requests", 0, True),
    ],
)
def test_figures_of_real_reports(seed: str, figure: str, value: int, agrees: bool | None) -> None:
    (path,) = SEEDS.glob(f"{seed}_*.txt")
    said = extract(path, Models(threads=1), Settings()).narrative
    assert [(n.value, n.agrees) for n in said if n.id == figure] == [(value, agrees)]
