"""Points on grid lines and lines of text: they lie where these were drawn, and on nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.geometry import Pixels
from extraction.preprocess.baseline_curves import (
    MIN_CURVE_POINTS,
    TEXT_WEIGHT,
    Curves,
    concatenated,
    horizontal_grid_lines,
    horizontal_strokes,
    text_line_centres,
    vertical_grid_lines,
    with_min_points,
)
from tests.drawing import characters, paper
from tests.examples import examples

WIDTH, HEIGHT = 600, 300


def page_with_line(start: tuple[float, float], end: tuple[float, float], thickness: int = 1) -> Pixels:
    """A line between two points (x, y), drawn to a sixteenth of a pixel."""
    page = paper(WIDTH, HEIGHT)
    points = [(round(16 * x), round(16 * y)) for x, y in (start, end)]
    cv2.line(page, *points, 60, thickness, cv2.LINE_AA, shift=4)
    return page


def ink_of(page: Pixels) -> Pixels:
    return np.where(page < 128, 255, 0).astype(np.uint8)


@settings(deadline=None, max_examples=examples(25))
@given(st.floats(60, 240), st.floats(-0.08, 0.08))
def test_points_lie_on_a_slanted_line(y: float, slope: float) -> None:
    lines = horizontal_grid_lines(horizontal_strokes(page_with_line((30, y), (570, y + 540 * slope))))
    assert len(lines) >= 30
    assert set(lines.curve.tolist()) == {0}
    assert np.abs(lines.y - (y + slope * (lines.x - 30))).max() < 1.0
    assert lines.weight.tolist() == [1.0] * len(lines)


def test_vertical_lines_are_the_horizontal_ones_of_the_transposed_picture() -> None:
    page = page_with_line((200, 20), (206, 280))
    lines = vertical_grid_lines(page)
    assert len(lines) > 15
    assert np.abs(lines.y - (200 + (lines.x - 20) * 6 / 260)).max() < 1.0
    assert len(horizontal_grid_lines(horizontal_strokes(page))) == 0


def test_every_line_is_a_curve_of_its_own() -> None:
    page = np.minimum.reduce([page_with_line((30, y), (570, y)) for y in (50, 120, 121 + 80)])
    lines = horizontal_grid_lines(horizontal_strokes(page))
    heights = sorted(float(np.mean(lines.y[lines.curve == k])) for k in set(lines.curve.tolist()))
    assert heights == pytest.approx([50, 120, 201], abs=0.6)


@pytest.mark.parametrize(("start", "end"), [((30, 100), (60, 100)), ((100, 20), (140, 280))])
def test_short_and_steep_strokes_are_no_grid_lines(start: tuple[float, float], end: tuple[float, float]) -> None:
    assert len(horizontal_grid_lines(horizontal_strokes(page_with_line(start, end)))) == 0


def test_text_has_centre_lines_and_no_grid_lines() -> None:
    page = paper(WIDTH, HEIGHT)
    characters(page, (40, 60, 560, 120), em=14, seed=1)
    strokes = horizontal_strokes(page)
    assert len(horizontal_grid_lines(strokes)) == 0
    centres = text_line_centres(ink_of(page), strokes)
    assert set(centres.weight.tolist()) == {TEXT_WEIGHT}
    for k in set(centres.curve.tolist()):
        middle = 60 + 21 * round((np.mean(centres.y[centres.curve == k]) - 67) / 21) + 7
        assert np.abs(centres.y[centres.curve == k] - middle).max() < 4
    assert len(set(centres.curve.tolist())) == 3


def test_a_grid_line_is_no_line_of_text() -> None:
    page = page_with_line((30, 100), (570, 100), 3)
    assert len(text_line_centres(ink_of(page), horizontal_strokes(page))) == 0


def test_a_blank_page_has_no_curves() -> None:
    blank = paper(WIDTH, HEIGHT)
    assert len(horizontal_grid_lines(horizontal_strokes(blank))) == 0
    assert len(text_line_centres(np.zeros_like(blank), horizontal_strokes(blank))) == 0


def curves(lengths: list[int]) -> Curves:
    curve = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(float(len(curve)))
    return Curves(place, -place, np.ones(len(curve)), curve)


LENGTHS = st.lists(st.integers(MIN_CURVE_POINTS, 20), max_size=6)


@settings(max_examples=examples(25), deadline=None)
@given(LENGTHS, LENGTHS)
def test_concatenated_curves_stay_apart(first: list[int], second: list[int]) -> None:
    both = concatenated(curves(first), curves(second))
    assert np.bincount(both.curve).tolist() == first + second
    assert both.x.tolist() == [*range(sum(first)), *range(sum(second))]


@settings(max_examples=examples(25), deadline=None)
@given(LENGTHS, st.integers(0, 25))
def test_short_curves_are_left_out_whole(lengths: list[int], min_points: int) -> None:
    kept = with_min_points(curves(lengths), min_points)
    assert [n for n in np.bincount(kept.curve).tolist() if n] == [n for n in lengths if n >= min_points]
