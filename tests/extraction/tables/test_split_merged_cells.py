"""A cell is several where a figure stands in the middle of each part, else one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.document import Pixels
from extraction.tables.grid import Grid, GridCell
from extraction.tables.split_merged_cells import parted

WIDE, HIGH, COLUMNS = 80, 60, 15


def written(page: Pixels, text: str, x: int, y: int) -> None:
    """A text about a place."""
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 2)
    cv2.putText(page, text, (x - width // 2, y + height // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)


def row(number: int, lost: int | None, columns: int = COLUMNS) -> list[GridCell]:
    """A row of even cells; after the `lost` one no rule stands."""
    cells, column = [], 0
    for k in range(columns):
        if lost is not None and k == lost + 1:
            continue
        span = 2 if k == lost else 1
        left, top = WIDE * k + 2, HIGH * number + 2
        cells.append(GridCell(number, column, 1, 1, left, top, left + span * WIDE - 4, top + HIGH - 4))
        column += 1
    return cells


def grid(*cells: GridCell) -> Grid:
    return Grid(0, 0, WIDE * COLUMNS, 2 * HIGH, tuple(cells))


def page(*texts: tuple[str, float, int]) -> Pixels:
    """The ink of texts about the middle of columns (from 0; 0.5 is the rule between the first two) and rows."""
    ink = np.zeros((2 * HIGH, WIDE * COLUMNS), np.uint8)
    for text, column, line in texts:
        written(ink, text, round((column + 0.5) * WIDE), round((line + 0.5) * HIGH))
    return ink


@given(st.integers(1, COLUMNS - 2), st.integers(0, 99), st.integers(0, 99), st.booleans())
@settings(max_examples=30)
def test_two_figures_in_a_cell_as_wide_as_two_are_two_cells(lost: int, one: int, other: int, stump: bool) -> None:
    ink = page((str(one), lost, 0), (str(other), lost + 1, 0))
    if stump:
        ink[10:30, (lost + 1) * WIDE - 1 : (lost + 1) * WIDE + 2] = 255
    cells = parted(grid(*row(0, lost)), ink).cells
    assert [(c.column, c.column_span) for c in cells] == [(k, 1) for k in range(COLUMNS)]
    assert [abs(c.left - WIDE * k) <= 3 for k, c in enumerate(cells)] == [True] * COLUMNS


@pytest.mark.parametrize("text", ["", "7", "12", "145330.67", "1 2"])
def test_one_figure_or_none_is_one_cell(text: str) -> None:
    before = grid(*row(0, 5))
    assert parted(before, page((text, 5.5, 0))) == before


def test_a_figure_in_one_half_is_left_to_a_person() -> None:
    before = grid(*row(0, 5))
    assert parted(before, page(("0", 5, 0))) == before


def test_the_first_cell_may_be_a_label() -> None:
    before = grid(*row(0, 0))
    assert parted(before, page(("0", 0, 0), ("0", 1, 0))) == before


def test_few_even_cells_say_nothing() -> None:
    before = grid(*row(0, 3, columns=6))
    assert parted(before, page(("0", 3, 0), ("0", 4, 0))) == before


def test_other_rows_keep_their_columns() -> None:
    """The row above has the edge, or its cell lies over it."""
    whole = grid(*row(0, None), *row(1, 4))
    spans = [c if c.row == 0 else _moved(c) for c in whole.cells]
    ink = page(("0", 4, 1), ("3", 5, 1))
    cells = parted(grid(*spans), ink).cells
    assert [(c.row, c.column, c.column_span) for c in cells] == [(r, k, 1) for r in (0, 1) for k in range(COLUMNS)]
    cells = parted(grid(*row(0, 4), *row(1, 4)), ink).cells
    assert [(c.column, c.column_span) for c in cells if c.row == 0] == [
        *((k, 1) for k in range(4)),
        (4, 2),
        *((k, 1) for k in range(6, COLUMNS)),
    ]


def _moved(cell: GridCell) -> GridCell:
    """A cell of a row that has one cell less than the grid has columns."""
    span = 2 if cell.column == 4 else 1
    column = cell.column + 1 if cell.column > 4 else cell.column
    return GridCell(cell.row, column, 1, span, cell.left, cell.top, cell.right, cell.bottom)


@pytest.mark.parametrize(("label", "is_parted"), [("abcd", True), ("abcdefghijklmnopq", False), ("", False)])
def test_a_label_and_the_figure_beside_it_are_two_cells(label: str, is_parted: bool) -> None:
    """Where other rows have the rule, and the label does not lie across it."""
    cells = [
        GridCell(r, c, 1, 1, 240 * c + 2, HIGH * r + 2, 240 * c + 238, HIGH * r + 58) for r in (0, 1) for c in (0, 1)
    ]
    merged = GridCell(1, 0, 1, 2, 2, HIGH + 2, 478, HIGH + 58)
    ink = page()
    cv2.putText(ink, label, (8, HIGH + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
    written(ink, "7", 360, HIGH + 30)
    after = parted(grid(*cells[:2], merged), ink).cells
    assert [(c.row, c.column, c.column_span) for c in after[2:]] == (
        [(1, 0, 1), (1, 1, 1)] if is_parted else [(1, 0, 2)]
    )


@pytest.mark.parametrize("labels_are_parted", [True, False])
def test_a_level_rule_lost_between_two_figures(labels_are_parted: bool) -> None:
    """Beside labels of two rows it is put back, with what is left of it between the figures; a header of two lines, as
    high as the one beside it, is one cell."""
    header = [GridCell(0, c, 1, 1, 240 * c + 2, 2, 240 * c + 238, 58) for c in (0, 1, 2)]
    value = GridCell(1, 1, 2, 1, 242, HIGH + 2, 478, 3 * HIGH - 2)
    rows = [
        GridCell(r, c, 1, 1, 240 * c + 2, HIGH * r + 2, 240 * c + 238, HIGH * r + 58) for r in (1, 2) for c in (0, 2)
    ]
    if not labels_are_parted:
        rows = [GridCell(1, 0, 2, 1, 2, HIGH + 2, 238, 3 * HIGH - 2), *(c for c in rows if c.column)]
    ink = np.zeros((3 * HIGH, WIDE * COLUMNS), np.uint8)
    for line, text in ((1, "12"), (2, "0")):
        written(ink, text, 360, HIGH * line + 30)
    ink[2 * HIGH - 1 : 2 * HIGH + 2, 300:340] = 255
    table = Grid(0, 0, 720, 3 * HIGH, tuple(sorted([*header, value, *rows], key=lambda c: (c.row, c.column))))
    after = [(c.row, c.row_span) for c in parted(table, ink).cells if c.column == 1 and c.row]
    assert after == ([(1, 1), (2, 1)] if labels_are_parted else [(1, 2)])
