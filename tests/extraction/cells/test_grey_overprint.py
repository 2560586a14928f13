"""Grey ink over black print: wiped where tone tells it from the print, left where it does not."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.cells.components import TableMarks, table_marks
from extraction.cells.grey_overprint import without_grey_ink
from extraction.cells.ink_lines import page_marks_of
from extraction.document import Pixels
from extraction.tables.grid import GridCell
from tests.drawing import paper, write_mid

WIDE, HIGH, COLUMNS = 160, 80, 6
FIGURES = [str(n) for n in range(100, 148)]


def table(tone: int = 30) -> tuple[Pixels, list[GridCell]]:
    """A page of figures in cells, every second one in this tone of grey."""
    page = paper(WIDE * COLUMNS, HIGH * len(FIGURES) // COLUMNS)
    cells = []
    for i, text in enumerate(FIGURES):
        row, column = divmod(i, COLUMNS)
        left, top = column * WIDE, row * HIGH
        cells.append(GridCell(row, column, 1, 1, left + 2, top + 2, left + WIDE - 2, top + HIGH - 2))
        write_mid(page, text, (left, top, left + WIDE, top + HIGH), 30)
        if i % 2:
            part = page[top : top + HIGH, left : left + WIDE]
            part[:] = np.maximum(part, tone)
    return page, cells


def stamped(page: Pixels, tone: int) -> Pixels:
    """A ring over the first cells, through which print shows."""
    ring = np.full_like(page, 255)
    cv2.circle(ring, (WIDE, HIGH), 70, tone, 9)
    return np.minimum(page, ring)


def marks_on(page: Pixels, cells: list[GridCell]) -> TableMarks:
    return table_marks(page_marks_of(page), cells)


def test_a_grey_ring_is_wiped_and_print_is_not() -> None:
    bare, cells = table()
    page = stamped(bare, 160)
    wiped = without_grey_ink(page, marks_on(page, cells))
    assert {0, 1, COLUMNS, COLUMNS + 1} <= wiped.cells <= set(range(2 * COLUMNS))
    for number in wiped.cells:
        cell = cells[number]
        inside = slice(cell.top + 6, cell.bottom - 6), slice(cell.left + 6, cell.right - 6)
        print_ = bare[inside] < 100
        assert np.array_equal(wiped.pixels[inside][print_], page[inside][print_])
        ring = (page[inside] < 200) & (bare[inside] > 230)
        assert (wiped.pixels[inside][ring] > 230).mean() > 0.8
        assert (wiped.ink[inside] > 0).sum() < (marks_on(page, cells).ink[inside] > 0).sum()


def test_a_ring_as_dark_as_print_stays() -> None:
    page, cells = table()
    page = stamped(page, 30)
    assert not without_grey_ink(page, marks_on(page, cells)).cells


def test_where_print_is_of_many_tones_nothing_is_wiped() -> None:
    page, cells = table(tone=170)
    page = stamped(page, 160)
    wiped = without_grey_ink(page, marks_on(page, cells))
    assert not wiped.cells
    assert wiped.pixels is page


def test_bare_paper_under_a_ring_keeps_it() -> None:
    """A cell with nothing as dark as print may hold a faded figure."""
    page, cells = table()
    first = cells[0]
    page[first.top : first.bottom, first.left : first.right] = 250
    page = stamped(page, 160)
    assert 0 not in without_grey_ink(page, marks_on(page, cells)).cells
