"""Stages are counted where somebody asks, each without those inside it."""

from __future__ import annotations

import time

from extraction.stage_timing import in_stage, measured, stage


def work(seconds: float) -> None:
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass


def test_inner_stages_are_not_counted_twice() -> None:
    with measured() as seconds, stage("outer"):
        with stage("inner"):
            work(0.02)
        with stage("inner"):
            work(0.02)
    assert seconds["inner"] >= 0.04
    assert seconds["outer"] < seconds["inner"]


def test_making_items_is_counted_and_using_them_is_not() -> None:
    def items() -> list[int]:
        return [1, 2, 3]

    with measured() as seconds:
        assert list(in_stage("making", items())) == [1, 2, 3]
    assert set(seconds) == {"making"}


def test_nobody_asks() -> None:
    with stage("outer"):
        assert list(in_stage("making", "ab")) == ["a", "b"]
