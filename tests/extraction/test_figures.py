"""Each test shows its input: what stands in a cell, and the figure it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extraction.figures import BLANK, Figure, Unit, parse_figure, widen

COUNTS = st.integers(min_value=0, max_value=10**15)
MONEY = st.decimals(min_value=0, max_value=10**10, places=2, allow_nan=False)
NOTES = st.text("其中修订撤销自然失效，、件宗 0123456789", min_size=1, max_size=12).map(str.strip).filter(bool)


def plain(number: Decimal) -> str:
    """A decimal as agencies print it, without exponent: 1E+3 -> 1000."""
    return f"{number:f}"


def value(text: str) -> Decimal:
    figure = parse_figure(text)
    assert figure is not None, text
    assert isinstance(figure.value, Decimal), text
    return figure.value


# ---- forms met in real reports


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("0", "0"),
        ("12", "12"),
        (" 12\n", "12"),
        ("１２", "12"),
        ("11398889", "11398889"),
        ("1,234", "1234"),
        ("１，２３４，５６７", "1234567"),
        ("-2", "-2"),
        ("−2", "-2"),
        ("—2", "-2"),
        ("+19", "19"),
        ("＋19", "19"),
        ("增1423", "1423"),
        ("增加1423", "1423"),
        ("新增 5", "5"),
        ("减少3", "-3"),
        ("减3", "-3"),
        ("下降3", "-3"),
        ("-0", "0"),
        ("0.50", "0.5"),
        ("3.2万", "32000"),
        ("1.5亿", "150000000"),
    ],
)
def test_bare_numbers(printed: str, number: str) -> None:
    assert parse_figure(printed) == Figure(Decimal(number))
    assert str(value(printed)) == number


@pytest.mark.parametrize("counter", ["件", "条", "项", "个", "次", "宗", "份", "件次", "人次"])
def test_a_counter_says_that_it_counts(counter: str) -> None:
    assert parse_figure(f"12{counter}") == Figure(Decimal(12), Unit.COUNT)


@pytest.mark.parametrize(
    ("printed", "yuan", "wanyuan"),
    [
        ("1751292.6元", "1751292.6", "175.12926"),
        ("503.59万元", "5035900", "503.59"),
        ("5,035,900.00元", "5035900", "503.59"),
        ("2亿元", "200000000", "20000"),
        ("3千元", "3000", "0.3"),
        ("1.2百万元", "1200000", "120"),
        ("¥12.5元", "12.5", "0.00125"),
        ("￥12.5元", "12.5", "0.00125"),
        ("8元整", "8", "0.0008"),
        ("8元人民币", "8", "0.0008"),
        ("0万元", "0", "0"),
    ],
)
def test_money_scales_exactly(printed: str, yuan: str, wanyuan: str) -> None:
    figure = parse_figure(printed)
    assert figure is not None
    assert str(figure.in_unit(Unit.YUAN)) == yuan
    assert str(figure.in_unit(Unit.WANYUAN)) == wanyuan
    with pytest.raises(ValueError, match="is not count"):
        figure.in_unit(Unit.COUNT)


def test_money_without_unit_is_in_the_columns() -> None:
    figure = parse_figure("618962")
    assert figure == Figure(Decimal(618962))
    assert [figure.in_unit(u) for u in Unit] == [Decimal(618962)] * 3


def test_documents_are_not_money() -> None:
    figure = parse_figure("3件")
    assert figure is not None
    with pytest.raises(ValueError, match="count is not yuan"):
        figure.in_unit(Unit.YUAN)


@pytest.mark.parametrize(
    ("printed", "number", "note"),
    [
        ("22（其中修订16件）", 22, "(其中修订16件)"),
        ("55（含自然失效29件）", 55, "(含自然失效29件)"),
        ("22\n（其中修订16件）", 22, "(其中修订16件)"),
        ("22（其中修订\n16件）", 22, "(其中修订\n16件)"),
        ("22(其中\n修订16\n件)", 22, "(其中\n修订16\n件)"),
        ("22，其中修订16", 22, "其中修订16"),
        ("22 包括修订16", 22, "包括修订16"),
    ],
)
def test_the_first_number_is_the_value_and_the_note_is_kept(printed: str, number: int, note: str) -> None:
    assert parse_figure(printed) == Figure(Decimal(number), None, note)


def test_unit_before_a_note() -> None:
    assert parse_figure("22件（其中修订16件）") == Figure(Decimal(22), Unit.COUNT, "(其中修订16件)")


@pytest.mark.parametrize(
    "printed",
    ["", " ", "\n", "　", "/", "／", "\\", "—", "——", "-", "--", "－", "–", "―", "─", "一一", "无", " 无 ", "空"],
)
def test_blank_is_not_zero(printed: str) -> None:
    figure = parse_figure(printed)
    assert figure == BLANK
    assert figure is not None
    assert figure.blank
    assert figure.value is None
    assert figure.in_unit(Unit.YUAN) is None


@pytest.mark.parametrize("printed", ["0", "０", "0件", "-0", "0.0", "0万元"])
def test_zero_is_not_blank(printed: str) -> None:
    figure = parse_figure(printed)
    assert figure is not None
    assert not figure.blank
    assert figure.value == 0


@pytest.mark.parametrize(
    "printed",
    [
        "1 2",
        "0 0",
        "1\n2",
        "12\n34",
        "1\n,234",
        "12\n件",
        "007",
        "00",
        "-012",
        "00.5",
        "12%",
        "12％",
        "1/2",
        "1-2",
        "1~2",
        "1,23",
        "12,34",
        "1234,567",
        "1,2345",
        "1.2.3",
        ".5",
        "5.",
        "1e3",
        "--2",
        "+-2",
        "-",
        "一",
        "十二",
        "l2",
        "1O",
        "约12",
        "260余条",
        "12件3",
        "12元3件",
        "3元件",
        "12（",
        "(12)",
        "第12号",
        "规章",
        "2020年",
        "1" * 19,
        "13800138000 13800138001",
        "12①",
        "12²",
        "①",
        "1½",
        "٣",
        "१२",
    ],
)
def test_not_exactly_one_figure(printed: str) -> None:
    figure = parse_figure(printed)
    assert figure is None or (printed == "-" and figure.blank)


# ---- properties


@given(COUNTS)
def test_written_and_read_it_is_the_same(number: int) -> None:
    assert parse_figure(str(number)) == Figure(Decimal(number))
    assert str(value(str(number))) == str(number)


@given(MONEY, st.sampled_from(["", "-", "+", "增", "减少"]), st.sampled_from(["", "元", "万元", "亿元", "万"]))
def test_str_of_a_value_reads_as_that_value(number: Decimal, sign: str, unit: str) -> None:
    first = value(sign + plain(number) + unit)
    assert value(str(first)) == first
    assert str(value(str(first))) == str(first)


@given(COUNTS, st.sampled_from(["", "件", "元", "万元", "（其中修订1件）"]))
def test_widths_agree(number: int, tail: str) -> None:
    for printed in (f"{number}{tail}", f"{number:,}{tail}", f"-{number}{tail}"):
        assert parse_figure(widen(printed)) == parse_figure(printed)
        assert parse_figure(printed) is not None


@given(COUNTS)
def test_thousands_separators_change_nothing(number: int) -> None:
    assert value(f"{number:,}") == value(f"{number:,}".replace(",", "，")) == number


@given(st.integers(min_value=1000, max_value=10**12), st.data())
def test_separators_elsewhere_are_no_figure(number: int, data: st.DataObject) -> None:
    digits = str(number)
    place = data.draw(st.integers(1, len(digits) - 1).filter(lambda p: len(digits) - p != 3))
    assert parse_figure(digits[:place] + "," + digits[place:]) is None


@given(MONEY)
def test_units_scale_exactly(number: Decimal) -> None:
    printed = plain(number)
    yuan, wanyuan, yi = (parse_figure(printed + unit) for unit in ("元", "万元", "亿元"))
    assert yuan
    assert wanyuan
    assert yi
    assert yuan.in_unit(Unit.YUAN) == number
    assert yuan.in_unit(Unit.WANYUAN) == number / 10_000
    assert wanyuan.in_unit(Unit.WANYUAN) == number
    assert wanyuan.in_unit(Unit.YUAN) == number * 10_000
    assert yi.in_unit(Unit.YUAN) == number * 100_000_000
    for figure in (yuan, wanyuan, yi):
        assert "E" not in str(figure.in_unit(Unit.YUAN))
        assert "E" not in str(figure.in_unit(Unit.WANYUAN))


@given(COUNTS)
def test_signs(number: int) -> None:
    for sign in ("+", "增", "增加", "新增", "上升", ""):
        assert value(f"{sign}{number}") == number
    for sign in ("-", "−", "–", "—", "减", "减少", "下降"):
        assert value(f"{sign}{number}") == -number
    assert str(value("-0")) == "0"


@given(COUNTS, NOTES, st.sampled_from(["", "\n", " "]))
def test_a_note_never_changes_the_value(number: int, note: str, gap: str) -> None:
    assert value(f"{number}{gap}（{note}）") == number


@given(COUNTS, COUNTS, st.sampled_from([" ", "\n", "\t", "  ", "\n\n", "　", " / ", "、", ";", "|"]))
def test_two_numbers_are_no_figure(one: int, other: int, between: str) -> None:
    assert parse_figure(f"{one}{between}{other}") is None


@given(COUNTS, st.integers(1, 5))
def test_leading_zeros_are_no_figure(number: int, zeros: int) -> None:
    assert parse_figure("0" * zeros + str(number)) is None


@given(COUNTS)
def test_shares_are_no_figure(number: int) -> None:
    for mark in ("%", "％", "‰", "成"):
        assert parse_figure(f"{number}{mark}") is None


@given(st.integers(min_value=10**18, max_value=10**40))
def test_overlong_digits_are_no_figure(number: int) -> None:
    assert parse_figure(str(number)) is None


@given(st.text(max_size=30) | st.text("0123456789０１９,，.．-—+增减万亿元件（）() \n/一无其中½²①٣", max_size=12))
@example("①")
@example("½")
@example("²")
@example("٣")
@example("1²")
@example("\x00")
def test_any_text_is_a_figure_or_none(text: str) -> None:
    figure = parse_figure(text)
    if figure is not None and figure.value is not None:
        assert type(figure.value) is Decimal
        assert figure.value.is_finite()
        assert any(c.isdigit() or c.isnumeric() for c in text)
        assert value(str(figure.value)) == figure.value


@given(st.text("/-—－\\", max_size=6), st.sampled_from(["", " ", "\n", "　"]))
def test_marks_for_nothing_are_blank(marks: str, space: str) -> None:
    assert parse_figure(space + marks + space) == BLANK
