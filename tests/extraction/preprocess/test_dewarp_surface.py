"""The displacement that straightens curves: what it does to bent, straight and wild ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.preprocess.baseline_curves import Curves, Floats
from extraction.preprocess.dewarp_surface import Displacement, fitted_displacement, straightness_error
from tests.examples import examples

SIZE = WIDTH, HEIGHT = 400, 300
XS, HEIGHTS = np.arange(10.0, 395, 12), np.arange(20.0, 290, 10)


def curves(*heights: Floats) -> Curves:
    """A curve for each array of heights at `XS`."""
    count = len(heights)
    return Curves(
        np.tile(XS, count), np.concatenate(heights), np.ones(count * len(XS)), np.repeat(np.arange(count), len(XS))
    )


def sagging(depth: float) -> list[Floats]:
    """Lines that sag in the middle, those farther down the page the more."""
    return [y + depth * y / HEIGHT * np.sin(np.pi * XS / WIDTH) for y in HEIGHTS]


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize("depth", [3.0, 8.0, 20.0])
def test_bent_lines_are_straighter(depth: float, up: bool) -> None:
    bent = curves(*sagging(-depth if up else depth))
    displacement = fitted_displacement(bent, SIZE)
    assert displacement.before == pytest.approx(straightness_error(bent))
    assert displacement.after < 0.2 * displacement.before
    moved = bent.y + displacement.at(bent.x, bent.y)
    assert max(np.ptp(moved[bent.curve == k]) for k in range(len(HEIGHTS))) < 0.4 * depth


def test_straight_lines_are_not_moved() -> None:
    straight = curves(*(np.full(len(XS), y) for y in (40.0, 120.0, 200.0)))
    displacement = fitted_displacement(straight, SIZE)
    assert displacement.before == pytest.approx(0, abs=1e-9)
    assert np.abs(displacement.on_grid(np.arange(0.0, WIDTH, 50), np.arange(0.0, HEIGHT, 50))).max() < 1e-6


def test_a_curve_that_disagrees_with_all_others_has_no_weight() -> None:
    """A pen stroke across the page hardly changes what the lines say."""
    lines, stroke = sagging(12), 60 + 0.4 * XS
    alone, disturbed = (fitted_displacement(curves(*some), SIZE) for some in (lines, [*lines, stroke]))
    x, y = np.tile(XS, len(lines)), np.concatenate(lines)
    assert np.abs(alone.at(x, y) - disturbed.at(x, y)).max() < 2.0
    assert np.ptp(stroke + disturbed.at(XS, stroke)) > 0.8 * np.ptp(stroke)


COEFFICIENTS = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).normal(0, 5, (8, 9)))


@settings(max_examples=examples(25), deadline=None)
@given(COEFFICIENTS)
def test_a_grid_of_points_has_the_displacements_of_its_points(coefficients: Floats) -> None:
    displacement = Displacement(coefficients, 0.0, 0.0)
    xs, ys = np.linspace(0, WIDTH, 7), np.linspace(0, HEIGHT, 5)
    x, y = (a.ravel() for a in np.meshgrid(xs, ys))
    assert displacement.on_grid(xs, ys).ravel() == pytest.approx(displacement.at(x, y))


@settings(max_examples=examples(25), deadline=None)
@given(st.floats(-50, 50), st.floats(0, WIDTH), st.floats(0, HEIGHT))
def test_equal_coefficients_are_the_same_displacement_everywhere(height: float, x: float, y: float) -> None:
    """B-splines add up to 1 at every point."""
    displacement = Displacement(np.full((8, 9), height), 0.0, 0.0)
    assert displacement.at(np.array([x]), np.array([y])) == pytest.approx(height, abs=1e-9)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.floats(0, HEIGHT), min_size=1, max_size=5), st.floats(0, 9))
def test_straightness_is_about_each_curve_by_itself(heights: list[float], depth: float) -> None:
    """Where a curve lies on the page does not matter, how far its points are from its mean height does."""
    wave = np.where(np.arange(len(XS)) % 2, depth, -depth)
    wave = wave - wave.mean()
    error = straightness_error(curves(*(height + wave for height in heights)))
    assert error == pytest.approx(np.sqrt(np.mean(wave**2)), abs=1e-6)
