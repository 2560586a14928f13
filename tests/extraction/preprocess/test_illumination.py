"""Light made even, what surrounds the paper made as bright as it; coloured ink taken out of the print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extraction.geometry import Pixels
from extraction.preprocess.illumination import deepened, evenly_lit, paper_of
from extraction.settings import TableSettings
from extraction.tables.line_detection import find_grids
from tests.drawing import SCALE, characters, paper, places, scanned
from tests.extraction.preprocess.pages import HEIGHT, WIDTH, form_page, photographed


def lit(page: Pixels) -> Pixels:
    return evenly_lit(page, paper_of(page))


def test_a_clean_page_is_left_alone() -> None:
    for tone in (1.0, 0.85):
        page = (form_page() * tone).astype(np.uint8)
        assert lit(page) is page


def test_a_shadow_is_taken_out() -> None:
    """Half the page in a soft shadow: paper comes out white everywhere, print as dark as it was beside it."""
    page, x = form_page(), np.linspace(-1, 1, WIDTH)
    shaded = (page * (1 - 0.5 / (1 + np.exp(-x / 0.08)))).astype(np.uint8)
    even = lit(shaded)
    bare = cv2.erode(page, np.ones((25, 25), np.uint8)) > 250
    assert np.percentile(even[bare], 1) > 235
    assert np.percentile(even[page < 70], 90) < 90


@pytest.mark.parametrize("tone", [15, 60, 120])
def test_what_surrounds_the_paper_is_gone(tone: int) -> None:
    page, _ = photographed(form_page(), 2.0, 40.0, "sag", 8.0)
    bare, _ = photographed(paper(WIDTH, HEIGHT, 1), 2.0, 40.0, "sag", 8.0)
    seen = np.where(bare > 1, tone, page).astype(np.uint8)  # beyond the paper the warp paints 255
    even = lit(scanned(seen, noise=4, quality=60))
    outside = cv2.erode((bare > 1).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert outside.mean() > 0.03
    assert np.percentile(even[outside], 5) > 225
    assert (even[page < 70] < 128).mean() > 0.9


def faint(page: Pixels, share: float) -> Pixels:
    """The page as a scanner with an open lid sees it: `share` of the contrast, and its noise."""
    pale = (252 - share * (252 - page.astype(np.float32))).clip(0, 255).astype(np.uint8)
    return scanned(pale, noise=1, quality=75)


def test_faint_print_is_as_dark_as_any() -> None:
    """The rules of a page of a twentieth of the contrast are lost; the page made deep again has its table."""
    page = form_page()
    pale = faint(page, 0.05)
    assert not find_grids(pale, SCALE, TableSettings())
    (grid,), (plain,) = (find_grids(p, SCALE, TableSettings()) for p in (deepened(pale), page))
    assert places(grid) == places(plain)
    assert not any(c.doubtful for c in grid.cells)


def test_what_is_not_faint_is_not_made_deeper() -> None:
    page, bare = form_page(), paper(WIDTH, HEIGHT, 1)
    for other in (page, faint(page, 0.7), bare, faint(bare, 0.2), scanned(page, noise=12, quality=50)):
        assert deepened(other) is other


def test_a_page_with_little_dark_print_is_not_made_deeper() -> None:
    """Most of its ink are the pale edges of strokes; what there is of strokes is dark."""
    page = paper(WIDTH, HEIGHT)
    characters(page, (200, 200, 900, 320), seed=4)
    soft = cv2.GaussianBlur(page, (0, 0), 2.0)
    assert deepened(soft) is soft


def test_coarse_grain_is_not_made_deeper() -> None:
    """A blurred copy on rough paper: half of what is darker than its surroundings is the paper's grain."""
    rough = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 60, (HEIGHT, WIDTH)), (0, 0), 3)
    page = (np.minimum(cv2.GaussianBlur(form_page(), (0, 0), 2.5), 235) + 1.5 * rough).clip(0, 255).astype(np.uint8)
    assert deepened(page) is page
