"""Specks of a fax go from cells without print; print, points and digits in pieces stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.cells.components import table_marks
from extraction.cells.despeckle import without_specks
from extraction.cells.ink_lines import ink_lines, page_marks_of
from extraction.cells.reader import read_cells
from extraction.document import Pixels, Raster
from extraction.doubts import need_person
from extraction.figures import parse_figure
from extraction.tables.grid import GridCell
from models.loaded import Models

DIGIT = 30.0


def fax(seed: int, share: float, height: int = 90, width: int = 240) -> Pixels:
    """White paper with black specks of one to four pixels on this share of it."""
    rng = np.random.default_rng(seed)
    page = np.full((height, width), 255, np.uint8)
    for y, x in rng.integers((2, 2), (height - 2, width - 2), (round(share * height * width / 2), 2)):
        page[y : y + rng.integers(1, 3), x : x + rng.integers(1, 3)] = 0
    return page


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.012))
@settings(max_examples=30)
def test_specks_go_and_print_stays(seed: int, share: float) -> None:
    page = fax(seed, share)
    cv2.putText(page, "7", (100, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4)
    clean = without_specks(page, DIGIT)
    printed = np.full_like(page, 255)
    cv2.putText(printed, "7", (100, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4)
    assert (clean[printed < 128] == page[printed < 128]).all()
    away = cv2.dilate((printed < 128).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    dark = (page[away] < 128).sum()
    assert (clean[away] < 128).sum() <= 0.1 * dark + 12


def test_a_decimal_point_and_a_digit_in_pieces_stay() -> None:
    page = np.full((90, 240), 255, np.uint8)
    page[50:54, 60:64] = 0  # a point
    for row in range(20, 50, 4):  # a 1 of which every other row is lost
        page[row : row + 2, 120:124] = 0
    assert (without_specks(page, DIGIT) == page).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_blank_cell_of_a_fax_is_read_as_blank(seed: int) -> None:
    """Beside cells with figures, specks all over: each 7 is read, and nothing else."""
    page = fax(seed, 0.006, 360, 720)
    cells, places = [], [(r, c) for r in range(4) for c in range(3)]
    for r, c in places:
        cells.append(GridCell(r, c, 1, 1, 240 * c, 90 * r, 240 * c + 240, 90 * r + 90))
        if (r + c) % 2:
            cv2.putText(page, "7", (240 * c + 100, 90 * r + 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4)
    read = read_cells(Raster(page, 0.36), page_marks_of(page), cells, Models(threads=1))
    assert [t.text for t in read] == ["7" if (r + c) % 2 else "" for r, c in places]
    assert all(
        t.confidence > 0.97 and not need_person(t.doubts)
        for t, (r, c) in zip(read, places, strict=True)
        if not (r + c) % 2
    )


@pytest.mark.parametrize("height", [44, 60])
@pytest.mark.parametrize("figures", [("4", "0"), ("12", "3")])
@pytest.mark.parametrize("piece", [0.1, 0.25, 0.35, 0.6, 1.0])
def test_a_rule_left_between_two_figures_makes_them_no_figure(
    height: int, figures: tuple[str, str], piece: float
) -> None:
    """Two cells taken for one, and of the rule between them this share of the cell's height: 4 and 0 are not 40."""
    page = np.full((height, 240), 255, np.uint8)
    for text, left in zip(figures, (70, 150), strict=True):
        cv2.putText(page, text, (left, height - 12), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    page[4 if piece < 1 else 0 : 4 + round(piece * height), 119:122] = 60
    raster = Raster(page, np.array([[0.36, 0, 0], [0, 0.36, 0]]))
    (text,) = read_cells(raster, page_marks_of(page), [GridCell(0, 0, 1, 1, 0, 0, 240, height)], Models(threads=1))
    assert need_person(text.doubts) or text.confidence < 0.6 or parse_figure(text.text) is None


@pytest.mark.parametrize("beside", ["", "7", "-"])
def test_a_one_that_fills_its_cell_is_no_rule(beside: str) -> None:
    """The cell of a table without rules is hardly taller than its figures, and a 1 may be a bare stroke."""
    page = np.full((80, 140), 255, np.uint8)
    page[20:56, 60:65] = 0
    if beside == "7":
        page[20:25, 80:100] = page[25:56, 94:100] = 0
    elif beside:
        page[36:40, 30:50] = 0
    marks = table_marks(page_marks_of(page), [GridCell(0, 0, 1, 1, 0, 15, 140, 61)])
    assert len(marks.of[0]) == len("1" + beside)


@pytest.mark.parametrize("below", [False, True])
def test_specks_across_a_wide_cell_make_no_line_with_its_figure(below: bool) -> None:
    """Specks closer to each other than digits are, on the figure's line or below it, lead to no figure."""
    page = np.full((90, 1200), 255, np.uint8)
    for x in range(20, 1180, 28):
        if abs(x - 615) > 60:
            y = 68 if below else 50
            page[y : y + 3, x : x + 4] = 0
    cv2.putText(page, "7", (600, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4)
    (line,) = ink_lines(table_marks(page_marks_of(page), [GridCell(0, 0, 1, 1, 0, 0, 1200, 90)]))[0]
    assert line.left > 590
    assert line.right < 650
