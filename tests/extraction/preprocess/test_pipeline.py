"""Whole preparation: two pages on a sheet, blank pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extraction.preprocess.page_split import gutter_position
from extraction.preprocess.pipeline import prepared_pages, reduced_ink_mask
from models.loaded import Models
from tests.drawing import SCALE, paper
from tests.extraction.preprocess.pages import FORM, form_page, on_sheet, photographed, places_of, printed_page, raster
from tests.extraction.preprocess.test_dewarp import boxes_found, worst_error
from training.synthetic.scan.warp import turned as turning


def test_a_blank_page_is_one_page(models: Models) -> None:
    (page,) = prepared_pages(raster(paper(1654, 2339)), models.recogniser)
    assert page.pixels.shape == (2339, 1654)


@pytest.mark.slow
@pytest.mark.parametrize("turns", range(4))
def test_two_pages_on_a_turned_sheet(models: Models, turns: int) -> None:
    """Text on the left, a table on the right: both come, in this order, level, and lead back to the sheet."""
    left, right = on_sheet(printed_page(1)), form_page(text=False)
    (left, _), (right, warp) = photographed(left, -1.2), photographed(right, 2.0)
    sheet = np.concatenate([left, right], axis=1)
    small = np.asarray(cv2.resize(sheet, None, fx=0.7071, fy=0.7071, interpolation=cv2.INTER_AREA), np.uint8)
    seen = np.ascontiguousarray(np.rot90(small, -turns))
    pages = prepared_pages(raster(seen), models.recogniser)
    assert len(pages) == 2
    assert all(page.pixels.shape[0] > page.pixels.shape[1] for page in pages)
    size = small.shape[1] * SCALE, small.shape[0] * SCALE
    scale = np.diag([small.shape[1] / sheet.shape[1], small.shape[0] / sheet.shape[0], 1.0])
    placed = warp.then(np.array([[1, 0, left.shape[1] * SCALE], [0, 1, 0], [0, 0, 1.0]])).then(scale)
    wanted = [placed.then(turning(-turns, size)).box(box) for box in places_of(FORM)]
    found = boxes_found(pages[1])
    assert len(found) == len(FORM.places)
    assert worst_error(found, wanted) < 1.5


def test_a_broad_page_has_no_gutter() -> None:
    page = np.ascontiguousarray(np.rot90(paper(1654, 2339)))
    page[800:803, 100:2200] = 0  # one rule across
    for x in range(100, 2200, 300):
        page[800:1300, x : x + 3] = 0
    assert gutter_position(reduced_ink_mask(page)) is None
    assert gutter_position(reduced_ink_mask(form_page())) is None


def test_a_gutter_with_a_line_down_the_fold() -> None:
    sheet = np.concatenate([form_page(), form_page()], axis=1)
    sheet[:, 1652:1656] = 90
    middle = gutter_position(reduced_ink_mask(sheet))
    assert middle is not None
    assert middle == pytest.approx(0.5, abs=0.02)
