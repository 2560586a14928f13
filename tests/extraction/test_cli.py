"""The command line as a person calls it: its two streams and its exit code; one call in a process of its own."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from extraction.cli import main
from extraction.output.files import read_manifest
from models.loaded import Models
from models.weights import shipped
from tests.documents import SAMPLES
from tests.extraction.bulk.in_process import InProcessEngine

GOUJI = str(Path(sys.executable).with_name("gouji"))
SAMPLE = SAMPLES / "moling-2024" / "report.html"


@dataclass(frozen=True)
class Said:
    code: int
    out: bytes
    err: bytes

    @property
    def told(self) -> str:
        """What is on standard output."""
        return self.out.decode("utf-8")

    @property
    def error(self) -> str:
        return self.err.decode("utf-8")


class Caller:
    """Calls of the command in this process, with streams of their own."""

    def __init__(self, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.setattr("extraction.bulk.pool.LocalEngine", partial(InProcessEngine, models=models))

    def __call__(self, *arguments: str | Path, encoding: str = "utf-8", **environment: str) -> Said:
        with self._monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            streams = {name: io.TextIOWrapper(io.BytesIO(), encoding=encoding) for name in ("stdout", "stderr")}
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            try:
                code = main([str(a) for a in arguments])
            except SystemExit as stop:
                code = int(stop.code or 0)
        for stream in streams.values():
            stream.flush()
        out, err = (stream.buffer.getvalue() for stream in streams.values())  # type: ignore[attr-defined]
        return Said(code, out, err)


@pytest.fixture
def gouji(models: Models, monkeypatch: pytest.MonkeyPatch) -> Caller:
    return Caller(models, monkeypatch)


COMMANDS = ["convert", "show", "check", "export", "bench", "models", "train"]


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_shows_examples(command: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"] if command is None else [command, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert "examples:" in out
    assert f"gouji {command or 'convert'} " in out.partition("examples:")[2]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(f"    {command} " in out for command in COMMANDS)
    assert "exit codes:" in out


def test_a_good_call(tmp_path: Path) -> None:
    def gouji(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [GOUJI, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)

    done = gouji("convert", SAMPLE, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "1 converted" in done.stdout
    assert done.stderr.strip() == ""
    assert json.loads((tmp_path / "out" / "reports" / "report.html.json").read_text(encoding="utf-8"))["year"] == 2024

    shown = gouji("show", tmp_path / "out", "report.html")
    assert shown.returncode == 0
    assert "source_inconsistent" in shown.stdout  # the sample says what is wrong in it


def test_a_second_call_skips_what_is_done(gouji: Caller, tmp_path: Path) -> None:
    assert "1 converted" in gouji("convert", SAMPLE, "-o", tmp_path / "out").told
    again = gouji("convert", SAMPLE, "-o", tmp_path / "out")
    assert (again.code, "1 skipped" in again.told) == (0, True)
    listed = gouji("show", tmp_path / "out")
    assert (listed.code, "report.html" in listed.told) == (0, True)


@pytest.mark.parametrize("how", [("--lang", "zh"), ()])
def test_a_chinese_call(how: tuple[str, ...], gouji: Caller, tmp_path: Path) -> None:
    environment = {} if how else {"LC_ALL": "zh_CN.UTF-8"}
    (tmp_path / "in").mkdir()
    shutil.copyfile(SAMPLE, tmp_path / "in" / "a.html")
    (tmp_path / "in" / "b.pdf").write_bytes(b"%PDF-1.7 and nothing")
    done = gouji("convert", tmp_path / "in", "-o", tmp_path / "out", *how, **environment)
    assert done.code == 1
    assert done.error == "b.pdf：PDF 没有可读的页，已损坏：请重新取得一份\n"
    assert done.told.splitlines()[0].split() == ["报告", "已转换", "1，失败", "1"]
    assert [line.split()[0] for line in done.told.splitlines()] == ["报告", "字段", "勾稽关系", "失败原因", "结果"]

    assert (
        read_manifest(tmp_path / "out")["b.pdf"].error
        == "the PDF has no page that can be read; it is damaged, get a fresh copy"
    )  # it is data

    for command, told in ((("check",), "详见"), (("export", "--to", tmp_path / "a.csv"), "份报告")):
        done = gouji(command[0], tmp_path / "out", *command[1:], *how, **environment)
        assert (done.code, told in done.told) == (0, True), done.error
    done = gouji("show", tmp_path / "none", *how, **environment)
    assert (done.code, "不是转换结果的文件夹" in done.error) == (2, True)


def test_english_is_forced_by_its_option(gouji: Caller, tmp_path: Path) -> None:
    done = gouji("show", tmp_path, "--lang", "en", LC_ALL="zh_CN.UTF-8")
    assert done.error.endswith("is not the OUT folder of a conversion: it has no manifest.jsonl\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gb18030"])
def test_a_console_that_lacks_characters_shows_their_escapes(encoding: str, gouji: Caller, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copyfile(SAMPLE, tmp_path / "年报.html")
    convert = ("convert", tmp_path / "年报.html", "-o", out, "--lang", "zh")
    for arguments in (convert, ("show", out), ("show", out, "年报.html"), ("--help",)):
        done = gouji(*arguments, encoding=encoding)
        assert (done.code, done.err) == (0, b""), arguments
    name = "年报.html".encode(encoding, "backslashreplace")
    assert sum(name in line for line in gouji("show", out, encoding=encoding).out.splitlines()) == 1


def test_a_console_of_a_process_that_lacks_characters(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [GOUJI, "show", str(tmp_path / "年报"), "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)
    assert done.returncode == 2
    assert "年报".encode("ascii", "backslashreplace") in done.stderr


def test_an_input_that_fails_is_one_line_and_exit_code_1(gouji: Caller, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(SAMPLE, folder / "[red]a.html")
    (folder / "[b]:cat:.pdf").write_bytes(b"%PDF-1.7 and nothing")
    done = gouji("convert", folder, "-o", tmp_path / "out")
    assert done.code == 1
    (line,) = done.error.splitlines()
    assert line.startswith("[b]:cat:.pdf: the PDF has no page")
    assert "1 converted, 1 failed" in done.told

    listed = gouji("show", tmp_path / "out")  # names in square brackets are no markup
    assert "[red]a.html" in listed.told
    assert "[b]:cat:.pdf" in listed.told


def test_a_cluster_without_its_engine(gouji: Caller, tmp_path: Path) -> None:
    done = gouji("convert", SAMPLE, "-o", tmp_path / "out", "--address", "auto")
    assert (done.code, done.error) == (2, "gouji: --address is for --engine ray\n")
    assert not (tmp_path / "out").exists()


def test_wrong_calls_are_one_line_and_exit_code_2(gouji: Caller, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "wrong.toml").write_text("[ingest]\nmax_page = 1\n")
    (tmp_path / "2").mkdir()
    shutil.copyfile(SAMPLE.parent / "report.docx", tmp_path / "2" / "report.html")
    for arguments, words in (
        (("convert", tmp_path / "none.pdf", "-o", out), "none.pdf: there is no such file"),
        (("convert", tmp_path / "*.none", "-o", out), "*.none: there is no such file"),
        (("convert", tmp_path / "empty", "-o", out), "no file to convert"),
        (("convert", SAMPLE, "-o", out, "--workers", "0"), "--workers takes a number from 1"),
        (
            ("convert", SAMPLE, "-o", out, "--settings", tmp_path / "wrong.toml"),
            "wrong.toml: ingest: Object contains unknown field `max_page`",
        ),
        (("convert", SAMPLE, "-o", out, "--settings", tmp_path / "none.toml"), "none.toml"),
        (("convert", SAMPLE, tmp_path / "2" / "report.html", "-o", out), "would both be written"),
        (("convert", SAMPLE, "-o", tmp_path / "file"), f"{tmp_path}/file"),
        (("show", tmp_path / "empty"), "not the OUT folder"),
        (("show", tmp_path / "empty", "report.pdf"), "not the OUT folder"),
    ):
        done = gouji(*arguments)
        assert done.code == 2, arguments
        (line,) = done.error.splitlines()
        assert line.startswith("gouji: "), line
        assert words in line
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments", [[], ["convert"], ["convert", "a.pdf"], ["unknown"], ["convert", "a", "-o", "b", "--workers", "two"]]
)
def test_calls_that_the_parser_refuses(arguments: list[str], gouji: Caller) -> None:
    done = gouji(*arguments)
    assert done.code == 2
    assert done.error.startswith("usage: gouji")


def test_models_are_listed_and_verified(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path))  # whatever versions this machine keeps
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [["*", one.name, "0"] for one in shipped()]
    assert all(" verified " in line and one.sha256[:12] in line for line, one in zip(lines, shipped(), strict=True))


def test_an_interrupted_run_keeps_what_is_done_and_says_so(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for n in range(40):
        shutil.copyfile(SAMPLE, folder / f"{n:02}.html")
    command = [GOUJI, "convert", str(folder), "-o", str(out)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What runs in a shell's background is told to ignore the signal, and passes that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        while not read_manifest(out) and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "gouji: interrupted; what is finished is kept" in error
    assert "Traceback" not in error
    done = (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert 1 <= len(done) < 40
    assert [p for p in out.rglob("*") if p.name.endswith(".part")] == []
