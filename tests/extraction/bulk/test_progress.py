"""How far a run is, as a person and as a scheduler are told; and folders that keep filling."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from extraction.bulk.plan import Counts, Outcome
from extraction.bulk.progress import JSON, QUIET, Tally, summary, watched
from extraction.messages import Language, Messages, messages_in
from extraction.output.files import ManifestLine, read_manifest
from tests.documents import SAMPLES

GOUJI = str(Path(sys.executable).with_name("gouji"))
SAMPLE = SAMPLES / "moling-2024" / "report.html"


def outcome(name: str, what: str, kind: str | None = None, **statuses: int) -> Outcome:
    error = f"it is {kind}" if kind else None
    return Outcome(ManifestLine(name, None, what, error, 1.0, 3, kind), Counts(statuses))


DONE = (
    outcome("a", "converted", read=80, review=10, missing=30),
    outcome("b", "skipped", read=100, review=10),
    outcome("c", "failed", "DamagedFile"),
    outcome("d", "failed", "Crash"),
    outcome("e", "failed", "Crash"),
)


def test_a_tally_of_outcomes() -> None:
    tally = Tally(10)
    assert (tally.seconds_left, tally.review_share) == (None, 0.0)
    for one in DONE:
        tally.add(one)
    data = tally.data()
    assert {name: data[name] for name in ("done", "total", "converted", "skipped", "failed")} == {
        "done": 5,
        "total": 10,
        "converted": 1,
        "skipped": 1,
        "failed": 3,
    }
    assert data["failures"] == {"Crash": 2, "DamagedFile": 1}
    assert data["review_share"] == 0.1  # of the fields that are there
    assert tally.per_hour > 0
    assert (tally.seconds_left or 0) > 0


def test_lines_of_json_for_schedulers(capsys) -> None:  # type: ignore[no-untyped-def]
    with watched(JSON, Tally(5), Messages()) as on_done:
        for one in DONE:
            on_done(one)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["start", "failed", "failed", "failed", "end"]
    assert lines[1] == {"event": "failed", "path": "c", "kind": "DamagedFile", "error": "it is DamagedFile"}
    assert lines[-1]["done"] == lines[0]["total"] == 5


def test_quiet_says_nothing(capsys) -> None:  # type: ignore[no-untyped-def]
    with watched(QUIET, Tally(5), Messages()) as on_done:
        for one in DONE:
            on_done(one)
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_a_folder_that_keeps_filling_is_watched(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    command = [GOUJI, "convert", str(folder), "-o", str(out), "--watch", "--every", "0.2", "--progress", "json"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background ignores it
    )
    try:
        for names in (["a.html"], ["a.html", "b.html"]):
            shutil.copyfile(SAMPLE, folder / names[-1])
            while sorted(read_manifest(out)) != names:
                time.sleep(0.05)
                assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
    said, _ = process.communicate()
    assert process.returncode == 130
    done = [line for line in map(json.loads, said.splitlines()) if line["event"] == "end"]
    assert [line["converted"] for line in done[:1]] == [1]  # a.html was not converted again for b.html's sake
    assert {line.outcome for line in read_manifest(out).values()} == {"converted"}


def test_the_summary_in_both_languages() -> None:
    tally = Tally(5)
    for one in DONE:
        tally.add(one)

    def told(language: Language) -> list[str]:
        console = Console(width=200, file=StringIO())
        console.print(summary(tally, Path("out"), ("weights",), messages_in(language)))
        return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]

    assert told(Language.ENGLISH)[0] == "reports 1 converted, 1 skipped, 3 failed"
    assert told(Language.CHINESE)[0] == "报告 已转换 1，未变保留 1，失败 3"
    assert "失败原因 读取程序崩溃 2，文件损坏 1" in told(Language.CHINESE)
