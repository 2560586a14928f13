"""Grey values and ink of drawn pages."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.document import Pixels
from extraction.raster import grey, ink
from tests.drawing import paper, scanned, write


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
