"""Reconciliation of simulated reports does what is promised, and is counted as what it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from eval.simulation.__main__ import COLUMNS, row, simulate
from eval.simulation.outcome import Outcome
from eval.simulation.readings import simulated_report
from extraction.document import Status, Verdict
from extraction.reconcile.reconcile import reconcile
from tests.extraction.sums import USUAL


def test_few_misreads_are_recovered_and_nothing_is_spoilt() -> None:
    found = simulate(range(8), 0.01, 4, source_error=False)
    assert found.misread > 5
    assert found.recovered > 0.6 * found.misread
    assert (found.silent, found.spoilt, found.corrected_wrong, found.false_reports) == (0, 0, 0, 0)
    assert row(0.01, 4, False, found).count("|") == len(COLUMNS) + 1


def test_the_reports_own_errors_stay_where_nothing_is_misread() -> None:
    for seed in range(10):
        case = simulated_report(seed, 0.0, 4, source_error=True)
        after = reconcile(case.read, USUAL)
        assert {i: after.field(i).value for i in case.printed} == dict(case.printed)
        assert {c.verdict for c in after.checks} <= {Verdict.HOLDS, Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED}


def test_a_wrong_figure_that_is_accepted_is_counted_as_silent() -> None:
    case = simulated_report(1, 0.0, 1, source_error=False)
    wrong, in_doubt = list(case.printed)[:2]
    after = replace(
        case.read,
        fields=tuple(
            replace(f, value=f.value + 1 if f.value is not None else Decimal(1), status=Status.CORRECTED)
            if f.id == wrong
            else replace(f, status=Status.REVIEW)
            if f.id == in_doubt
            else f
            for f in case.read.fields
        ),
    )
    found = Outcome()
    found.count(case, after, 0.5)
    assert (found.silent, found.spoilt, found.corrected_wrong, found.review, found.complete) == (1, 1, 1, 1, 0)
    assert (found.figures, found.reports, found.seconds_at(1.0)) == (len(case.printed), 1, 0.5)
