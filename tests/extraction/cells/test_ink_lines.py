"""Lines of marks in a cell: one for each line of characters, with its slant and its widest gap, without dust."""

from __future__ import annotations

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.cells.components import table_marks
from extraction.cells.ink_lines import InkLine, digit_height, has_ink, ink_lines
from extraction.geometry import Pixels
from extraction.preprocess.binarize import ink
from extraction.tables.grid import GridCell
from tests.drawing import paper, rule, write, write_mid

CELL = GridCell(0, 0, 1, 1, 22, 22, 378, 158)


def sheet() -> Pixels:
    return paper(400, 180)


def lines_of(page: Pixels, cell: GridCell = CELL) -> list[InkLine]:
    (lines,) = ink_lines(table_marks(ink(page, 51), [cell]))
    return lines


def test_each_printed_line_is_a_line() -> None:
    page = sheet()
    boxes = [write(page, text, 60, top, 30) for text, top in (("2023", 40), ("17", 100))]
    lines = lines_of(page)
    assert len(lines) == 2
    for line, (left, top, right, bottom) in zip(lines, boxes, strict=True):
        assert (line.left, line.top, line.right, line.bottom) == pytest.approx((left, top, right, bottom), abs=3)


def test_the_strokes_of_one_character_are_one_line() -> None:
    """三 falls in three bands of ink."""
    page = sheet()
    for k, width in enumerate((20, 16, 24)):
        rule(page, (200 - width // 2, 80 + 9 * k), (200 + width // 2, 80 + 9 * k), 3)
    (line,) = lines_of(page)
    assert (line.top, line.bottom) == pytest.approx((79, 100), abs=2)


@pytest.mark.parametrize(
    ("end", "low", "high"), [((212, 70), 0.9, 1.0), ((200, 70), -0.1, 0.1), ((188, 70), -1.0, -0.9)]
)
def test_the_slant_tells_a_slash_from_a_one(end: tuple[int, int], low: float, high: float) -> None:
    page = sheet()
    cv2.line(page, (400 - end[0], 100), end, 0, 3)
    (line,) = lines_of(page)
    assert low <= line.slant <= high


def test_a_wide_line_has_no_slant() -> None:
    page = sheet()
    write_mid(page, "447228", (22, 22, 378, 158), 30)
    assert lines_of(page)[0].slant == 0.0


@pytest.mark.parametrize("room", [10, 20, 28])
def test_the_gap_is_the_widest_room_between_digits(room: int) -> None:
    page = sheet()
    for left in (100, 118, 118 + 14 + room):
        page[70:100, left : left + 14] = 0
    (line,) = lines_of(page)
    assert line.gap == pytest.approx(room, abs=2)
    assert line.width == pytest.approx(46 + room, abs=3)


def test_a_blank_cell_has_no_line() -> None:
    assert lines_of(sheet()) == []
    assert ink_lines(table_marks(ink(sheet(), 51), [])) == []


def test_a_smudge_beside_a_line_is_no_line() -> None:
    page = sheet()
    write(page, "2023", 60, 40, 30)
    page[120:127, 200:209] = 0
    assert len(lines_of(page)) == 1


@pytest.mark.parametrize(("text", "expected"), [("0", True), ("/", True), ("1", True), ("", False)])
def test_has_ink_tells_blank_from_printed(text: str, expected: bool) -> None:
    page = sheet()
    if text:
        write_mid(page, text, (22, 22, 378, 158), 30)
    else:
        page[90:93, 200:203] = 0  # a speck
    assert has_ink(ink(page, 51), CELL) is expected


@pytest.mark.parametrize(("text", "stays"), [("the number of applications", False), ("12", True)])
def test_specks_beside_a_label_are_no_part_of_it_and_beside_a_figure_are(text: str, stays: bool) -> None:
    """Next to a figure a speck may be what is left of a digit."""
    page = paper(700, 120)
    cv2.rectangle(page, (20, 20), (680, 100), 0, 2)
    _, top, right, bottom = write(page, text, 60, 45, 30)
    for x in range(right + 14, right + 64, 16):
        cv2.circle(page, (x, (top + bottom) // 2), 3, 0, -1)
    (line,) = lines_of(page, GridCell(0, 0, 1, 1, 22, 22, 678, 98))
    assert (line.right > right + 6) == stays


@given(st.integers(8, 59), st.lists(st.integers(8, 59), max_size=4))
def test_long_lines_do_not_say_how_high_digits_are(height: int, others: list[int]) -> None:
    figures = [InkLine(0, 0, 2 * height, height)] * (len(others) + 1)
    long = [InkLine(0, 0, 7 * h, h) for h in others]
    assert digit_height([*figures, *long]) == height


def test_without_figures_digits_are_of_ten_point_type() -> None:
    assert digit_height([]) == pytest.approx(20, abs=1)
