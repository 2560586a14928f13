"""Maps back to the page: affine ones, quarter turns, parts, and a mesh after them."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.geometry import Mesh, Raster
from extraction.preprocess.transforms import affine, cropped_columns, quarter_turned, rotation_about_centre
from tests.drawing import SCALE, paper
from tests.extraction.preprocess.pages import raster


def corner_of_block(given: Raster) -> tuple[float, float, float, float]:
    """The box on the page of the dark pixels."""
    ys, xs = np.nonzero(given.pixels < 128)
    return given.box_on_page(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))


def block_page() -> Raster:
    page = paper(400, 600)
    page[100:160, 50:90] = 0
    return raster(page)


@pytest.mark.parametrize("quarters", range(-1, 5))
def test_a_block_on_a_turned_page_is_where_it_was(quarters: int) -> None:
    assert corner_of_block(quarter_turned(block_page(), quarters)) == pytest.approx(corner_of_block(block_page()))


def test_a_block_on_a_part_of_a_page_is_where_it_was() -> None:
    assert corner_of_block(cropped_columns(block_page(), 30, 200)) == pytest.approx(corner_of_block(block_page()))


def test_a_moved_overprint_goes_along() -> None:
    page = block_page()
    given = Raster(page.pixels, page.to_page, overprint=255 - page.pixels)
    done = affine(quarter_turned(given, 1), rotation_about_centre((400, 600), 7.0), (600, 400))
    assert done.overprint is not None
    assert ((done.overprint > 128) == (done.pixels < 128)).mean() > 0.995


def test_a_mesh_of_an_affine_map_is_that_map() -> None:
    matrix = np.array([[0.3, 0.1, 5.0], [-0.05, 0.4, 7.0]])
    xs, ys = np.meshgrid(np.arange(9.0), np.arange(12.0))
    nodes = np.stack([xs, ys], axis=-1) @ matrix[:, :2].T + matrix[:, 2]
    points = np.random.default_rng(0).uniform(-3, 15, (50, 2))  # beyond the nodes too
    expected = points @ matrix[:, :2].T + matrix[:, 2]
    assert Mesh(nodes)(points) == pytest.approx(expected)
    bent = Raster(paper(90, 120), np.array([[0.1, 0, 0], [0, 0.1, 0]]), Mesh(nodes))
    assert bent.points_on_page(points * 10) == pytest.approx(expected)
    assert bent.scale == pytest.approx(np.hypot(0.03, 0.005))


def test_a_box_of_a_bent_page_is_around_its_sides() -> None:
    """A mesh with a hump: a box whose corners are level reaches up to the hump between them."""
    xs, ys = np.meshgrid(np.arange(5.0), np.arange(5.0))
    hump = np.array([0.0, 0.5, 1.0, 0.5, 0.0])
    bent = Raster(
        paper(50, 50), np.array([[0.1, 0, 0], [0, 0.1, 0]]), Mesh(np.stack([xs, ys - hump[None, :]], axis=-1))
    )
    box = bent.box_on_page(0, 20, 40, 30)
    assert box == pytest.approx((0.0, 1.0, 4.0, 3.0))


def test_turning_keeps_the_scale() -> None:
    page = affine(block_page(), rotation_about_centre((600, 400), 5.0), (400, 600))
    assert page.scale == pytest.approx(SCALE)
    ys, xs = np.nonzero(page.pixels < 128)
    middle = page.points_on_page(np.array([[xs.mean() + 0.5, ys.mean() + 0.5]]))[0]
    assert middle == pytest.approx(np.array([70 * SCALE, 130 * SCALE]), abs=0.1)
