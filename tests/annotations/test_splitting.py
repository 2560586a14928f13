"""Splits go by organization, stay as they are when reports are added, and have about the shares asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.splitting import split_folder, split_of
from annotations.store import SPLITS, read_split
from annotations.validation.datasets import validate
from extraction.cli import main
from extraction.errors import UsageError
from tests.annotations.gold import annotation, write

NAMES = [f"第{n}号街道办事处" for n in range(4000)]


def test_shares_are_those_asked_for() -> None:
    found = [split_of(name, 0.1, 0.2, seed=7) for name in NAMES]
    assert {s: round(found.count(s) / len(NAMES), 2) for s in SPLITS} == pytest.approx(
        {"train": 0.7, "dev": 0.1, "test": 0.2}, abs=0.02
    )
    assert found != [split_of(name, 0.1, 0.2, seed=8) for name in NAMES]


def test_a_larger_share_moves_nothing_out_of_the_test() -> None:
    tested = [name for name in NAMES if split_of(name, 0.1, 0.2, seed=7) == "test"]
    assert {split_of(name, 0.1, 0.3, seed=7) for name in tested} == {"test"}


def test_one_organization_is_in_one_split_however_it_is_typed() -> None:
    assert (
        len({split_of(n, 0.3, 0.3, 7) for n in ("北岚区城管局(本级)", "北岚区城管局（本级）", "北岚区 城管局(本级)")})
        == 1
    )


def test_the_command_groups_reports_and_later_ones_join_them(tmp_path: Path) -> None:
    names = "abcdefgh"
    samples = ("beilan-2020", "hewan-2020", "yunze-2020", "qingluo-2019")
    gold = [annotation(samples[n // 2], name, year=2015 + n) for n, name in enumerate(names)]
    write(tmp_path, gold[:6])
    command = ["annotations", "split", str(tmp_path), "--dev", "0.3", "--test", "0.4"]
    assert main(command) == 0
    first = {i: s for s in SPLITS for i in read_split(tmp_path, s)}
    assert all(first[a] == first[b] for a, b in ("ab", "cd", "ef"))
    assert [f for f in validate([tmp_path]) if "figures other than zero" not in f.message] == []
    write(tmp_path, gold[6:])
    assert main(command) == 2  # what is split already is not split by accident
    assert main([*command, "--force"]) == 0
    again = {i: s for s in SPLITS for i in read_split(tmp_path, s)}
    assert first.items() <= again.items()
    assert sorted(again) == list(names)


@pytest.mark.parametrize(("dev", "test"), [(-0.1, 0.2), (0.6, 0.5)])
def test_shares_that_are_none(dev: float, test: float, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="shares"):
        split_folder(write(tmp_path, [annotation()]), dev, test, seed=7)
