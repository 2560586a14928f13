"""Scores add, rates are shares of counts, and calibration by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.store import Annotation
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare
from eval.scoring.metrics import METRICS, calibration, counts, counts_by_field, counts_by_table, rate
from eval.scoring.score import Score, total
from extraction.document import Field, Report, Source, Status
from extraction.forms.catalogue import template

FORMS = template("2021").fields[:6]


def report_of(values: Sequence[tuple[int | None, Status, float]]) -> Report:
    fields = tuple(
        Field(form.id, form.label, None if value is None else Decimal(value), str(value or ""), status, confidence)
        for form, (value, status, confidence) in zip(FORMS, values, strict=True)
    )
    return Report(Source("a.pdf", "", "application/pdf", 1), "某局", 2022, "2021", "某局年报", fields=fields)


VALUES = st.tuples(st.sampled_from((None, 0, 7)), st.sampled_from(tuple(Status)), st.floats(0, 1))
REPORTS = st.lists(VALUES, min_size=len(FORMS), max_size=len(FORMS)).map(report_of)
GOLDS = st.lists(
    st.sampled_from(
        ((0, Status.READ, 1.0), (7, Status.READ, 1.0), (None, Status.BLANK, 1.0), (None, Status.MISSING, 1.0))
    ),
    min_size=len(FORMS),
    max_size=len(FORMS),
).map(report_of)
SCORES = st.builds(
    lambda gold, read, level: compare(Annotation("a", ("a.pdf",), gold, level=level), Prediction(read)),
    GOLDS,
    st.none() | REPORTS,
    st.sampled_from(("digital", "worn")),
)


@given(st.lists(SCORES, max_size=5), st.integers(0, 5))
def test_scores_add_in_any_grouping(scores: list[Score], cut: int) -> None:
    whole = total(scores)
    assert total(scores[:cut]) + total(scores[cut:]) == whole
    assert replace(total(reversed(scores)), faults=()) == replace(whole, faults=())
    summed: Counter[str] = Counter()
    for score in scores:
        summed.update(counts(score))
    assert counts(whole) == {**counts(Score()), **summed}


@given(SCORES)
def test_every_field_of_the_gold_has_one_outcome(score: Score) -> None:
    assert score.fields == len(FORMS)
    by_field, by_table = counts_by_field(score), counts_by_table(score)
    for name in ("fields", "right", "silent", "review", "missed"):
        assert sum(c[name] for c in by_field.values()) == counts(score)[name]
        assert sum(c[name] for c in by_table.values()) == counts(score)[name]
    assert score.right <= score.fields
    assert not (score.perfect and (score.silent or score.review or score.missed))


@given(SCORES)
def test_rates_are_shares(score: Score) -> None:
    shares = [rate(counts(score), metric) for metric in METRICS.values()]
    assert all(share is None or 0 <= share <= 1 for share in shares)


def test_calibration_by_hand() -> None:
    known = calibration({(9900, True): 9, (9900, False): 1, (5000, True): 3, (5000, False): 3})
    assert known.bins == ((0.5, 0.5, 6), (pytest.approx(0.99), 0.9, 10))
    assert known.ece == pytest.approx((0 * 6 + 0.09 * 10) / 16)
    assert known.curve == (pytest.approx((10 / 16, 0.1)), pytest.approx((1.0, 4 / 16)))
    assert known.area == pytest.approx(0.1 * 10 / 16 + (0.1 + 0.25) / 2 * 6 / 16)


def test_nothing_is_known_of_nothing() -> None:
    assert calibration({}).ece is None
    assert all(rate(counts(Score()), metric) is None for metric in METRICS.values())


def test_confidence_that_puts_right_before_wrong_has_the_smaller_area() -> None:
    good = calibration({(9900, True): 50, (6000, False): 50})
    bad = calibration({(9900, False): 50, (6000, True): 50})
    assert good.area is not None
    assert bad.area is not None
    assert good.area < 0.2 < 0.7 < bad.area


def test_the_curve_of_many_confidences_is_thinned_and_keeps_its_ends() -> None:
    known = calibration({(step, True): 1 for step in range(5000)})
    assert len(known.curve) == 200
    assert (known.curve[0], known.curve[-1]) == ((pytest.approx(1 / 5000), 0.0), (1.0, 0.0))
