"""Simulated readings are what they claim to be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eval.simulation.readings import simulated_report


def test_equal_seeds_give_equal_readings() -> None:
    assert simulated_report(3, 0.03, 4, source_error=True) == simulated_report(3, 0.03, 4, source_error=True)
    assert simulated_report(3, 0.03, 4, source_error=True) != simulated_report(4, 0.03, 4, source_error=True)


def test_about_the_share_asked_for_is_misread() -> None:
    cases = [simulated_report(seed, 0.08, 4, source_error=False) for seed in range(30)]
    figures = [(case.read.field(i).value, true) for case in cases for i, true in case.printed.items()]
    misread = sum(read != true for read, true in figures) / len(figures)
    assert 0.06 < misread < 0.10


def test_readings_are_right_as_often_as_they_say() -> None:
    cases = [simulated_report(seed, 0.2, 4, source_error=False) for seed in range(30)]
    said = [
        (c.probability, Decimal(c.text) == true)
        for case in cases
        for i, true in case.printed.items()
        for c in case.read.field(i).candidates
    ]
    for low, high in ((0.0, 0.2), (0.2, 0.6), (0.6, 0.9), (0.9, 1.0)):
        band = [(p, right) for p, right in said if low <= p < high]
        expected = sum(p for p, _ in band) / len(band)
        assert sum(right for _, right in band) / len(band) == pytest.approx(expected, abs=0.03)
