"""Crops of cells: size, cell sides, contrast and padding of the network's input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cells.crop import HEIGHT, WIDTHS, Window, as_input, bucket, cut, window_around
from tests.drawing import paper


@given(st.floats(0, 300), st.floats(0, 90), st.floats(1, 300), st.floats(1, 40), st.floats(6, 60), st.floats(0.7, 1.5))
def test_a_cut_is_as_high_as_the_network_wants(
    left: float, top: float, wide: float, high: float, digit: float, frame: float
) -> None:
    page = paper(400, 120)
    window = window_around(Window(left, top, left + wide, top + high), digit, frame)
    shown = cut(page, window, Window(0, 0, 400, 120))
    assert shown.shape[0] == HEIGHT
    assert 8 <= shown.shape[1] <= WIDTHS[-1]
    assert (shown == 255).all()


def test_what_lies_outside_of_the_cell_is_not_shown() -> None:
    page = paper(200, 100)
    page[:, 100:] = 0
    shown = cut(page, Window(60, 30, 140, 70), Window(50, 20, 100, 80))
    assert (shown == 255).all()


def test_the_input_is_paper_at_nought_and_ink_at_one() -> None:
    page = np.full((HEIGHT, 40), 200, np.uint8)
    page[10:20, 10:14] = 40
    shown = as_input([page], 48)
    assert shown.shape == (1, 1, HEIGHT, 48)
    assert shown[0, 0, 0, 0] == 0 == shown[0, 0, 0, 47]
    assert shown[0, 0, 15, 12] == pytest.approx(1.0)


@given(st.integers(1, 400))
def test_a_bucket_holds_its_width_or_is_the_widest(width: int) -> None:
    assert bucket(width) in WIDTHS
    assert bucket(width) >= min(width, WIDTHS[-1])


@given(st.floats(0.5, 2), st.floats(8, 40))
def test_a_wider_frame_shows_more_around_the_same_line(frame: float, digit: float) -> None:
    line = Window(50, 40, 90, 40 + digit)
    plain, framed = window_around(line, digit), window_around(line, digit, frame)
    assert (framed.right - framed.left >= plain.right - plain.left) == (frame >= 1)
    assert (framed.top + framed.bottom) / 2 == pytest.approx((line.top + line.bottom) / 2)


@given(st.integers(100, 255), st.integers(60, 100))
def test_the_input_does_not_depend_on_paper_or_ink(tone: int, contrast: int) -> None:
    page = np.full((HEIGHT, 40), tone, np.uint8)
    page[10:20, 10:14] = tone - contrast
    shown = as_input([page], 40)
    assert shown[0, 0, 0, 0] == 0
    assert shown[0, 0, 15, 12] == pytest.approx(1.0)
