"""Intervals by bootstrap: they hold the estimate, narrow with numbers, and tell a change from chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scoring.against import common_documents, differences
from eval.scoring.metrics import FIELD_METRICS, METRICS, counts, counts_by_table
from eval.scoring.score import Score
from extraction.errors import UsageError
from models.gate.intervals import Numbers, _student, macro_interval, resamples, share_change, share_interval

REPORTS = st.lists(
    st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30
)


def columns(reports: Sequence[tuple[int, int]]) -> tuple[Numbers, Numbers]:
    parts, wholes = np.array(reports, float).T
    return parts, wholes


@given(REPORTS)
def test_an_interval_holds_its_estimate(reports: list[tuple[int, int]]) -> None:
    parts, wholes = columns(reports)
    interval = share_interval(parts, wholes, resamples(len(reports)))
    if not wholes.sum():
        assert interval == (None, None, None)
        return
    assert interval.value == pytest.approx(parts.sum() / wholes.sum())
    assert interval.low is not None
    assert interval.high is not None
    assert 0 <= interval.low <= parts.sum() / wholes.sum() <= interval.high <= 1


def test_an_interval_is_that_of_the_mean_over_reports() -> None:
    """200 reports, of which each is wholly right or wrong: the interval of a share of 200 draws, not of 40,000."""
    right = np.repeat([1.0, 0.0], [180, 20])
    interval = share_interval(right * 200, np.full(200, 200.0), resamples(200))
    reach = 1.96 * (0.9 * 0.1 / 200) ** 0.5
    assert interval == pytest.approx((0.9, 0.9 - reach, 0.9 + reach), abs=0.008)


def test_resamples_are_the_same_on_every_run_and_draw_as_many_as_there_are() -> None:
    drawn = resamples(12)
    assert drawn.shape == (1000, 12)
    assert set(drawn.sum(axis=1)) == {12}
    assert (drawn == resamples(12)).all()
    assert (drawn != resamples(12, seed=8)).any()


def test_the_macro_mean_counts_levels_alike() -> None:
    parts, wholes = columns([(10, 10)] * 9 + [(0, 10)])
    groups = np.array([0] * 9 + [1])
    interval = macro_interval(parts, wholes, groups, resamples(10))
    assert interval.value == 0.5
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low <= 0.5 <= interval.high


def test_a_change_in_every_report_is_more_than_chance_and_noise_is_not() -> None:
    hard = [(k, 100) for k in range(20, 80, 2)]  # reports differ far more than the change
    better = [(k + 1, 100) for k, _ in hard]
    change = share_change(columns(hard), columns(better), resamples(len(hard)))
    assert change.certain
    assert change.change == pytest.approx(0.01)
    mixed = [(k + (3 if n % 2 else -3), 100) for n, (k, _) in enumerate(hard)]
    assert not share_change(columns(hard), columns(mixed), resamples(len(hard))).certain


def scores(silent: Sequence[int], engine: str = "gouji", level: str = "scan") -> dict[str, object]:
    """The scores of a run with so many silent errors in each report's 100 fields, all in one table."""
    nothing = counts(Score())
    reports = []
    for n, wrong in enumerate(silent):
        own = {"fields": 100, "right": 100 - wrong, "accepted_right": 100 - wrong, "accepted": 100, "silent": wrong}
        own = {**own, "review": 0, "missed": 0}
        table = {"applications": own}
        reports.append({"id": str(n), "level": level, "counts": {**nothing, **own, "reports": 1}, "tables": table})
    return {"engines": {engine: {"reports": reports}}}


def test_differences_are_said_to_be_better_or_worse() -> None:
    found = differences(scores([5] * 20), scores([2] * 20))
    verdicts = {(d.scope, d.metric): d.verdict for d in found}
    for scope in ("all", "level scan", "table applications"):
        assert verdicts[scope, "silent_rate"] == verdicts[scope, "field_accuracy"] == "better"
        assert verdicts[scope, "review_share"] == "same"
    assert {d.verdict for d in differences(scores([2] * 20), scores([5] * 20)) if d.metric == "silent_rate"} == {
        "worse"
    }
    noise = differences(scores([5, 2] * 10), scores([2, 5] * 10))
    assert {d.verdict for d in noise if d.metric == "silent_rate"} == {"same"}
    one = differences(scores([0] * 20), scores([1] + [0] * 19))
    assert {d.verdict for d in one if d.metric == "silent_rate"} == {"chance"}


def test_only_common_documents_are_compared() -> None:
    found = differences(scores([5] * 20), scores([2] * 4))
    assert next(d for d in found if d.metric == "silent_rate").change.old == 0.05
    assert common_documents(scores([5] * 20), scores([2] * 4)) == 4


def test_runs_of_one_engine_each_are_compared_whatever_they_are() -> None:
    found = differences(scores([5] * 20, "tesseract-page"), scores([2] * 20))
    assert {d.engine for d in found} == {"gouji"}


def test_runs_with_nothing_in_common_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="in common"):
        differences(scores([]), scores([2] * 4))


def test_every_metric_is_of_counts_that_there_are() -> None:
    known = counts(Score())
    assert all(metric.part in known and metric.whole in known for metric in METRICS.values())
    assert set(FIELD_METRICS) <= set(METRICS)
    assert counts_by_table(Score()) == {}


def test_none_of_a_few_reports_is_not_none_at_all() -> None:
    """Of 10 reports without one, up to 31% may have it: 0.69 to the 10th is 2.5%."""
    one_each, drawn = np.ones(10), resamples(10)
    none = share_interval(np.zeros(10), one_each, drawn)
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(0.3085, abs=1e-4)
    every = share_interval(np.ones(10), one_each, drawn)
    assert (every.value, every.high) == (1, 1)
    assert every.low == pytest.approx(0.6915, abs=1e-4)


def test_no_fault_in_a_few_reports_is_not_no_fault_at_all() -> None:
    """8 reports of 200 fields without one: up to 3.7 in 1600 may be, as the rule of three says."""
    wholes = np.full(8, 200.0)
    none = share_interval(np.zeros(8), wholes, resamples(8))
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(3.69 / 1600, rel=0.01)
    level = np.zeros(8, np.int64)
    assert macro_interval(np.zeros(8), wholes, level, resamples(8)).high == pytest.approx(none.high)


def test_reports_that_are_all_alike_still_leave_doubt() -> None:
    parts, wholes = np.full(5, 10.0), np.full(5, 100.0)
    interval = share_interval(parts, wholes, resamples(5))
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low < 0.09
    assert interval.high > 0.11


def test_one_report_says_nothing_of_others() -> None:
    one = np.array([80.0]), np.array([100.0])
    assert share_interval(*one, resamples(1)) == (0.8, 0, 1)


@pytest.mark.parametrize("reports", [3, 5, 10, 40])
def test_intervals_hold_the_truth_about_as_often_as_they_say(reports: int) -> None:
    """Reports whose own rates of faults differ widely around 0.8; 95% is meant, and a few reports are not far off."""
    random, held, runs = np.random.default_rng(reports), 0, 300
    wholes, drawn = np.full(reports, 200.0), resamples(reports)
    for _ in range(runs):
        parts = random.binomial(200, random.beta(8, 2, reports)).astype(float)
        interval = share_interval(parts, wholes, drawn)
        assert interval.low is not None
        assert interval.high is not None
        held += interval.low <= 0.8 <= interval.high
    assert held / runs > (0.85 if reports < 5 else 0.9)


@pytest.mark.parametrize(("reports", "certain"), [(1, False), (5, False), (6, True)])
def test_a_few_reports_that_all_got_better_may_be_chance(reports: int, certain: bool) -> None:
    old, new = columns([(50 + k, 100) for k in range(reports)]), columns([(60 + k, 100) for k in range(reports)])
    assert share_change(old, new, resamples(reports)).certain is certain


def test_student_s_t() -> None:
    known = {1: 12.706, 4: 2.776, 5: 2.571, 9: 2.262, 30: 2.042, 319: 1.967}
    assert {n: round(_student(n), 3) for n in known} == pytest.approx(known, abs=0.003)
