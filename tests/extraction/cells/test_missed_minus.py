"""A minus that no recogniser sees: told by the room it takes or by what is left of it, and a person looks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.cells.missed_minus import may_be_signed
from extraction.cells.reader import read_cells
from extraction.document import Candidate, Cell, Status, Table
from extraction.geometry import Raster
from extraction.preprocess.binarize import page_ink
from extraction.settings import Settings
from extraction.tables.grid import GridCell
from models.cells.crop import Window
from models.loaded import Models
from tests.extraction.decided import label_fields

DIGIT = 20.0
INSIDE = Window(0, 0, 160, 44)


def cell(seed: int, sign: int, grain: float = 6.0) -> np.ndarray:
    """A 1 of 20 pixels' height, a short stroke before it `sign` grey values darker than the paper, and grain."""
    picture = np.full((44, 160), 225.0)
    picture[12:32, 80:85] = 70
    picture[21:23, 68:74] -= sign
    noisy = cv2.GaussianBlur(picture, (0, 0), 0.8) + np.random.default_rng(seed).normal(0, grain, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@given(st.integers(0, 2**32 - 1))
def test_a_pale_stroke_before_a_figure_may_be_a_minus(seed: int) -> None:
    line = Window(80, 12, 85, 32)
    assert may_be_signed(cell(seed, 110), line, 1, DIGIT, INSIDE)
    assert not may_be_signed(cell(seed, 0, grain=3.0), line, 1, DIGIT, INSIDE)


def test_marks_that_take_more_room_than_their_digits() -> None:
    picture = cell(1, 110)
    assert may_be_signed(picture, Window(66, 12, 86, 32), 1, DIGIT, INSIDE)
    assert not may_be_signed(cell(1, 0, grain=3.0), Window(72, 12, 85, 32), 1, DIGIT, INSIDE)


def test_a_figure_at_the_side_of_its_cell_has_no_room_for_one() -> None:
    assert not may_be_signed(cell(1, 0), Window(1, 12, 6, 32), 1, DIGIT, INSIDE)


@pytest.mark.parametrize(("confidence", "status"), [(0.3, Status.REVIEW), (0.001, Status.READ)])
def test_only_where_figures_may_be_negative_a_person_looks(confidence: float, status: Status) -> None:
    perhaps = (Candidate("5", 0.7), Candidate("-5", confidence))
    rows = [["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"], ["行政许可", "5", "5", "5"]]
    cells = (
        Cell(r, k, text, confidence=0.9998, candidates=perhaps if text == "5" else ())
        for r, row in enumerate(rows)
        for k, text in enumerate(row)
    )
    found = {f.id: f.status for f in label_fields([Table(tuple(cells))], Settings()).fields}
    row = "proactive.administrative_licensing"
    assert found[f"{row}.change"] is status
    assert found[f"{row}.items_last_year"] is found[f"{row}.decisions"] is Status.READ


@pytest.mark.parametrize("tone", [220, 228])
def test_a_pale_minus_of_a_picture_is_not_passed_over(tone: int, models: Models) -> None:
    """On a coarse page the minus of -2 is all but gone: that the figure may be negative is among its readings.

    Without that a picture of a whole report gave 2 for -2 as surely as any figure.
    """
    page = np.full((60, 400), 255, np.uint8)
    for left, text in ((40, "27"), (180, "2"), (300, "5160")):
        cv2.putText(page, text, (left, 42), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 40, 2, cv2.LINE_AA)
    cv2.line(page, (168, 32), (174, 32), tone, 1)
    cells = [GridCell(0, k, 1, 1, left, 4, left + 110, 56) for k, left in enumerate((20, 150, 280))]
    read = read_cells(Raster(page, np.array([[0.36, 0, 0], [0, 0.36, 0]])), page_ink(page), cells, models)
    assert [text.text.lstrip("-") for text in read] == ["27", "2", "5160"]
    assert sum(c.probability for c in read[1].candidates if c.text == "-2") > 0.1
