"""What thresholds decide, on simulated reports of which the truth is known."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from msgspec.structs import asdict
from msgspec.structs import replace as with_setting

from eval.decision.sweep import GRID, Swept, risk_coverage, swept, with_min_reading
from eval.scoring.outcomes import SILENT, compare_fields
from eval.simulation.readings import SimulatedReport, simulated_report
from extraction.contents import report_of
from extraction.document import Report, Status
from extraction.reconcile.reconcile import reconcile
from extraction.settings import DecisionSettings, Settings
from models.loaded import Models
from tests.sample_reports import SampleReports

USUAL = DecisionSettings()


def printed(case: SimulatedReport) -> Report:
    """The gold of a simulated report."""
    return replace(
        case.read,
        fields=tuple(
            replace(f, value=case.printed.get(f.id, f.value), status=Status.READ, candidates=())
            for f in case.read.fields
        ),
    )


@cache
def simulated(seed: int) -> tuple[SimulatedReport, Swept]:
    case = simulated_report(seed, 0.08, 4, source_error=seed % 2 == 0)
    return case, swept(printed(case), case.read, USUAL)


def test_the_grid_has_every_setting_with_its_default_strictest_first() -> None:
    defaults = asdict(USUAL)
    assert list(GRID) == list(defaults)
    for name, values in GRID.items():
        assert defaults[name] in values
        downward = not name.endswith("share")  # a probability is stricter the higher, a share of doubt the lower
        assert list(values) == sorted(values, reverse=downward)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_each_value_gives_what_reconciliation_with_it_gives(seed: int) -> None:
    case, found = simulated(seed)
    gold = printed(case)
    for name in ("in_sums", "corrected", "illegible_share"):
        for step in found.whole[name]:
            after = reconcile(case.read, with_setting(USUAL, **{name: step.value}))
            outcomes = compare_fields(gold, after)
            assert step.wrong == sum(o.outcome in SILENT for o in outcomes)
            assert step.accepted == sum(f.status is not Status.REVIEW for f in after.fields)
    assert found.accepted == next(s.accepted for s in found.whole["alone"] if s.value == USUAL.alone)


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 4))])
def test_a_stricter_threshold_never_accepts_more(seed: int) -> None:
    _, found = simulated(seed)
    for name, steps in found.whole.items():
        if name == "min_reading":
            continue  # what is in doubt is settled by sums with a higher posterior, or not
        assert [s.accepted for s in steps] == sorted(s.accepted for s in steps), name
    for name, steps in found.steps.items():
        assert all(s.wrong <= s.accepted <= found.decides[name] for s in steps)


def test_reports_add_up() -> None:
    one, other = simulated(1)[1], simulated(2)[1]
    both = Swept() + one + other
    assert both.reports == 2
    assert both.fields == one.fields + other.fields
    assert [s.accepted for s in both.whole["settled"]] == [
        a.accepted + b.accepted for a, b in zip(one.whole["settled"], other.whole["settled"], strict=True)
    ]
    coverage = [share for share, _ in risk_coverage(both)]
    assert coverage == sorted(coverage)
    assert coverage[-1] == 1


def test_nothing_is_decided_of_a_report_without_a_form() -> None:
    case, _ = simulated(1)
    assert swept(printed(case), replace(case.read, template=None), USUAL) == Swept(reports=1)


def test_another_min_reading_is_as_if_labelled_with_it(sample_reports: SampleReports, models: Models) -> None:
    usual, changed = Settings(), False
    contents = sample_reports.contents("qingluo-2019", "scan.pdf")
    before = [{d.code for d in f.doubts} for f in report_of(contents, models, usual).fields]
    for value in (0.999, 0.97):
        wanted = report_of(contents, models, with_decision(usual, value)).fields
        found = with_min_reading(report_of(contents, models, usual), value, usual.decision.min_reading).fields
        after = [{d.code for d in f.doubts} for f in found]
        assert after == [{d.code for d in f.doubts} for f in wanted]
        changed |= after != before
    assert changed  # else any value would do


def with_decision(settings: Settings, min_reading: float) -> Settings:
    return with_setting(settings, decision=with_setting(settings.decision, min_reading=min_reading))
