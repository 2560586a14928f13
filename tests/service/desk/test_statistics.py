"""The dashboard's numbers over a real database."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.doubts import Doubt, DoubtCode
from extraction.forms.catalogue import template
from service.desk import statistics
from service.store.engine import Store
from service.store.reports import ACCEPTED
from service.store.tables import ReportRow, Review, now
from tests.service.archive import failing, report, stored, unsure


def test_the_matrix_shows_missing_and_double_years_and_how_each_report_is(store: Store) -> None:
    of = replace(report("qingluo-2019"), organization="枫丘县卫生健康委员会")
    with store.writing() as session:
        stored(session, replace(of, year=2019))
        stored(session, unsure(replace(of, year=2021, organization="枫丘县卫健委"), "review.total"))
        for _ in range(2):
            stored(session, replace(of, year=2022))
        done = session.get(ReportRow, stored(session, replace(of, year=2023)))
        assert done is not None
        done.state = ACCEPTED
        stored(session, replace(of, year=2024, organization="青罗市教育局"))
        stored(session, replace(of, year=None))
    with store.reading() as session:
        found = statistics.matrix(session, 0, 10)
        assert found.years == tuple(range(2019, 2025))
        looks = {name: [cell.state for cell in cells] for name, cells in found.rows}
        assert looks["枫丘县卫生健康委员会"] == ["clear", "gap", "open", "double", "accepted", "outside"]
        assert looks["青罗市教育局"] == [*["outside"] * 5, "clear"]
        assert len(found.undated) == 1
        assert [name for name, _ in statistics.matrix(session, 1, 10).rows] == [*looks][1:]


def test_accuracy_is_over_all_reviews_and_its_interval_holds_it(store: Store) -> None:
    with store.writing() as session:
        number = stored(session, report())
        for right in (8, 10):
            counts = {"sure": 100, "sure_right": 100, "unsure": 10, "unsure_right": right}
            given_ = {"started": now(), "finished": now(), "seconds": 10.0 * right, "keystrokes": right, "cells": 10}
            session.add(Review(report_id=number, reviewer="甲", found=counts, **given_))
    with store.reading() as session:
        sure, open_ = statistics.accuracies(session)
        assert (sure.right, sure.whole, open_.right, open_.whole) == (200, 200, 18, 20)
        assert open_.interval.value == pytest.approx(0.9)
        assert open_.interval.low is not None
        assert open_.interval.high is not None
        assert open_.interval.low < 0.9 < open_.interval.high
        assert sure.interval.low is not None
        assert sure.interval.low < 1
        cost = statistics.cost(session)
        assert cost is not None
        assert (cost.reviews, cost.seconds) == (2, 90)


def test_nothing_is_claimed_before_the_first_review(store: Store) -> None:
    with store.reading() as session:
        assert all(one.interval.value is None for one in statistics.accuracies(session))
        assert statistics.cost(session) is None
        assert statistics.progress(session).reports == 0
        assert statistics.matrix(session, 0, 10).rows == ()


def test_reasons_are_counted_over_open_reports(store: Store) -> None:
    seal, line = DoubtCode.SEAL_OVER_FIGURE, DoubtCode.GRID_LINE_BROKEN
    with store.writing() as session:
        stored(session, unsure(report(), "review.upheld", "review.other", doubts=(Doubt(seal), Doubt(line))))
        stored(session, unsure(report(), "review.upheld", doubts=(Doubt(line),)))
        done = stored(session, unsure(report(), "review.total", doubts=(Doubt(seal),)))
        session.get_one(ReportRow, done).state = ACCEPTED
    with store.reading() as session:
        assert statistics.reasons(session) == ((line.about.zh, 3), (seal.about.zh, 2))


def test_sums_that_fail_are_counted_by_their_rule(store: Store) -> None:
    with store.writing() as session:
        for check in ("applications.received:row_total", "applications.carried_in:row_total", "review:total"):
            stored(session, failing(report(), check))
    with store.reading() as session:
        titles = {i.id: i.title for i in template("2021").identities()}
        found = {one.title: (one.in_print, one.unsettled) for one in statistics.failed(session)}
        assert found == {titles["applications.received:row_total"]: (0, 2), titles["review:total"]: (0, 1)}
