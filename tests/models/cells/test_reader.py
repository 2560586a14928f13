"""The cell recogniser on lines drawn as they stand in cells, and the pictures that it is shown."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cells.charset import OTHER
from models.cells.crop import HEIGHT, Window, cut, window_around
from models.cells.reader import CellReader, CellReading
from tests.drawing import paper, printed_lines, write

_READER = CellReader()
DIGIT = 22  # pixels: the height of a digit in the type below
LEFT, TOP = 60, 40
SAMPLE = Path(__file__).parents[3] / "annotations" / "samples" / "beilan-2020" / "report.pdf"


@pytest.fixture(scope="module")
def reader() -> CellReader:
    return CellReader()


def picture(text: str, size: int = 30, noise: float = 0.0, tone: int = 0) -> np.ndarray:
    """A line of print in the middle of a cell, as it is shown to the network."""
    page = paper(700, 120)
    if text:
        write(page, text, LEFT, TOP, size)
    page = (255 - (255 - page.astype(float)) * (255 - tone) / 255).astype(np.uint8)
    ys, xs = np.nonzero(page < 200) if text else (np.array([TOP, TOP + DIGIT]), np.array([LEFT, LEFT + 60]))
    if noise:
        page = np.clip(page + np.random.default_rng(5).normal(0, noise, page.shape), 0, 255).astype(np.uint8)
    line = Window(float(xs.min()), float(ys.min()), float(xs.max()) + 1, float(ys.max()) + 1)
    return cut(page, window_around(line, DIGIT * size / 30), Window(0, 0, 700, 120))


READABLE = ("0", "1", "7", "11", "60", "447228", "11398889", "96171.6", "503.59", "-2", "+19")


@pytest.mark.parametrize("noise", [0, 8])
@pytest.mark.parametrize("text", READABLE)
def test_a_printed_figure_is_read_surely(reader: CellReader, text: str, noise: float) -> None:
    (reading,) = reader.read([picture(text, noise=noise)])
    assert reading.text == text
    assert reading.probability > 0.9


def test_blank_dash_and_slash_are_told_apart(reader: CellReader) -> None:
    slash, dash = (picture("/"), picture("-"))
    assert [r.text for r in reader.read([picture("", noise=4), slash, dash])] == ["", "/", "-"]


def test_what_it_has_no_letters_for_is_told_as_such(reader: CellReader) -> None:
    """Printed lines of a sample: Chinese, with figures in sentences between."""
    lines = [line for line in printed_lines(SAMPLE) if line.shape[1] > 3 * line.shape[0]][:1]
    shown = [
        cut(
            line,
            window_around(Window(0, 0, min(300, line.shape[1]), line.shape[0]), 0.75 * line.shape[0]),
            Window(0, 0, 300, 99),
        )
        for line in lines
    ]
    assert shown
    assert all(reading.foreign for reading in reader.read(shown))


def test_two_figures_far_apart_are_not_one(reader: CellReader) -> None:
    assert reader.read([picture("12      34")])[0].text != "1234"


def test_what_nobody_can_read_is_not_sure(reader: CellReader) -> None:
    """Figures blurred until every digit is the same smudge."""
    blurred = [np.asarray(cv2.GaussianBlur(picture(t), (0, 0), 9), np.uint8) for t in ("38", "605", "447228", "9")]
    assert max(reading.probability for reading in reader.read(blurred)) < 0.9


def test_a_batch_reads_as_its_pictures_alone(reader: CellReader) -> None:
    """Whatever the order and the widths that are shown together."""
    pictures = [picture(text) for text in READABLE]
    alone = [reader.read([p])[0].text for p in pictures]
    assert [r.text for r in reader.read(pictures[::-1])] == alone[::-1]
    assert reader.read([]) == []


@given(st.binary(min_size=HEIGHT * 40, max_size=HEIGHT * 40))
def test_any_picture_has_readings_that_are_probabilities(values: bytes) -> None:
    (reading,) = _READER.read([np.frombuffer(values, np.uint8).reshape(HEIGHT, 40)])
    shares = [p for _, p in reading.candidates]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-5


def test_a_reading_knows_its_candidates() -> None:
    reading = CellReading((("12", 0.7), ("17", 0.2)))
    assert (reading.text, reading.probability, reading.of("17"), reading.of("1")) == ("12", 0.7, 0.2, 0.0)
    assert not reading.foreign
    assert CellReading((("3" + OTHER, 0.9),)).foreign
