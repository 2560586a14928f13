"""Spans to printed lines and their pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Span
from extraction.geometry import Box
from extraction.span_lines import lines_of, text_lines
from tests.extraction.cells.test_readings import SIZE, characters


def test_lines_come_top_to_bottom_and_left_to_right() -> None:
    upper, lower = characters("第一行", 50, 100), characters("第二行", 50, 120)
    assert [line.text for line in text_lines([*lower[::-1], *upper[::-1]])] == ["第一行", "第二行"]


def test_a_gap_becomes_a_space() -> None:
    tight, wide = characters("总体", 50, 100), characters("情况", 50 + 2 * SIZE + 6, 100)
    (line,) = text_lines([*tight, *wide])
    assert line.text == "总体 情况"
    assert line.box == Box(50, 100, 50 + 4 * SIZE + 6, 110)


def test_close_characters_have_no_space_between() -> None:
    assert [line.text for line in text_lines(characters("2024年收到447228件", 50, 100))] == ["2024年收到447228件"]


def test_a_raised_mark_stays_on_its_line() -> None:
    """A small superscript that shares most of its height with the line."""
    mark = Span("2", 1, Box(70, 99, 73, 104))
    assert [line.text for line in text_lines([*characters("平方", 50, 100), mark])] == ["平方2"]


def test_lines_three_points_apart_stay_two() -> None:
    spans = characters("第一行", 50, 100) + characters("第二行", 50, 100 + SIZE + 3)
    assert [line.text for line in text_lines(spans)] == ["第一行", "第二行"]


def test_a_line_is_as_sure_as_its_least_sure_part() -> None:
    first, second = Span("4", 1, Box(50, 100, 55, 110), 0.9), Span("7", 1, Box(55, 100, 60, 110), 0.6)
    assert text_lines([first, second]) == [Span("47", 1, Box(50, 100, 60, 110), 0.6)]


def test_spans_without_a_place_are_left_out() -> None:
    assert text_lines([Span("规章"), *characters("0", 50, 100)]) == characters("0", 50, 100)
    assert text_lines([]) == []


@given(st.permutations(characters("一二三四五六", 50, 100) + characters("0123456789", 50, 118)))
def test_any_order_of_the_characters_gives_the_same_lines(spans: list[Span]) -> None:
    assert [line.text for line in text_lines(spans)] == ["一二三四五六", "0123456789"]


def test_print_as_tall_as_two_lines_joins_neither() -> None:
    """A brace or a smear beside two rows of a table."""
    upper, lower, tall = Box(50, 100, 90, 110), Box(50, 114, 90, 124), Box(100, 100, 106, 124)
    assert sorted(map(sorted, lines_of([upper, lower, tall]))) == [[0], [1], [2]]
