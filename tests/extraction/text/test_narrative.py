"""Figures in sentences: which have a name, where they stand, and whether the tables agree. All of it is invented."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from extraction.document import Field, NarrativeFigure, Region, RegionKind, Report, Source, Span, Status
from extraction.pipeline import extract
from extraction.settings import Settings
from extraction.text.narrative import read_narrative, with_agreement
from extraction.text.sections import Paragraph, read_text
from models.loaded import Models
from training.synthetic.content.draft import Paragraph as Printed
from training.synthetic.content.report import draft_report

SEEDS = Path(os.environ.get("GOUJI_SHARED", Path(__file__).parents[4] / "shared")) / "seeds"


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


# ---- what a recogniser has read


def recognised(text: str) -> list[tuple[str, int]]:
    """Names and values of the figures in a paragraph of a scan."""
    found = read_narrative([Paragraph(text, None, (Span(text, confidence=0.9),))], 2020)
    return [(figure.id, int(figure.value)) for figure in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("政策殖读稿件34篇。", [("interpretations", 34)]),
        ("主法公开各类息736条次。", [("published_items", 736)]),
        ("公丿众号推送60条，官微博发布8条。", [("published_wechat", 60), ("published_weibo", 8)]),
        ("收到申语13件。", [("received_requests", 13)]),
        ("发布政策解读11嘉。", [("interpretations", 11)]),
        ("未向申请人各取任何费用。", [("fees", 0)]),
    ],
)
def test_a_misread_key_word(sentence: str, expected: list[tuple[str, int]]) -> None:
    assert recognised(sentence) == expected
    assert len(told(sentence)) < len(expected), "a file that states its text says what it means"


@pytest.mark.parametrize(
    "sentence",
    [
        "收到申诉13件。",  # another word, one character off
        "主动公示信息5条。",
        "官方微搏8条。",  # 微信 or 微博
        "行政复核2件。",
        "年度有接到任何形式的公开申请。",  # a lost 没 is not put back
        "政策解读稿件8，与文件同日发布。",  # the unit may have become a digit
        "收到申2件。",  # and what is missing here too
        "收到申请5家。",  # a unit of something else
    ],
)
def test_what_could_change_a_figure_is_not_mended(sentence: str) -> None:
    assert recognised(sentence) == told(sentence) == []


def test_a_mended_figure_stands_where_it_is_printed() -> None:
    line = "按月核对。政策殖读稿件34余篇，政策解读会2场。"
    (figure,) = read_narrative([Paragraph(line, 3, (Span(line, 3, confidence=0.9),), starts=(0,))], 2020)
    assert (figure.value, figure.text, figure.page) == (34, "政策殖读稿件34余篇", 3)


@pytest.mark.parametrize("seed", range(41, 49))
def test_legible_sentences_are_read_alike_however_they_came_in(seed: int) -> None:
    texts = [part.text for part in draft_report(seed, "train").parts if isinstance(part, Printed)]
    stated, read = ([Paragraph(t, None, (Span(t, confidence=c),)) for t in texts] for c in (1.0, 0.9))
    assert read_narrative(read, 2020) == read_narrative(stated, 2020) != ()


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
