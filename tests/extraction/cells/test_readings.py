"""Characters and pictures to cells: which text stands where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.cells.readings import native_text, readings_of
from extraction.document import Span, Table
from extraction.doubts import DoubtCode
from extraction.geometry import Box, Pixels, Raster
from extraction.preprocess.prepared_page import PreparedPage, layers_of
from extraction.settings import Settings
from extraction.tables.grid import Grid, GridCell
from extraction.tables.structure import with_grids
from models.loaded import Models
from tests.drawing import SCALE, Form, draw_form, form, paper, write_mid

SIZE = 10.0  # points of type
FORM = form((100, 300, 500, 700), (100, 160, 220, 280), [(0, 1, 1, 2)])


def characters(text: str, left: float, top: float, size: float = SIZE) -> list[Span]:
    """One span a character, as PDFs give them: Chinese ones square, others half as wide; spaces are left out."""
    spans = []
    for character in text:
        width = size if ord(character) > 255 else size / 2
        if character != " ":
            spans.append(Span(character, 1, Box(left, top, left + width, top + size)))
        left += width
    return spans


def grid(drawn: Form) -> Grid:
    boxes = [(place, drawn.pixels_of(place)) for place in drawn.places]
    return Grid(
        *drawn.box, tuple(GridCell(*place, x0 + 2, y0 + 2, x1 - 2, y1 - 2) for place, (x0, y0, x1, y1) in boxes)
    )


def raster(page: Pixels) -> Raster:
    return Raster(page, np.array([[SCALE, 0, 0], [0, SCALE, 0]]))


def printed(cells: dict[int, str]) -> tuple[Raster, list[Span]]:
    """The form with text in some of its cells, as picture and as characters."""
    page, spans = paper(800, 400), []
    draw_form(page, FORM)
    for i, text in cells.items():
        left, top, right, bottom = FORM.pixels_of(FORM.places[i])
        write_mid(page, "x" * len(text), (left, top, right, bottom))
        spans += characters(text, left * SCALE + 20, (top + bottom) / 2 * SCALE - SIZE / 2)
    return raster(page), spans


def filled(grid: Grid, picture: Raster, spans: Sequence[Span], number: int, models: Models) -> Table:
    """The table of a page with this picture and these characters."""
    page = PreparedPage(number, picture, tuple(spans), picture)
    structure = with_grids(layers_of(page, models, Settings()), [grid])
    (table,) = readings_of(structure, models, Settings()).tables
    return table


def texts(table: Table) -> list[str]:
    return [cell.text for cell in table.cells]


def test_characters_go_to_their_cells(models: Models) -> None:
    page, spans = printed({0: "规章", 1: "本年新制作数量", 3: "0", 4: "447228", 7: "-2"})
    table = filled(grid(FORM), page, spans, 3, models)
    assert texts(table) == ["规章", "本年新制作数量", "", "0", "447228", "", "", "-2"]
    assert [(c.row, c.column, c.row_span, c.column_span) for c in table.cells] == list(FORM.places)
    assert all(c.page == 3 and c.confidence == 1 and not c.doubts for c in table.cells)


def test_cells_know_their_boxes_on_the_page(models: Models) -> None:
    page, spans = printed({0: "规章"})
    table = filled(grid(FORM), page, spans, 1, models)
    for cell, place in zip(table.cells, FORM.places, strict=True):
        assert cell.box == pytest.approx(tuple(SCALE * side for side in FORM.pixels_of(place)), abs=1)
    assert table.box == pytest.approx(tuple(SCALE * side for side in FORM.box), abs=1)


def test_the_order_of_the_characters_in_the_file_does_not_matter(models: Models) -> None:
    page, spans = printed({0: "规章", 1: "本年新制作数量", 4: "447228"})
    assert texts(filled(grid(FORM), page, spans[::-1], 1, models)) == texts(filled(grid(FORM), page, spans, 1, models))


def test_characters_outside_the_table_are_in_no_cell(models: Models) -> None:
    page, spans = printed({0: "规章"})
    outside = characters("447228", 10, 10) + characters("60", 260, 50)
    assert texts(filled(grid(FORM), page, spans + outside, 1, models)) == ["规章", *[""] * 7]


def test_a_character_half_over_a_rule_goes_to_one_cell_only(models: Models) -> None:
    page, _ = printed({})
    over = Span("7", 1, Box(300 * SCALE - 2, 120 * SCALE, 300 * SCALE + 2.4, 120 * SCALE + SIZE))
    assert sorted(texts(filled(grid(FORM), page, [over], 1, models))) == [*[""] * 7, "7"]


def test_ink_without_characters_is_read_from_the_picture(models: Models) -> None:
    """Digits drawn as curves are on the picture and not in the text layer."""
    page, spans = printed({0: "规章"})
    write_mid(page.pixels, "447228", FORM.pixels_of(FORM.places[4]), 30)
    write_mid(page.pixels, "0", FORM.pixels_of(FORM.places[7]), 30)
    table = filled(grid(FORM), page, spans, 1, models)
    assert texts(table) == ["规章", "", "", "", "447228", "", "", "0"]


def test_without_a_text_layer_every_cell_is_read(models: Models) -> None:
    page = paper(800, 400)
    draw_form(page, FORM)
    figures = ["11", "447228", "", "0", "6", "/", "", "2024"]
    for place, text in zip(FORM.places, figures, strict=True):
        write_mid(page, text, FORM.pixels_of(place), 30)
    assert texts(filled(grid(FORM), raster(page), [], 1, models)) == figures


def test_cells_between_broken_rules_are_doubted(models: Models) -> None:
    drawn = grid(FORM)
    broken = Grid(*FORM.box, tuple(GridCell(*FORM.places[i], c.left, c.top, c.right, c.bottom,
                                            DoubtCode.GRID_LINE_BROKEN if i == 4 else None)
                                   for i, c in enumerate(drawn.cells)))  # fmt: skip
    page, spans = printed({0: "规章", 4: "0"})
    table = filled(broken, page, spans, 1, models)
    assert [c.in_doubt for c in table.cells] == [i == 4 for i in range(8)]


CELL = Box(100, 100, 140, 160)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["1751292", ".6"], "1751292.6"),
        (["1,234,56", "7"], "1,234,567"),
        (["11398", "889"], "11398\n889"),  # 25 of 40 points: the line had room for more
        (["12", "34"], "12\n34"),
        (["规范性文", "件"], "规范性文\n件"),
        (["本年新", "制作数量"], "本年新\n制作数量"),
        (["22（其中", "修订16件）"], "22（其中\n修订16件）"),
    ],
)
def test_a_number_wrapped_at_the_cells_edge_is_one_and_stacked_numbers_are_two(lines: list[str], text: str) -> None:
    spans = [s for i, line in enumerate(lines) for s in characters(line, 102, 105 + 14 * i)]
    assert native_text(spans, CELL) == text


@given(st.integers(0, 999), st.integers(0, 999))
def test_stacked_numbers_never_become_one(first: int, second: int) -> None:
    """Two figures with room to spare, one below the other."""
    spans = characters(str(first), 105, 105) + characters(str(second), 105, 120)
    assert native_text(spans, CELL) == f"{first}\n{second}"


def test_a_cell_without_characters_is_empty() -> None:
    assert native_text([], CELL) == ""
