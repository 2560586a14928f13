"""The skew of drawn pages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.geometry import Pixels
from extraction.preprocess.deskew import ink_points, rotated_left, skew_of
from extraction.preprocess.pipeline import reduced_ink_mask
from tests.drawing import paper, scanned
from tests.examples import examples
from tests.extraction.preprocess.pages import HEIGHT, WIDTH, form_page, photographed, text_page


def skew(page: Pixels) -> float:
    return skew_of(ink_points(reduced_ink_mask(page)))


@given(st.floats(-12, 12))
@settings(max_examples=examples(10))
def test_of_text(degrees: float) -> None:
    assert skew(photographed(text_page(), degrees)[0]) == pytest.approx(-degrees, abs=0.08)


@given(st.floats(-12, 12))
@settings(max_examples=examples(10))
def test_of_a_table(degrees: float) -> None:
    assert skew(photographed(form_page(), degrees)[0]) == pytest.approx(-degrees, abs=0.08)


@pytest.mark.parametrize("degrees", [-4.3, -0.4, 0.0, 0.2, 2.5])
def test_of_a_poor_scan(degrees: float) -> None:
    """Noise, strong JPEG and a side in shadow change nothing."""
    page = photographed(form_page(), degrees)[0] * np.linspace(1, 0.6, WIDTH)
    assert skew(scanned(page.astype(np.uint8), noise=10, quality=30)) == pytest.approx(-degrees, abs=0.08)


def test_of_a_page_on_its_side() -> None:
    page = np.ascontiguousarray(np.rot90(photographed(text_page(), 3)[0], -1))
    assert skew_of(rotated_left(ink_points(reduced_ink_mask(page)))) == pytest.approx(-3, abs=0.15)


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_blank_page_is_level(tone: int) -> None:
    assert skew(paper(WIDTH, HEIGHT, tone)) == 0


def test_a_few_specks_are_no_reason_to_turn() -> None:
    page = paper(WIDTH, HEIGHT)
    for x, y in [(100, 100), (500, 130), (900, 1500)]:
        page[y : y + 3, x : x + 3] = 0
    assert skew(page) == 0
