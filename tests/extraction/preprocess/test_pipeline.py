"""Whole preparation: turned pages, two pages on a sheet, blank ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extraction.document import Pixels
from extraction.preprocess.deskew import ink_points, skew_of
from extraction.preprocess.orientation import quarter_turns_to_upright
from extraction.preprocess.page_split import gutter_position
from extraction.preprocess.pipeline import prepared_pages, reduced_ink_mask
from models.loaded import Models
from tests.drawing import SCALE, paper, scanned
from tests.extraction.preprocess.pages import FORM, form_page, photographed, places_of, printed_page, raster
from tests.extraction.preprocess.test_dewarp import boxes_found, worst_error
from training.synthetic.scan.warp import turned as turning


def quarters(page: Pixels, models: Models) -> int:
    marks = reduced_ink_mask(page)
    points = ink_points(marks)
    return quarter_turns_to_upright(page, marks, points, skew_of(points), 2, models.recogniser) % 4


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_turned_page_is_known_for_one(models: Models, turns: int, number: int) -> None:
    page = np.ascontiguousarray(np.rot90(photographed(_padded(printed_page(number)), 2.5)[0], -turns))
    assert quarters(page, models) == turns


@pytest.mark.slow
@pytest.mark.parametrize("turns", range(4))
def test_a_turned_poor_scan_is_known_for_one(models: Models, turns: int) -> None:
    page = scanned(cv2.GaussianBlur(printed_page(2), (0, 0), 1.6), noise=14, quality=25)  # type: ignore[arg-type]
    assert quarters(np.ascontiguousarray(np.rot90(page, -turns)), models) == turns


def test_a_page_without_text_stays_as_it_is(models: Models) -> None:
    assert quarters(form_page(), models) == 0
    blank = raster(paper(1654, 2339))
    (page,) = prepared_pages(blank, models.recogniser)
    assert page.pixels.shape == (2339, 1654)


@pytest.mark.slow
@pytest.mark.parametrize("turns", range(4))
def test_two_pages_on_a_turned_sheet(models: Models, turns: int) -> None:
    """Text on the left, a table on the right: both come, in this order, level, and lead back to the sheet."""
    left, right = _padded(printed_page(1)), form_page(text=False)
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


def _padded(page: Pixels) -> Pixels:
    """The page on a sheet of the size of these tests."""
    sheet = paper(1654, 2339)
    sheet[: page.shape[0], : page.shape[1]] = page[:2339, :1654]
    return sheet
