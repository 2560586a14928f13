"""Boxes, and the ways between a picture's pixels and its page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.geometry import Box, Matrix, Mesh, Raster, union

SIDES = st.floats(-500, 500, width=32)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    (left, right), (top, bottom) = (sorted(draw(st.tuples(SIDES, SIDES))) for _ in range(2))
    return Box(left, top, right, bottom)


@given(boxes(), boxes())
def test_what_two_boxes_share_is_in_both(a: Box, b: Box) -> None:
    assert 0 <= a.overlap(b) == b.overlap(a) <= min(a.area, b.area) * (1 + 1e-6) + 1e-6
    assert a.overlap(a) == a.area
    around = union([a, b])
    assert around.overlap(a) == pytest.approx(a.area)
    assert around.overlap(b) == pytest.approx(b.area)


def test_a_box_that_is_inside_out_has_no_area() -> None:
    assert Box(10, 10, 5, 20).area == 0
    assert Box(10, 10, 10, 20).grown(2) == Box(8, 8, 12, 22)


def test_a_box_holds_its_left_and_top_side_only() -> None:
    box = Box(0, 0, 10, 10)
    assert box.holds((0, 0))
    assert not box.holds((10, 5))
    assert not box.holds((5, 10))


def raster(to_page: Matrix, mesh: Mesh | None = None) -> Raster:
    return Raster(np.zeros((100, 200), np.uint8), to_page, mesh)


@given(st.floats(0.1, 3), st.floats(-3, 3), SIDES, SIDES)
def test_a_box_on_the_page_holds_all_that_was_in_it(scale: float, angle: float, x: float, y: float) -> None:
    """Whatever turning leads to the page."""
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    turned = raster(np.array([[cos, -sin, x], [sin, cos, y]]))
    assert turned.scale == pytest.approx(scale)
    box = turned.box_on_page(20, 30, 80, 60).grown(0.01)
    inside = np.random.default_rng(0).uniform((20, 30), (80, 60), (50, 2))
    assert all(box.holds(tuple(point)) for point in turned.points_on_page(inside).tolist())


def test_a_mesh_that_is_a_grid_changes_nothing() -> None:
    nodes = np.stack(np.meshgrid(np.arange(0, 250, 50.0), np.arange(0, 150, 50.0)), axis=-1)
    flat = raster(np.array([[1 / 50, 0, 0], [0, 1 / 50, 0]]), Mesh(nodes))
    points = np.array([[0.0, 0.0], [33.3, 71.0], [199.0, 99.0], [210.0, -4.0]])
    assert flat.points_on_page(points) == pytest.approx(points)
    assert flat.scale == pytest.approx(1.0)
    assert flat.box_on_page(10, 20, 60, 90) == pytest.approx((10, 20, 60, 90))


def test_the_side_of_a_box_on_bent_paper_is_looked_at_between_its_corners() -> None:
    """A line that sags in the middle: both its ends are at 50 points, its middle is not."""
    xs, ys = np.meshgrid(np.arange(0, 250, 25.0), np.arange(0, 150, 25.0))
    sagging = np.stack([xs, ys + 10 * np.sin(np.pi * xs / 200)], axis=-1)
    bent = raster(np.array([[1 / 25, 0, 0], [0, 1 / 25, 0]]), Mesh(sagging))
    box = bent.box_on_page(0, 50, 200, 60)
    assert box.top == pytest.approx(50)
    assert box.bottom == pytest.approx(70, abs=0.5)


def test_a_part_reaches_no_farther_than_the_picture() -> None:
    picture = raster(np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    assert picture.part(-10, -10, 30, 20).shape == (20, 30)
    assert picture.part(190, 90, 400, 400).shape == (10, 10)
    assert picture.part(-40, 0, -10, 20).size == 0


def test_another_picture_after_a_map_keeps_the_way_to_the_page() -> None:
    half = np.array([[2.0, 0, 0], [0, 2.0, 0]])  # a picture half as large
    small = raster(np.array([[0.36, 0, 5], [0, 0.36, 7]])).after(half, np.zeros((50, 100), np.uint8))
    assert small.size == (50, 100)
    assert small.points_on_page(np.array([[10.0, 20.0]])) == pytest.approx(np.array([[12.2, 21.4]]))
