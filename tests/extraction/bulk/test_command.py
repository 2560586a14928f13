"""`gouji convert` as real processes: killed while they write and run again, interrupted, and out of disk."""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from extraction.bulk.journal import locked
from extraction.output.files import read_manifest, report_path
from tests.documents import SAMPLES

GOUJI = str(Path(sys.executable).with_name("gouji"))
REPORTS = ("moling-2024", "hewan-2020", "zheshui-2023")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine reports and a file that is none."""
    folder = tmp_path_factory.mktemp("archive")
    for n in range(9):
        shutil.copyfile(SAMPLES / REPORTS[n % 3] / "report.html", folder / f"{n}.html")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 and nothing")
    return folder


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    assert subprocess.run(command(folder, out), capture_output=True, check=False).returncode == 1
    return out


def command(folder: Path, out: Path) -> list[str]:
    return [GOUJI, "convert", str(folder), "-o", str(out), "--workers", "2", "--quiet"]


def left(out: Path) -> dict[str, object]:
    """What a run leaves, but for the times and for whether a report was made by it or by one before."""
    files = {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in out.rglob("*")
        if p.is_file() and p.name not in ("manifest.jsonl", "summary.html", ".lock")
    }
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["outcome"] = line["outcome"].replace("skipped", "converted")
        del line["seconds"]
    return {**files, "manifest": lines}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_run_that_goes_on_leaves_what_an_undisturbed_one_leaves(
    seed: int, folder: Path, undisturbed: Path, tmp_path: Path
) -> None:
    draw, out = random.Random(seed), tmp_path / "out"
    for done in sorted(draw.sample(range(1, 10), 2)):
        process = subprocess.Popen(command(folder, out), stderr=subprocess.DEVNULL)
        while len(read_manifest(out)) < done and process.poll() is None:
            time.sleep(0.002)
        time.sleep(draw.uniform(0, 0.05))  # somewhere in the middle of a file
        process.kill()
        process.wait()
    finished = subprocess.run(command(folder, out), capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stdout, finished.stderr) == (1, "", "")
    assert left(out) == left(undisturbed)
    assert "skipped" in {line.outcome for line in read_manifest(out).values()}  # it did go on, not begin again


@pytest.mark.slow
def test_the_workers_of_a_killed_run_end_with_it(folder: Path, tmp_path: Path) -> None:
    import psutil

    process = subprocess.Popen(command(folder, tmp_path / "out"), stderr=subprocess.DEVNULL)
    while not (workers := psutil.Process(process.pid).children(recursive=True)) or not read_manifest(tmp_path / "out"):
        time.sleep(0.01)
        assert process.poll() is None
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []


def test_two_runs_on_one_out_folder_are_refused(tmp_path: Path, folder: Path) -> None:
    with locked(tmp_path):
        done = subprocess.run(command(folder, tmp_path), capture_output=True, text=True, check=False)
        assert (done.returncode, "another run is writing" in done.stderr) == (2, True)


@pytest.mark.slow
def test_a_full_disk_stops_the_run_and_says_so(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "out"
    done = subprocess.run(
        command(folder, out),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000)),  # less than a report
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "the run stopped, what is finished is kept" in done.stderr
    assert list(out.rglob("*.part")) == []
    assert not (out / "fields.csv").exists()
    assert subprocess.run(command(folder, out), check=False).returncode == 1  # with room, it goes on
    assert len(read_manifest(out)) == 10


@pytest.mark.slow
def test_drafts_of_a_killed_run_are_removed(folder: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(undisturbed, out)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    (out / "run.json").write_text(json.dumps({**record, "finished": False}), encoding="utf-8")
    (out / "reports" / ".0123.part").write_bytes(b"half")
    subprocess.run(command(folder, out), check=False, stderr=subprocess.DEVNULL)
    assert left(out) == left(undisturbed)


@pytest.mark.slow
def test_a_report_that_was_written_and_not_recorded_is_made_again(
    folder: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """Killed between the report of a changed file and its line: the line and the report are of two files."""
    out, changed = tmp_path / "out", tmp_path / "in"
    shutil.copytree(undisturbed, out)
    shutil.copytree(folder, changed)
    shutil.copyfile(report_path(out, "1.html"), report_path(out, "0.html"))
    subprocess.run(command(changed, out), check=False, stderr=subprocess.DEVNULL)
    assert left(out) == left(undisturbed)


@pytest.mark.slow
def test_an_interrupted_run_says_how_to_go_on(folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(folder, tmp_path / "out"),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background ignores it
    )
    while not read_manifest(tmp_path / "out"):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert said.strip() == "gouji: interrupted; what is finished is kept, run the same command again to go on"
