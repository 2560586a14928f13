"""Stages run in order, each once for a value; whoever watches is told of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.pipeline import STAGES, extract
from extraction.settings import Settings
from extraction.stages import UNWATCHED, Stage, StageSeconds, Watcher, through
from models.loaded import Models

SAMPLE = Path(__file__).parents[2] / "annotations" / "samples" / "hewan-2020" / "report.pdf"


def test_one_value_may_become_several(models: Models) -> None:
    seen: list[int] = []

    def halves(value: int, models: Models, settings: Settings) -> tuple[int, ...]:
        return value // 2, value - value // 2

    def noted(value: int, models: Models, settings: Settings) -> int:
        seen.append(value)
        return value + 1

    stages = (Stage("halves", halves), Stage("noted", noted))
    assert through(stages, 7, models, Settings(), UNWATCHED) == (4, 5)
    assert seen == [3, 4]


def test_a_stage_is_replaced_by_name() -> None:
    other = Stage("sums", lambda report, models, settings: report)
    replaced = STAGES.replacing(other)
    assert replaced.names() == STAGES.names()
    assert other in replaced.report
    assert replaced.page == STAGES.page
    with pytest.raises(KeyError, match="no stage is called summs"):
        STAGES.replacing(Stage("summs", other.run))


def test_a_watcher_is_told_of_every_stage_and_page(models: Models) -> None:
    class Counting(Watcher):
        pages_begun = 0

        def page_begun(self) -> None:
            self.pages_begun += 1

    counting, seconds = Counting(), StageSeconds()
    report = extract(SAMPLE, models, Settings(), watcher=counting)
    assert extract(SAMPLE, models, Settings(), watcher=seconds) == report
    assert counting.pages_begun == (report.source.pages or 0) + 1  # the last is told of before it is known to be it
    assert set(seconds.seconds) == {"ingest", *STAGES.names()}
    assert min(seconds.seconds.values()) >= 0
