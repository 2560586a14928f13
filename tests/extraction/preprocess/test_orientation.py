"""Which quarter turns bring a page upright, and when the recogniser is asked about them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from extraction.geometry import Pixels
from extraction.preprocess.deskew import ink_points, skew_of
from extraction.preprocess.orientation import quarter_turns_to_upright
from extraction.preprocess.pipeline import reduced_ink_mask
from models.line_reader import Reading
from models.loaded import Models
from models.recogniser import Image, Recogniser
from tests.drawing import scanned
from tests.extraction.preprocess.pages import form_page, on_sheet, photographed, printed_page, text_page


class Scripted:
    """A recogniser that gives the lines of each call the next of its readings, and counts the lines."""

    def __init__(self, *readings: Reading) -> None:
        self.readings, self.lines = list(readings), 0

    def read_lines(self, lines: Sequence[Image]) -> list[Reading]:
        self.lines += len(lines)
        return [self.readings.pop(0)] * len(lines)


def quarters(page: Pixels, recogniser: Recogniser) -> int:
    ink_mask = reduced_ink_mask(page)
    points = ink_points(ink_mask)
    return quarter_turns_to_upright(page, ink_mask, points, skew_of(points), 2, recogniser) % 4


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_turned_page_is_known_for_one(models: Models, turns: int, number: int) -> None:
    page = np.ascontiguousarray(np.rot90(photographed(on_sheet(printed_page(number)), 2.5)[0], -turns))
    assert quarters(page, models.recogniser) == turns


@pytest.mark.slow
@pytest.mark.parametrize("turns", range(4))
def test_a_turned_poor_scan_is_known_for_one(models: Models, turns: int) -> None:
    page = scanned(cv2.GaussianBlur(printed_page(2), (0, 0), 1.6), noise=14, quality=25)  # type: ignore[arg-type]
    assert quarters(np.ascontiguousarray(np.rot90(page, -turns)), models.recogniser) == turns


def test_a_page_without_lines_of_text_stays_as_it_is() -> None:
    recogniser = Scripted()
    assert quarters(form_page(text=False), recogniser) == 0  # type: ignore[arg-type]
    assert recogniser.lines == 0


SURE, POOR, NONE = Reading("信息公开", 0.99), Reading("信息公开", 0.6), Reading("1l1l1", 0.99)


def test_one_line_that_reads_well_decides() -> None:
    recogniser = Scripted(SURE)
    assert quarters(text_page(), recogniser) == 0  # type: ignore[arg-type]
    assert recogniser.lines == 1


@pytest.mark.parametrize(
    ("readings", "turns"),
    [
        ((NONE, POOR, SURE), 2),  # upside down
        ((NONE, NONE, NONE), 0),  # nothing says how it lies
        ((POOR, POOR, POOR), 0),  # no better the other way up
        ((NONE, NONE, POOR), 2),  # poor, but much better than as it lies
    ],
)
def test_the_orientation_that_reads_best_is_taken(readings: tuple[Reading, ...], turns: int) -> None:
    """The first reading is that of the one line which may decide alone."""
    assert quarters(text_page(), Scripted(*readings)) == turns  # type: ignore[arg-type]
