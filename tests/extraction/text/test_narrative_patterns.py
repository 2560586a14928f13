"""Sentences in the words of reports, and the figures that a pattern names in them. All of them are invented."""

from __future__ import annotations

import pytest

from extraction.text.narrative_patterns import named_figures
from extraction.text.number_mentions import mask_numbers


def told(sentence: str) -> list[tuple[str, int]]:
    """Names and values of the figures in a sentence, in reading order."""
    found = sorted(named_figures(mask_numbers(sentence)), key=lambda figure: figure.start)
    return [(figure.id, int(figure.mention.value) if figure.mention else 0) for figure in found]


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
