"""Simulated readings are what they claim to be, and reconciliation does on them what is promised."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eval.simulation.__main__ import simulate
from eval.simulation.prior import rates, ways_to_fail
from eval.simulation.readings import simulated
from extraction.document import Field, Report, Source, Status, Verdict
from extraction.forms.catalogue import template
from extraction.reconcile.reconcile import reconcile


def test_equal_seeds_give_equal_readings() -> None:
    assert simulated(3, 0.03, 4, source_error=True) == simulated(3, 0.03, 4, source_error=True)
    assert simulated(3, 0.03, 4, source_error=True) != simulated(4, 0.03, 4, source_error=True)


def test_about_the_share_asked_for_is_misread() -> None:
    cases = [simulated(seed, 0.08, 4, source_error=False) for seed in range(30)]
    figures = [(case.read.field(i).value, true) for case in cases for i, true in case.printed.items()]
    misread = sum(read != true for read, true in figures) / len(figures)
    assert 0.06 < misread < 0.10


def test_few_misreads_are_put_right_and_nothing_is_spoilt() -> None:
    found = simulate(range(8), 0.01, 4, source_error=False)
    assert found.misread > 5
    assert found.righted > 0.6 * found.misread
    assert (found.silent, found.spoilt, found.corrected_wrong, found.false_reports) == (0, 0, 0, 0)


def test_the_reports_own_errors_stay_where_nothing_is_misread() -> None:
    for seed in range(10):
        case = simulated(seed, 0.0, 4, source_error=True)
        after = reconcile(case.read)
        assert {i: after.field(i).value for i in case.printed} == dict(case.printed)
        assert {c.verdict for c in after.checks} <= {Verdict.HOLDS, Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED}


@pytest.mark.parametrize(
    ("changed", "way"),
    [
        ({"applications.received.natural_person": 3}, ["misprint"]),
        ({"applications.received.total": 9}, ["misprinted total"]),
        ({"review.total": 2}, ["total"]),
        ({f"applications.results.granted.{c}": 4 for c in ("natural_person", "total")}, ["column"]),
        ({}, []),
    ],
)
def test_what_a_report_prints_wrongly_is_counted_as_what_it_is(changed: dict[str, int], way: list[str]) -> None:
    values = dict.fromkeys((f.id for f in template("2021").fields), 0) | changed
    fields = tuple(Field(i, i, Decimal(v), str(v), Status.READ, 1.0) for i, v in values.items())
    report = Report(Source("a", "", "", None), None, None, "2021", None, fields=fields)
    assert list(ways_to_fail(report)) == way
    assert rates([report])["column"] == (way.count("column"), (way.count("column") + 0.5) / 2 / 6)
