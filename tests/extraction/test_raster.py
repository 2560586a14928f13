"""Skew, straightening and ink of drawn pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.document import Pixels, Raster
from extraction.raster import grey, ink, skew, straighten
from tests.drawing import SCALE, characters, draw_form, form, paper, scanned, write

WIDTH, HEIGHT = 1200, 1600
BLOCK = (700, 300, 760, 340)  # a black block: left, top, right, bottom


def text_page() -> Pixels:
    page = paper(WIDTH, HEIGHT)
    characters(page, (120, 120, 1080, 600), seed=1)
    return page


def table_page() -> Pixels:
    page = paper(WIDTH, HEIGHT)
    draw_form(page, form((100, 400, 700, 1100), range(700, 1300, 60)))
    characters(page, (120, 200, 900, 320), seed=2)
    return page


def turned(page: Pixels, degrees: float) -> Pixels:
    """The page turned counter-clockwise about its middle."""
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=255), np.uint8)


def raster(page: Pixels) -> Raster:
    return Raster(page, np.array([[SCALE, 0, 0], [0, SCALE, 0]]))


@given(st.floats(-5, 5))
@settings(max_examples=12)
def test_skew_of_text(degrees: float) -> None:
    assert skew(turned(text_page(), degrees)) == pytest.approx(-degrees, abs=0.1)


@given(st.floats(-5, 5))
@settings(max_examples=12)
def test_skew_of_a_table(degrees: float) -> None:
    assert skew(turned(table_page(), degrees)) == pytest.approx(-degrees, abs=0.1)


@pytest.mark.parametrize("degrees", [-4.3, -0.4, 0.0, 0.2, 2.5])
def test_skew_of_a_poor_scan(degrees: float) -> None:
    """Noise, strong JPEG and a side in shadow change nothing."""
    page = turned(table_page(), degrees)
    shadow = np.linspace(1, 0.6, WIDTH)
    assert skew(scanned((page * shadow).astype(np.uint8), noise=10, quality=30)) == pytest.approx(-degrees, abs=0.1)


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_blank_page_is_level(tone: int) -> None:
    assert skew(paper(WIDTH, HEIGHT, tone)) == 0


def test_a_few_specks_are_no_reason_to_turn() -> None:
    page = paper(WIDTH, HEIGHT)
    for x, y in [(100, 100), (500, 130), (900, 1500)]:
        page[y : y + 3, x : x + 3] = 0
    assert skew(page) == 0


def test_a_level_page_is_left_alone() -> None:
    page = raster(text_page())
    assert straighten(page) is page


@pytest.mark.parametrize("degrees", [-4.0, -1.3, 0.6, 3.0])
def test_boxes_after_straightening_are_where_the_ink_was(degrees: float) -> None:
    """A block on the turned page, found on the straightened one, is mapped back to within a point."""
    page = text_page()
    left, top, right, bottom = BLOCK
    page[top - 60 : bottom + 60, left - 60 : right + 60] = 255
    page[top:bottom, left:right] = 0
    crooked = turned(page, degrees)
    level = straighten(raster(crooked))
    # The block is what outlives a wide opening; the strokes of the characters are thinner.
    thick = np.ones((15, 15), np.uint8)
    ys, xs = np.nonzero(cv2.morphologyEx((level.pixels < 128).astype(np.uint8), cv2.MORPH_OPEN, thick))
    assert abs((xs.max() - xs.min()) - (right - left)) <= 3  # upright again
    assert abs((ys.max() - ys.min()) - (bottom - top)) <= 3
    found = level.box_on_page(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    ys, xs = np.nonzero(cv2.morphologyEx((crooked < 128).astype(np.uint8), cv2.MORPH_OPEN, thick))
    was = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) * SCALE
    assert found == pytest.approx(tuple(was), abs=1.5)
    assert found.middle == pytest.approx(((was[0] + was[2]) / 2, (was[1] + was[3]) / 2), abs=0.7)


def test_straightening_keeps_colour_and_size() -> None:
    page = np.asarray(cv2.cvtColor(turned(table_page(), 2), cv2.COLOR_GRAY2BGR), np.uint8)
    level = straighten(raster(page))
    assert level.pixels.shape == page.shape
    assert abs(skew(grey(level.pixels))) < 0.1
    assert level.scale == pytest.approx(SCALE)


def test_grey_of_colours() -> None:
    page = np.zeros((1, 3, 3), np.uint8)
    page[0] = [[255, 255, 255], [0, 0, 0], [0, 0, 255]]  # white, black, red
    assert grey(page).tolist() == [[255, 0, 76]]


def overlap(marks: Pixels, page: Pixels) -> float:
    """Intersection over union of the marks with what was drawn."""
    found, drawn = marks > 0, page < 128
    return float((found & drawn).sum() / (found | drawn).sum())


def digits_page() -> Pixels:
    page = paper(900, 400)
    for row in range(3):
        write(page, "1187 447228 / 0 -2", 60, 60 + 100 * row, size=40)
    return page


@pytest.mark.parametrize("light", [1.0, 0.8, 0.5])
def test_ink_of_a_clean_page_whatever_its_light(light: float) -> None:
    page = digits_page()
    assert overlap(ink((page * light).astype(np.uint8), 51), page) > 0.75


def test_ink_of_an_unevenly_lit_page() -> None:
    page = digits_page()
    lit = (page * np.linspace(1, 0.4, page.shape[1])).astype(np.uint8)
    assert overlap(ink(lit, 51), page) > 0.75


@pytest.mark.parametrize("noise", [6, 12, 20])
def test_ink_of_a_noisy_page(noise: float) -> None:
    page = digits_page()
    marks = ink(scanned((page * 0.9).astype(np.uint8), noise, quality=90), 51)
    assert overlap(marks, page) > 0.6
    assert (marks[page == 255] > 0).mean() < 0.01  # hardly any of the bare paper


@pytest.mark.parametrize("noise", [0, 8, 20])
def test_bare_paper_has_no_ink(noise: float) -> None:
    bare = scanned(paper(600, 400, 225), noise, quality=90)
    assert (ink(bare, 51) > 0).mean() < 0.002


def test_faded_ink_is_still_ink() -> None:
    page = paper(900, 200)
    write(page, "447228", 60, 60, size=60, tone=200)
    marks = ink(page, 51)
    assert (marks[page < 210] > 0).mean() > 0.9
