"""Rules that are worn, streaks that are none: no cell moves, and what cannot be told is marked."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.geometry import Pixels
from extraction.settings import TableSettings
from extraction.tables.grid import Grid, GridCell
from extraction.tables.line_detection import find_grids
from tests.drawing import SCALE, Form, draw_form, form, paper, places, rule, scanned, write_mid
from tests.examples import examples

XS, YS = (160, 340, 500, 660, 860, 1020), (160, 220, 280, 350, 410, 470)
DRAWN = form(XS, YS)
FIGURES = ("1", "0", "447", "38", "11")


def filled(drawn: Form = DRAWN, thickness: int = 2, tone: int = 60) -> Pixels:
    page = paper(height=900)
    draw_form(page, drawn, thickness, tone)
    for i, place in enumerate(drawn.places):
        write_mid(page, FIGURES[i % len(FIGURES)], drawn.pixels_of(place))
    return page


def only_grid(page: Pixels) -> Grid:
    (grid,) = find_grids(page, SCALE, TableSettings())
    return grid


def holding(grid: Grid, x: float, y: float) -> GridCell:
    (cell,) = (c for c in grid.cells if c.left - 4 <= x <= c.right + 4 and c.top - 4 <= y <= c.bottom + 4)
    return cell


@pytest.mark.parametrize("x", [400, 455, 590, 730])
@pytest.mark.parametrize("tone", [20, 90, 150])
def test_a_streak_down_the_page_divides_no_cell(x: int, tone: int) -> None:
    page = filled()
    page[:, x : x + 2] = np.minimum(page[:, x : x + 2], tone)
    assert places(only_grid(page)) == DRAWN.places


@pytest.mark.parametrize("noise", [2, 6])
def test_two_streaks_on_a_scan(noise: int) -> None:
    page = filled()
    for x in (420, 930):
        page[:, x : x + 2] = np.minimum(page[:, x : x + 2], 70)
    assert places(only_grid(scanned(page, noise, 70))) == DRAWN.places


@pytest.mark.parametrize("above", [150, 320])
def test_streaks_as_many_as_rules_of_an_open_table(above: int) -> None:
    """Three that end at one height are no open table where they come from the page's edge; a heading stands between."""
    page = paper(height=1400)
    for top in (above, above + 560):
        shifted = form(XS, [y - YS[0] + top for y in YS])
        draw_form(page, shifted)
        for i, place in enumerate(shifted.places):
            write_mid(page, FIGURES[i % len(FIGURES)], shifted.pixels_of(place))
    for x in (400, 590, 905):
        page[:, x : x + 2] = np.minimum(page[:, x : x + 2], 90)
    grids = find_grids(page, SCALE, TableSettings())
    assert [places(grid) for grid in grids] == [DRAWN.places, DRAWN.places]


@pytest.mark.parametrize(("row", "column"), [(1, 2), (2, 3), (3, 1)])
def test_a_side_that_is_half_gone_divides_all_the_same(row: int, column: int) -> None:
    """Half of an upright side is not printed; both cells hold a figure."""
    page = filled()
    page[YS[row] + 14 : YS[row + 1] - 14, XS[column] - 3 : XS[column] + 4] = 255
    grid = only_grid(page)
    assert places(grid) == DRAWN.places


def test_a_merged_cell_of_a_sound_table_stays_merged() -> None:
    """The rows above and below are divided, this one is not, and no other rule is broken."""
    drawn = form(XS, YS, [(2, 1, 1, 2)])
    assert places(only_grid(filled(drawn))) == drawn.places


def test_what_shines_through_from_the_back_divides_nothing() -> None:
    page = filled(tone=40)
    behind = form([x + 57 for x in XS], [y + 31 for y in YS])
    faint = paper(height=900)
    draw_form(faint, behind, tone=195)
    assert places(only_grid(np.minimum(page, faint))) == DRAWN.places


@pytest.mark.parametrize("noise", [0, 6])
@pytest.mark.parametrize("edge", [2, 5])
def test_a_hairline_between_two_pixels_divides_as_one_on_a_pixel_does(edge: int, noise: int) -> None:
    """It is less than half as dark and twice as wide: all in all there is as much of it."""
    page = filled(thickness=1, tone=105)
    page[YS[0] : YS[-1] + 1, XS[edge]] = 255
    page[YS[0] : YS[-1] + 1, XS[edge] : XS[edge] + 2] = 195
    assert places(only_grid(scanned(page, noise, quality=90))) == DRAWN.places


def test_a_curve_of_a_seal_divides_nothing() -> None:
    page = filled()
    cv2.circle(page, (700, 330), 110, 120, 4)
    assert places(only_grid(page)) == DRAWN.places


def test_something_that_touches_the_table_adds_no_column() -> None:
    page = filled()
    rule(page, (XS[-1] - 10, 320), (XS[-1] + 60, 320))
    rule(page, (XS[-1] + 60, 290), (XS[-1] + 60, 360))
    grid = only_grid(page)
    assert {c.column + c.column_span for c in grid.cells if c.row == 0} == {1, 2, 3, 4, 5}


def test_lines_of_a_label_divide_no_cell_beside_a_known_column() -> None:
    """A label runs over a column that other rows divide: its strokes at that height are no rule."""
    drawn = form(XS, (160, 220, 320, 390), [(1, 0, 1, 2)])
    page = paper(height=900)
    draw_form(page, drawn)
    for y in (237, 276):
        page[y : y + 25, XS[1] - 120 : XS[1] + 120 : 6] = 60
    assert places(only_grid(page)) == drawn.places


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=8, unique=True))
@settings(max_examples=examples(30), deadline=None)
def test_whatever_sides_are_gone_no_figure_gets_into_another_cell(gone: list[tuple[bool, int, int]]) -> None:
    """Every figure's place lies in a cell that covers its own row and column, alone or marked as doubtful or merged."""
    page = filled()
    for upright, edge, unit in gone:
        if upright:
            page[YS[unit] + 4 : YS[unit + 1] - 3, XS[edge] - 3 : XS[edge] + 4] = 255
        else:
            page[YS[edge] - 3 : YS[edge] + 4, XS[unit] + 4 : XS[unit + 1] - 3] = 255
    grids = find_grids(page, SCALE, TableSettings())
    for grid in grids:
        rows, columns = 1 + max(c.row for c in grid.cells), 1 + max(c.column for c in grid.cells)
        if (rows, columns) != (5, 5):
            continue
        for row, column, _, _ in DRAWN.places:
            cell = holding(grid, (XS[column] + XS[column + 1]) / 2, (YS[row] + YS[row + 1]) / 2)
            assert cell.row <= row < cell.row + cell.row_span
            assert cell.column <= column < cell.column + cell.column_span
