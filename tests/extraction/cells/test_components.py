"""The connected components of cells: which are kept as marks, and what is residue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.cells.components import Mark, TableMarks, table_marks
from extraction.geometry import Pixels
from extraction.tables.grid import GridCell
from tests.examples import examples

WIDTH, HEIGHT = 200, 100


def cell(column: int = 0) -> GridCell:
    return GridCell(0, column, 1, 1, 10 + WIDTH * column, 10, 10 + WIDTH * (column + 1), 10 + HEIGHT)


def ink(*boxes: Mark, cells: int = 1) -> Pixels:
    """Full rectangles of ink."""
    mask = np.zeros((HEIGHT + 20, WIDTH * cells + 20), np.uint8)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = 255
    return mask


def marks_of(*boxes: Mark) -> TableMarks:
    return table_marks(ink(*boxes), [cell()])


DIGIT = Mark(60, 35, 75, 60)


@settings(deadline=None, max_examples=examples(25))
@given(st.lists(st.sampled_from(range(9)), unique=True, min_size=1), st.data())
def test_every_component_as_large_as_a_digit_is_a_mark(columns: list[int], data: st.DataObject) -> None:
    boxes = []
    for column in sorted(columns):
        left, top = 20 + 20 * column, data.draw(st.integers(20, 50))
        boxes.append(Mark(left, top, left + data.draw(st.integers(5, 17)), top + data.draw(st.integers(12, 30))))
    (found,) = marks_of(*boxes).of
    assert sorted(found) == boxes


def test_each_mark_belongs_to_its_cell() -> None:
    boxes = [DIGIT, Mark(260, 35, 275, 60), Mark(300, 35, 320, 60)]
    cells = [cell(k) for k in range(3)]
    found = table_marks(ink(*boxes, cells=3), cells)
    assert [list(own) for own in found.of] == [[DIGIT], boxes[1:], []]
    assert not table_marks(ink(), []).of


@pytest.mark.parametrize(
    "rest",
    [
        Mark(100, 40, 103, 43),  # a speck
        Mark(20, 50, 205, 54),  # a grid line across the cell
        Mark(150, 14, 154, 106),  # one down the cell
        Mark(10, 11, 209, 13),  # the fringe of the cell's own grid line
    ],
)
def test_dust_and_grid_lines_are_residue(rest: Mark) -> None:
    marks = marks_of(DIGIT, rest) if rest.top != 50 else marks_of(Mark(60, 15, 75, 40), rest)
    (found,) = marks.of
    assert rest not in found
    assert len(found) == 1
    residue = marks.residue(0)
    box = cell()
    assert residue[rest.top - box.top : rest.bottom - box.top, rest.left - box.left : rest.right - box.left].all()
    assert residue.sum() == (rest.right - rest.left) * (rest.bottom - rest.top)


def test_a_lone_one_as_tall_as_its_cell_is_no_grid_line() -> None:
    """A low cell whose only figure fills its height."""
    low = GridCell(0, 0, 1, 1, 10, 10, 210, 46)
    one, zero = Mark(60, 14, 64, 42), Mark(80, 14, 98, 42)
    assert table_marks(ink(one), [low]).of == ((one,),)
    assert sorted(table_marks(ink(one, zero), [low]).of[0]) == [one, zero]


def test_a_stroke_taller_than_the_digits_beside_it_is_a_grid_line() -> None:
    low = GridCell(0, 0, 1, 1, 10, 10, 210, 46)
    stroke, zero = Mark(60, 14, 64, 42), Mark(80, 18, 98, 38)
    assert table_marks(ink(stroke, zero), [low]).of == ((zero,),)


def test_specks_far_from_a_label_are_dust_and_beside_a_figure_are_not() -> None:
    speck = Mark(190, 45, 195, 50)
    label = [Mark(20 + 18 * k, 35, 36 + 18 * k, 60) for k in range(8)]
    assert sorted(marks_of(*label, speck).of[0]) == label
    assert speck in marks_of(DIGIT, speck).of[0]
    beside = Mark(168, 52, 173, 57)
    assert beside in marks_of(*label, beside).of[0]


def test_pixels_are_those_of_marks() -> None:
    marks = marks_of(DIGIT, Mark(100, 40, 103, 43))
    part = marks.pixels(50, 30, 120, 70)
    expected = np.zeros((40, 70), bool)
    expected[5:30, 10:25] = True
    assert np.array_equal(part, expected)
