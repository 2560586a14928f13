"""The committed mini test set: of every level, sound, small, and no relation of the samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.store import gold_paths, read_gold, read_split
from annotations.validation.datasets import validate
from extraction.cli import main
from tests.documents import SAMPLES
from training.synthetic.scan.levels import LEVELS

pytestmark = pytest.mark.slow

MINI = SAMPLES.parent / "mini"


@pytest.mark.slow
def test_mini_and_samples_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert [str(finding) for finding in validate([MINI, SAMPLES])] == []
    assert main(["annotations", "validate", str(MINI)]) == 0
    assert capsys.readouterr().out == ""


def test_there_is_a_report_of_every_level_and_of_each_form() -> None:
    gold = [read_gold(path) for path in gold_paths(MINI)]
    assert sorted(g.level for g in gold) == sorted(LEVELS)
    assert {g.report.template for g in gold} == {"2019", "2021"}
    assert {g.made_by.partition("+")[0] for g in gold} == {"libreoffice"}


def test_all_of_it_is_the_test_split() -> None:
    assert sorted(read_split(MINI, "test")) == [path.stem for path in gold_paths(MINI)]
    assert [path.name for path in (MINI / "splits").iterdir()] == ["test.txt"]


def test_it_stays_small() -> None:
    assert sum(path.stat().st_size for path in Path(MINI).rglob("*") if path.is_file()) <= 6_000_000
