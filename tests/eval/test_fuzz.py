"""The fuzzing harness itself: it makes the same files again, stops at its time, goes on, and notices what is wrong."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from eval.fuzz.__main__ import main
from eval.fuzz.corpus import damaged_files, good_files
from eval.fuzz.memory import Memory
from extraction.output.files import read_manifest


def fuzzed(monkeypatch: pytest.MonkeyPatch, out: Path, *options: str) -> tuple[int, dict[str, Any]]:
    arguments = ["eval.fuzz", str(out), "--files", "5", "--good", "2", "--seed", "4", *options]
    monkeypatch.setattr(sys, "argv", arguments)
    code = main()
    return code, json.loads((out / "fuzz.json").read_text(encoding="utf-8"))


def test_a_seed_makes_the_same_files_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for seed in (1, 1, 2):
        made.append({name: make() for name, make in damaged_files(30, seed)})
        later = time.time() + 3600
        monkeypatch.setattr(time, "time", lambda now=later: now)
    once, twice, other = made  # the same names may be of other kinds
    assert once == twice
    assert set(once.values()).isdisjoint(other.values())
    whole = {good.read() for good in good_files(9)}
    assert whole.isdisjoint(once.values())


@pytest.mark.slow
def test_a_run_that_was_stopped_by_its_time_is_judged_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, found = fuzzed(monkeypatch, tmp_path, "--minutes", "0")
    assert (code, found["files"], found["done"]) == (0, 7, 1)
    assert len(read_manifest(tmp_path / "out")) == 1
    code, found = fuzzed(monkeypatch, tmp_path)
    assert (code, found["done"], found["good_done"]) == (0, 7, 2)
    assert (found["good_not_right"], found["bad"]) == ([], {})
    assert sum(found["outcomes"].values()) == 7
    report = next((tmp_path / "out" / "reports" / "good").glob("*.json"))
    wrong = report.read_text(encoding="utf-8").replace('"value": 0', '"value": 7')
    report.write_text(wrong, encoding="utf-8")
    code, found = fuzzed(monkeypatch, tmp_path)
    assert (code, len(found["good_not_right"])) == (1, 1)


def test_growth_is_told_of_the_run_and_of_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    memory, me = Memory(), psutil.Process().pid
    assert memory.data()["run"] is None
    for _ in range(8):
        memory.sample(None, me)  # type: ignore[arg-type]
    data = memory.data()
    assert (data["workers"], data["run"]["documents"], abs(data["run"]["growth"]) < 0.5) == (1, 8, True)  # type: ignore[index]
