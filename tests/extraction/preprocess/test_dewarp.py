"""Bent and tilted pages made flat: cells are found again, and their boxes lie where the page shows them."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.geometry import Box, Raster
from extraction.preprocess.dewarp import dewarped
from extraction.preprocess.pipeline import reduced_ink_mask
from extraction.settings import TableSettings
from extraction.tables.line_detection import find_grids
from tests.drawing import SCALE
from tests.extraction.preprocess.pages import (
    FORM,
    HEIGHT,
    WIDTH,
    form_page,
    photographed,
    places_of,
    raster,
    text_page,
)
from training.synthetic.scan.warp import Curve

_INSET = 2 * SCALE  # the grid's cells lie inside their rules


def boxes_found(flat: Raster) -> list[Box]:
    grids = find_grids(flat.pixels, SCALE, TableSettings())
    return [flat.box_on_page(c.left, c.top, c.right, c.bottom).grown(_INSET) for grid in grids for c in grid.cells]


def worst_error(found: list[Box], wanted: list[Box]) -> float:
    """The farthest that a side of a wanted box is from the found box nearest to it, in points."""
    sides = np.array(found)
    return max(float(np.abs(sides - np.array(box)).max(axis=1).min()) for box in wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("degrees", "tilt", "curve", "depth"),
    [
        (0.0, 0.0, "flat", 0.0),
        (2.3, 0.0, "flat", 0.0),
        (-8.0, 0.0, "flat", 0.0),
        (1.0, 45.0, "flat", 0.0),
        (-0.5, 0.0, "sag", 12.0),
        (2.0, 40.0, "sag", -12.0),
        (-1.5, 40.0, "roll", 11.0),
        (1.0, 30.0, "fold", 8.0),
    ],
)
def test_every_cell_is_found_where_it_is(degrees: float, tilt: float, curve: Curve, depth: float) -> None:
    page, warp = photographed(form_page(), degrees, tilt, curve, depth)
    flat = dewarped(raster(page), reduced_ink_mask(page))
    found = boxes_found(flat)
    assert len(found) == len(FORM.places)
    assert worst_error(found, [warp.box(box) for box in places_of(FORM)]) < 1.5


def test_a_flat_page_is_left_alone() -> None:
    for page in (form_page(), text_page()):
        given = raster(page)
        assert dewarped(given, reduced_ink_mask(page)) is given


def test_rules_are_straight_again() -> None:
    """The middle of a printed rule, taken to the flat page, keeps to one row within half a pixel."""
    page, warp = photographed(form_page(), 1.0, 40.0, "sag", 12.0)
    flat = dewarped(raster(page), reduced_ink_mask(page))
    assert flat.mesh is not None
    y = FORM.ys[10] * SCALE
    printed = np.stack([np.linspace(FORM.xs[0] + 5, FORM.xs[-1] - 5, 40) * SCALE, np.full(40, y)], axis=1)
    seen = warp.forward(printed)
    assert np.ptp(_rows_of(flat, seen)) < 2 * 0.7
    assert np.ptp(seen[:, 1] / SCALE) > 15


def test_text_alone_bent_much_is_made_straighter() -> None:
    page, warp = photographed(text_page(), 0.0, 0.0, "sag", 20.0)
    flat = dewarped(raster(page), reduced_ink_mask(page))
    printed = np.stack([np.linspace(80, 510, 40), np.full(40, 200.0)], axis=1)
    seen = warp.forward(printed)
    assert np.ptp(_rows_of(flat, seen)) < 0.6 * np.ptp(seen[:, 1] / SCALE)


def test_nothing_printed_is_lost_at_the_edges() -> None:
    """A block in each corner of a page that lies much askew is still on the level one, in full."""
    page = form_page()
    for x, y in [(20, 20), (WIDTH - 80, 20), (20, HEIGHT - 80), (WIDTH - 80, HEIGHT - 80)]:
        page[y : y + 60, x : x + 60] = 0
    crooked = photographed(page, 6.0)[0]
    level = dewarped(raster(crooked), reduced_ink_mask(crooked))
    assert (level.pixels < 128).sum() == pytest.approx((crooked < 128).sum(), rel=0.01)


def test_an_enlarged_page_maps_back() -> None:
    page, warp = photographed(form_page(), 1.5)
    large = dewarped(raster(page), reduced_ink_mask(page), zoom=1.4)
    assert large.pixels.shape[0] > 1.35 * HEIGHT
    assert large.scale == pytest.approx(SCALE / 1.4, rel=0.01)
    assert worst_error(boxes_found(large), [warp.box(box) for box in places_of(FORM)]) < 1.5


def _rows_of(flat: Raster, points: np.ndarray) -> np.ndarray:
    """The row of the flat picture at which each point of the page is shown."""
    height, width = flat.pixels.shape
    xs, ys = np.meshgrid(np.arange(4, width, 8.0), np.arange(4, height, 8.0))
    grid = np.stack([xs.ravel(), ys.ravel()], axis=1)
    shown = flat.points_on_page(grid)
    rows = []
    for point in points:
        near = np.argsort(np.square(shown - point).sum(axis=1))[:6]
        # The map is all but affine across a few pixels.
        matrix, *_ = np.linalg.lstsq(np.column_stack([shown[near], np.ones(6)]), grid[near], rcond=None)
        rows.append((np.append(point, 1) @ matrix)[1])
    return np.array(rows)
