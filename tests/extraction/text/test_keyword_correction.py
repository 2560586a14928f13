"""Sentences as a recogniser misreads them: which key words are corrected, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Span
from extraction.text.keyword_correction import correct_key_words
from extraction.text.narrative import read_narrative
from extraction.text.number_mentions import mask_numbers
from extraction.text.sections import Paragraph
from training.synthetic.content.draft import Paragraph as Printed
from training.synthetic.content.report import draft_report


def told(text: str, confidence: float = 1.0) -> list[tuple[str, int]]:
    """Names and values of the figures in a paragraph."""
    found = read_narrative([Paragraph(text, None, (Span(text, confidence=confidence),))], 2020)
    return [(figure.id, int(figure.value)) for figure in found]


def recognised(text: str) -> list[tuple[str, int]]:
    """The same of a scan, whose key words are corrected."""
    return told(text, 0.9)


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
def test_what_could_change_a_figure_is_not_corrected(sentence: str) -> None:
    assert recognised(sentence) == told(sentence) == []


def test_a_corrected_figure_stands_where_it_is_printed() -> None:
    line = "按月核对。政策殖读稿件34余篇，政策解读会2场。"
    (figure,) = read_narrative([Paragraph(line, 3, (Span(line, 3, confidence=0.9),), starts=(0,))], 2020)
    assert (figure.value, figure.text, figure.page) == (34, "政策殖读稿件34余篇", 3)


@pytest.mark.parametrize("seed", range(41, 49))
def test_legible_sentences_are_read_alike_however_they_came_in(seed: int) -> None:
    texts = [part.text for part in draft_report(seed, "train").parts if isinstance(part, Printed)]
    stated, read = ([Paragraph(t, None, (Span(t, confidence=c),)) for t in texts] for c in (1.0, 0.9))
    assert read_narrative(read, 2020) == read_narrative(stated, 2020) != ()


@given(st.text(alphabet="政策解读稿件收到申请未没有微信博公开信息12，。 ", max_size=40))
def test_numbers_and_negations_stay_where_they_are(text: str) -> None:
    before = mask_numbers(text)
    after = correct_key_words(before)
    assert sorted(after.mentions.values(), key=lambda m: m.start) == list(before.mentions.values())
    assert len(after.masked) == len(after.spans)
    assert all(after.masked.count(word) == before.masked.count(word) for word in "未没")
