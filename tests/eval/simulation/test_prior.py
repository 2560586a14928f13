"""Errors in print are counted as what they are."""

from __future__ import annotations

import pytest

from eval.simulation.prior import errors_in_print, rates
from extraction.forms.catalogue import template
from tests.extraction.sums import report


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({"applications.received.natural_person": 3}, ["misprint"]),
        ({"applications.received.total": 9}, ["misprinted total"]),
        ({"review.total": 2}, ["total"]),
        ({f"applications.results.granted.{c}": 4 for c in ("natural_person", "total")}, ["column"]),
        ({}, []),
    ],
)
def test_what_a_report_prints_wrongly_is_counted_as_what_it_is(changed: dict[str, int], kinds: list[str]) -> None:
    printed = report("2021", dict.fromkeys((f.id for f in template("2021").fields), 0) | changed)
    assert list(errors_in_print(printed)) == kinds
    assert rates([printed])["column"] == (kinds.count("column"), (kinds.count("column") + 0.5) / 2 / 6)
