"""The command line of `gouji annotations`: help that teaches, findings on standard output, exit codes as elsewhere."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from extraction.cli import main
from extraction.document import Status
from tests.annotations.gold import annotation, changed, write
from tests.documents import SAMPLES

COMMANDS = ("validate", "prelabel", "export", "import", "agreement", "split", "export-hub")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["annotations", command, "--help"])
    assert stopped.value.code == 0
    assert f"gouji annotations {command} " in capsys.readouterr().out


def test_sound_gold_is_exit_0_and_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotations", "validate", str(SAMPLES)]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "9 report(s), 0 to put right, 0 open\n"


def test_findings_are_exit_1_and_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = changed(annotation(), "review.total", status=Status.REVIEW, confidence=0.5)
    write(tmp_path, [replace(gold, documents=("lost.pdf",))])
    assert main(["annotations", "validate", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "a review.total: open: for review: no person has settled it yet",
        "a lost.pdf: cannot be read: No such file or directory",
    ]
    assert printed.err == "1 report(s), 1 to put right, 1 open\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "nowhere"],
        ["export", "nowhere", "-o", "out"],
        ["import", "nowhere.json", "-o", "out"],
        ["agreement", "nowhere", "nowhere"],
        ["split", "nowhere"],
        ["export-hub", "nowhere", "-o", "out"],
        ["prelabel", "nowhere", "-o", "out"],
    ],
)
def test_what_is_not_there_is_exit_2_and_named(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["annotations", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("gouji: ")
    assert "nowhere" in line


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, extraction.cli as c\n"
        "try: c.main(['annotations', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'cv2', 'pyarrow', 'onnxruntime', 'datasets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
