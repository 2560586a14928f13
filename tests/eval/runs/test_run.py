"""Runs: killed and gone on with, on changed documents, with workers that die, with engines that cannot be used."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotations.store import read_annotation, write_annotation
from eval.runs.dataset import in_turns, load_cases
from eval.runs.prediction import Prediction
from eval.runs.run import CRASHED, forget_changed, missing, predict, prediction_path, read_prediction, timed_out
from eval.scoring.run_scores import score_all, without_times
from extraction.cli import main
from extraction.errors import ModelError, UsageError
from tests.eval.data import evaluate, write_data_set

GOUJI = str(Path(sys.executable).with_name("gouji"))
REPORTS = ("chiyan-2021", "fengqiu-2022", "hewan-2020", "moling-2024", "nanting-2021", "zheshui-2023")


def scores_of(out: Path) -> Any:
    """What must not depend on how the run went: everything but times and the command line, which names OUT."""
    scores = json.loads((out / "scores.json").read_text(encoding="utf-8"))
    return without_times({k: v for k, v in scores.items() if k != "command"})


def wait_until(met: Callable[[], bool]) -> None:
    for _ in range(6000):
        if met():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that within a minute")


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="child processes are found in /proc")
def test_a_killed_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    data_set = write_data_set(tmp_path / "data", REPORTS)
    out, other = tmp_path / "killed", tmp_path / "whole"
    made = out / "gouji"
    command = [GOUJI, "eval", str(data_set), "--workers", "1", "-o"]
    run = subprocess.Popen([*command, str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: made.exists() and any(made.glob("*.json")))
    workers = [int(pid) for pid in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()]
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert workers
    wait_until(lambda: not any(map(is_running, workers)))  # none goes on, or waits for ever
    times = {path.name: path.stat().st_mtime_ns for path in made.glob("*.json")}
    assert 0 < len(times) < len(REPORTS)
    assert not (out / "scores.json").exists()

    assert subprocess.run([*command, str(out)], capture_output=True).returncode == 0
    assert {name: (made / name).stat().st_mtime_ns for name in times} == times  # what was done stays done
    assert subprocess.run([*command, str(other)], capture_output=True).returncode == 0
    assert scores_of(out) == scores_of(other)
    assert sorted(p.name for p in made.iterdir()) == [f"{report}.json" for report in REPORTS]  # no half-written file
    assert scores_of(out)["engines"]["gouji"]["counts"]["right"] == scores_of(out)["dataset"]["fields"]


def test_only_what_has_changed_or_is_not_there_is_read_again(tmp_path: Path) -> None:
    data_set, out = write_data_set(tmp_path / "data", REPORTS[:3]), tmp_path / "out"
    cases = load_cases(data_set)
    out.mkdir()
    forget_changed(cases, out)
    for case in cases:
        prediction_path(out, "gouji", case.id).parent.mkdir(exist_ok=True)
        prediction_path(out, "gouji", case.id).write_text("{}")
    forget_changed(cases, out)
    assert missing(cases, "gouji", out) == []
    assert missing(cases, "gouji", out, force=True) == cases
    cases[1].document.write_bytes(b"another document")
    forget_changed(cases, out)
    assert missing(cases, "gouji", out) == [cases[1]]


def test_a_document_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    data_set, out = write_data_set(tmp_path / "data", REPORTS[:2]), tmp_path / "out"
    cases = load_cases(data_set)
    cases[0].document.write_bytes(b"no report at all")
    heard: dict[str, Prediction] = {}
    predict(cases, "gouji", out, 1, lambda case, prediction: heard.update({case.id: prediction}))
    assert heard[cases[0].id].report is None
    assert heard[cases[0].id].error
    assert read_prediction(out, "gouji", cases[0]) == heard[cases[0].id]
    read = read_prediction(out, "gouji", cases[1]).report
    assert read is not None
    assert read.organization == cases[1].gold.report.organization


def test_scores_are_the_same_from_one_process_and_from_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_set, out = write_data_set(tmp_path / "data", REPORTS), tmp_path / "out"
    evaluate(data_set, out, lambda report: replace(report, fields=report.fields[3:]))
    cases = load_cases(data_set)
    heard: list[int] = []
    alone = score_all(cases, "gouji", out, 1, lambda: heard.append(1))
    monkeypatch.setattr("eval.scoring.run_scores._MIN_POOL_DOCUMENTS", 1)
    together = score_all(cases, "gouji", out, 2, lambda: heard.append(2))
    assert together == alone
    assert heard == [1] * len(cases) + [2] * len(cases)
    assert [scored.score.missed for scored in alone] == [3] * len(cases)


@pytest.mark.slow
def test_a_document_that_kills_the_engine_is_an_error_of_its_own(tmp_path: Path) -> None:
    """Every worker is killed as it starts, until one document has been given up."""
    data_set, out = write_data_set(tmp_path / "data", REPORTS[:3]), tmp_path / "out"
    cases = load_cases(data_set)
    errors: list[str] = []
    killed: set[int] = set()
    stop = threading.Event()

    def kill() -> None:
        while not stop.is_set() and CRASHED not in errors:
            for child in multiprocessing.active_children():
                if child.pid is not None and child.pid not in killed:
                    killed.add(child.pid)
                    child.kill()
            time.sleep(0.02)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        predict(cases, "gouji", out, 1, lambda case, prediction: errors.append(prediction.error))
    finally:
        stop.set()
        thread.join()
    assert len(errors) == len(cases)
    assert 1 <= errors.count(CRASHED) < len(cases)
    assert sum(read_prediction(out, "gouji", case).error == CRASHED for case in cases) == errors.count(CRASHED)
    assert os.getpid() not in killed


SLOW_ENGINE = """
import time
from eval import engines
from eval.runs.prediction import Prediction

class Slow:
    name = "slow"
    def read(self, path):
        if path.stem == "{slow}":
            time.sleep(1000)
        return Prediction(None, error="read " + path.stem)

made = engines.make_engine
engines.make_engine = lambda name, threads=1: Slow() if name == "slow" else made(name, threads)
"""


def test_a_document_that_takes_too_long_is_an_error_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an engine that workers know from a module that every Python loads as it starts."""
    data_set, out = write_data_set(tmp_path / "data", REPORTS[:4]), tmp_path / "out"
    (tmp_path / "sitecustomize.py").write_text(SLOW_ENGINE.format(slow=REPORTS[1]))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    cases = load_cases(data_set)
    heard: list[tuple[str, Prediction]] = []
    predict(cases, "slow", out, 1, lambda case, prediction: heard.append((case.id, prediction)), time_limit=3)
    assert sorted(case_id for case_id, _ in heard) == sorted(REPORTS[:4])
    said = dict(heard)
    assert said[REPORTS[1]] == Prediction(None, seconds=3, error=timed_out(3))
    assert [said[i].error for i in REPORTS[:4] if i != REPORTS[1]] == [
        f"read {i}" for i in REPORTS[:4] if i != REPORTS[1]
    ]
    assert [read_prediction(out, "slow", case) for case in cases] == [said[case.id] for case in cases]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system ends no process by itself")
def test_a_worker_that_cannot_end_itself_is_ended(tmp_path: Path) -> None:
    """Matching this expression takes years and lets no other thread run."""
    code = (
        "import re; from pathlib import Path; from eval.runs import run; run._GRACE_SECONDS = 0.5\n"
        f"with run._limited(Path({str(tmp_path)!r}) / 'x.json', 0.1): re.match('(a+)+$', 'a' * 60 + 'b')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGALRM
    assert not list(tmp_path.iterdir())


def test_levels_take_turns(tmp_path: Path) -> None:
    data_set = write_data_set(tmp_path / "data", REPORTS)
    for report in REPORTS[:4]:
        write_annotation(data_set, replace(read_annotation(data_set, report), level="worn"))
    cases = load_cases(data_set)
    ordered = in_turns(cases)
    assert [case.gold.level for case in ordered] == ["worn", "digital"] * 2 + ["worn"] * 2
    assert sorted(case.id for case in ordered) == [case.id for case in cases]
    for level in ("worn", "digital"):
        assert [c for c in ordered if c.gold.level == level] == [c for c in cases if c.gold.level == level]


def test_a_run_is_scored_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over the documents that all engines have read; nothing is read."""
    data_set, out = write_data_set(tmp_path / "data", REPORTS[:3]), tmp_path / "out"
    for engine in ("gouji", "pdfplumber"):
        evaluate(data_set, out, lambda report: report, engine=engine)
    prediction_path(out, "gouji", REPORTS[0]).unlink()
    prediction_path(out, "pdfplumber", REPORTS[1]).unlink()
    command = ["eval", str(data_set), "-o", str(out), "--as-it-is", "--engine", "gouji,pdfplumber"]
    assert main(command) == 0
    engines = json.loads((out / "scores.json").read_text(encoding="utf-8"))["engines"]
    assert {name: [r["id"] for r in e["reports"]] for name, e in engines.items()} == {
        "gouji": [REPORTS[2]],
        "pdfplumber": [REPORTS[2]],
    }
    assert not prediction_path(out, "gouji", REPORTS[0]).exists()
    prediction_path(out, "gouji", REPORTS[2]).unlink()
    assert main(command) == 2
    assert "no document that gouji, pdfplumber read" in capsys.readouterr().err


def test_an_engine_that_cannot_be_used_ends_the_run(tmp_path: Path) -> None:
    cases = load_cases(write_data_set(tmp_path / "data", REPORTS[:1]))
    with pytest.raises(ModelError, match="the engine magic cannot be used"):
        predict(cases, "magic", tmp_path / "out", 1, lambda case, prediction: None)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "magic"], "'magic' is not known"),
        (["--engine", ","], "is not known"),
        (["--split", "holdout"], "holdout"),
        (["--level", "burnt"], "its levels are digital"),
        (["--workers", "0"], "--workers"),
        (["--limit", "0"], "--limit"),
        (["--time-limit", "-1"], "--time-limit"),
        (["--as-it-is", "--force"], "--as-it-is"),
        (["--against", "nowhere.json"], "nowhere.json"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    data_set = write_data_set(tmp_path / "data", REPORTS[:1])
    assert main(["eval", str(data_set), "-o", str(tmp_path / "out"), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_data_set_without_gold_or_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no reports"):
        load_cases(tmp_path)
    data_set = write_data_set(tmp_path / "data", REPORTS[:1])
    (data_set / "reports" / f"{REPORTS[0]}.docx").unlink()
    with pytest.raises(UsageError, match=r"is not there"):
        load_cases(data_set)


def test_limits_are_spread_over_levels(tmp_path: Path) -> None:
    data_set = write_data_set(tmp_path / "data", REPORTS)
    for report in REPORTS[::2]:
        write_annotation(data_set, replace(read_annotation(data_set, report), level="worn"))
    levels = sorted(case.gold.level for case in load_cases(data_set, limit=4))
    assert levels == ["digital", "digital", "worn", "worn"]
