"""Seals and highlighters are taken out of the print, coloured print stays."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from extraction.geometry import Pixels
from extraction.preprocess.coloured_ink import without_colour
from extraction.preprocess.illumination import paper_of
from extraction.preprocess.pipeline import evened
from tests.drawing import paper, write
from tests.extraction.preprocess.pages import FORM, HEIGHT, WIDTH, form_page, raster
from training.synthetic.scan.paper import marker, seal
from training.synthetic.scan.picture import Scene


def test_a_seal_is_taken_out_and_digits_stay() -> None:
    """Red seals over cells: the print under them as on the page without a seal, paper where there was none."""
    clean = form_page(text=False)
    colour = np.repeat(clean[..., None], 3, axis=2).astype(np.float32)
    scene = Scene(200, np.zeros((0, 4)))
    stamped = colour
    for seed in (3, 5, 8):
        stamped = seal(stamped, 0.8, scene, np.random.default_rng(seed))
    pixels = _jpeg(stamped)
    done = evened(replace(raster(clean), pixels=pixels))
    assert done.overprint is not None
    under = (done.overprint > 0) & (np.abs(pixels.astype(int).max(2) - pixels.astype(int).min(2)) > 60)
    assert under.sum() > 20_000
    assert (done.pixels[under & (clean > 250)] > 215).mean() > 0.98
    assert (done.pixels[(done.overprint > 0) & (clean < 70)] < 140).mean() > 0.93
    far = cv2.dilate(done.overprint, np.ones((9, 9), np.uint8)) == 0
    assert np.abs(done.pixels[far].astype(int) - clean[far]).mean() < 2


def test_a_highlighter_is_taken_out() -> None:
    clean = form_page(text=False)
    cells = np.array([FORM.pixels_of(FORM.places[k]) for k in range(20, 30)], float)
    scene = Scene(200, cells)
    colour = np.repeat(clean[..., None], 3, axis=2).astype(np.float32)
    done = evened(replace(raster(clean), pixels=_jpeg(marker(colour, 1.0, scene, np.random.default_rng(1)))))
    assert (done.pixels[clean > 250] > 215).mean() > 0.999
    assert (done.pixels[clean < 70] < 140).mean() > 0.97


def test_coloured_print_stays() -> None:
    """A red heading, blue rules and blue figures are print: they come out dark and nothing is marked as overprint."""
    page = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    grey_page = form_page(text=False)
    page[grey_page < 128] = (150, 60, 30)
    heading = paper(WIDTH, HEIGHT)
    write(heading, "THE COUNTY GOVERNMENT", 200, 300, size=90)
    page[heading < 128] = (30, 30, 200)
    done = evened(replace(raster(grey_page), pixels=page))
    assert done.overprint is None
    assert (done.pixels[(grey_page < 100) | (heading < 100)] < 140).mean() > 0.97


def test_a_grey_page_has_no_overprint() -> None:
    page = form_page()
    done = evened(replace(raster(page), pixels=np.repeat(page[..., None], 3, axis=2)))
    assert done.overprint is None
    assert np.array_equal(done.pixels, page)


def test_a_grey_picture_is_returned_as_it_is() -> None:
    page = form_page()
    pixels, overprint = without_colour(page, paper_of(page))
    assert pixels is page
    assert overprint is None


def _jpeg(rgb: np.ndarray) -> Pixels:
    """As a scanner keeps it: BGR, colours coarser than light."""
    bgr = np.clip(rgb, 0, 255).astype(np.uint8)[..., ::-1]
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
