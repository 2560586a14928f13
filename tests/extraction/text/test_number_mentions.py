"""Numbers in running text: what counts something, how much, and what counts nothing. All sentences are invented."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.figures import widen
from extraction.text.number_mentions import mask_numbers, numeral

_ONES = "零一二三四五六七八九"


def counted(text: str) -> list[tuple[str, Decimal]]:
    """What is printed of each figure, and its value."""
    return [(text[m.start : m.end], m.value) for m in mask_numbers(text).mentions.values()]


@pytest.mark.parametrize(
    ("text", "printed", "value"),
    [
        ("收到申请12件。", "12", 12),
        ("收到申请 12 件。", "12", 12),
        ("收到申请１，２３４件。", "１，２３４", 1234),
        ("公开信息1,234,567条。", "1,234,567", 1234567),
        ("收到申请十二件。", "十二", 12),
        ("公开信息一百零三条。", "一百零三", 103),
        ("发布信息1.2万条。", "1.2万", 12000),
        ("发布信息三万五千条。", "三万五千", 35000),
        ("发布信息260余条。", "260余", 260),
        ("发布信息1.2万余条。", "1.2万余", 12000),
        ("收取费用35.5元。", "35.5", Decimal("35.5")),
        ("收取费用为零。", "零", 0),
    ],
)
def test_a_figure(text: str, printed: str, value: int | Decimal) -> None:
    assert counted(text) == [(printed, Decimal(value))]


@pytest.mark.parametrize(
    "text",
    [
        "2020年12月31日",
        "二〇二〇年度",
        "办结率100%，增长12.5％，上升3个百分点",
        "国办公开办函〔2019〕60号",
        "第三条、第12条",
        "一是加强学习，二是统一口径，十分重视",
        "电话0469-1234567，上午9:30",
        "信箱gk2020@example.cn",
        "5个工作日，满30天",
        "1、加强领导；2.完善制度",
        "收到申请1 2件",  # one number or two: a space within it says neither
    ],
)
def test_what_counts_nothing(text: str) -> None:
    assert counted(text) == []


@pytest.mark.parametrize(("text", "slack"), [("260余条", 10), ("约300条", 100), ("1.2万多条", 1000), ("260条", 0)])
def test_how_far_off_a_rounded_figure_may_be(text: str, slack: int) -> None:
    assert [m.slack for m in mask_numbers(text).mentions.values()] == [slack]


def test_words_and_numbers_keep_their_places() -> None:
    text = "至 ２０２０ 年底，公开 信息\u300044 条"
    found = mask_numbers(text)
    assert found.masked == "至X年底，公开信息N条"
    assert [text[slice(*found.span_in_text(k, k + 1))] for k in range(len(found.masked))] == [
        *("至", "２０２０", "年", "底", "，", "公", "开", "信", "息", "44", "条")
    ]


@given(st.integers(0, 10**9))
def test_widths_and_commas_make_no_difference(number: int) -> None:
    for printed in (str(number), f"{number:,}", widen(str(number)), widen(f"{number:,}")):
        assert counted(f"共收到{printed}件，均已办结") == [(printed, Decimal(number))]


@given(st.integers(0, 9999))
def test_numerals_say_what_they_are_spelled_from(number: int) -> None:
    spelled = ""
    for place, digit in zip("千百十 ", f"{number:04}", strict=True):
        spelled += _ONES[int(digit)] + place.strip() if digit != "0" else "零"
    assert numeral(spelled.rstrip("零") or "零") == number


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    found = mask_numbers(text)
    assert len(found.masked) == len(found.spans)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
