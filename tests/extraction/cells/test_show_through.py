"""The back's print that shows through a table: wiped where it stands apart from figures, left where it may be one."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.cells.components import TableMarks, table_marks
from extraction.cells.ink_lines import page_marks_of
from extraction.cells.show_through import without_show_through
from extraction.document import Pixels
from extraction.tables.grid import GridCell
from tests.drawing import paper, write_mid

WIDE, HIGH, COLUMNS = 200, 80, 6
FIGURES = [str(n) for n in range(100, 148)]
PAPER, LIGHT, MIDDLE = 255, 190, 120


def table() -> tuple[Pixels, list[GridCell]]:
    """A page of figures in cells."""
    page = paper(WIDE * COLUMNS, HIGH * len(FIGURES) // COLUMNS)
    cells = []
    for i, text in enumerate(FIGURES):
        left, top = i % COLUMNS * WIDE, i // COLUMNS * HIGH
        cells.append(GridCell(*divmod(i, COLUMNS), 1, 1, left + 2, top + 2, left + WIDE - 2, top + HIGH - 2))
        write_mid(page, text, (left, top, left + WIDE, top + HIGH), 30)
    return page, cells


def through(page: Pixels, tone: int, aside: int = 68, every: int = 2, text: str = "5") -> Pixels:
    """With light text so many pixels beside the middle of every second cell."""
    ghosts = np.full_like(page, PAPER)
    for i in range(0, len(FIGURES), every):
        left, top = i % COLUMNS * WIDE + aside, i // COLUMNS * HIGH
        write_mid(ghosts, text, (left, top, left + WIDE, top + HIGH), 30)
    return np.minimum(page, np.maximum(ghosts, tone))


def marks_on(page: Pixels, cells: list[GridCell]) -> TableMarks:
    return table_marks(page_marks_of(page), cells)


def test_what_shows_through_beside_figures_is_wiped_and_nothing_else() -> None:
    bare, cells = table()
    page = through(bare, LIGHT)
    marks = marks_on(page, cells)
    assert sum(len(own) for own in marks.of) > len(FIGURES) * 3  # it is taken for ink
    wiped = without_show_through(page, marks)
    assert wiped.cells == frozenset(range(0, len(FIGURES), 2))
    assert np.array_equal(wiped.pixels[bare < 128], page[bare < 128])
    assert wiped.pixels.min() == page.min()
    assert [len(own) for own in table_marks(wiped.ink, cells).of] == [len(own) for own in marks_on(bare, cells).of]


def test_a_light_mark_next_to_a_figure_may_be_its_digit() -> None:
    bare, cells = table()
    page = through(bare, LIGHT, aside=34)
    assert not without_show_through(page, marks_on(page, cells)).cells


def test_a_light_figure_by_itself_may_be_a_faded_one() -> None:
    page, cells = table()
    for cell in cells[::4]:
        part = page[cell.top : cell.bottom, cell.left : cell.right]
        part[:] = np.maximum(part, LIGHT)
    page = through(page, LIGHT, every=3)
    assert without_show_through(page, marks_on(page, cells)).cells.isdisjoint(range(0, len(cells), 4))


@pytest.mark.parametrize("tone", [30, MIDDLE])
def test_marks_as_dark_as_print_or_nearly_stay(tone: int) -> None:
    bare, cells = table()
    page = through(bare, tone)
    wiped = without_show_through(page, marks_on(page, cells))
    assert not wiped.cells
    assert wiped.pixels is page


def test_on_a_page_of_many_tones_tone_says_nothing() -> None:
    bare, cells = table()
    for i, cell in enumerate(cells):
        part = bare[cell.top : cell.bottom, cell.left : cell.right]
        part[:] = np.maximum(part, 30 + 3 * i)
    page = through(bare, LIGHT)
    assert not without_show_through(page, marks_on(page, cells)).cells


def test_a_page_in_colour_gets_the_colour_of_its_paper() -> None:
    bare, cells = table()
    tinted = np.stack([through(bare, LIGHT), through(bare, LIGHT), through(bare, LIGHT) // 8 * 7], axis=2)
    wiped = without_show_through(tinted, marks_on(through(bare, LIGHT), cells))
    assert wiped.cells == frozenset(range(0, len(FIGURES), 2))
    left, top = cells[0].left, cells[0].top
    ghost = tuple(
        part[0] for part in np.nonzero((through(bare, LIGHT) == LIGHT)[top : top + HIGH, left + 100 : left + 190])
    )
    assert wiped.pixels[top + ghost[0], left + 100 + ghost[1]].tolist() == tinted[top + 5, left + 5].tolist()


def test_labels_in_lighter_type_than_figures_are_no_ghosts() -> None:
    """As many light characters as this are print: what shows through is less than what is printed."""
    bare, cells = table()
    page = through(through(bare, LIGHT, 68, 1, "555"), LIGHT, -68, 1, "555")
    assert not without_show_through(page, marks_on(page, cells)).cells
