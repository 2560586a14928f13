"""Runs on one OUT of an object store: a real S3 server, and runs that start in the same instant."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extraction.bulk.journal import LOCK, locked
from extraction.bulk.remote_lock import remotely_locked
from extraction.errors import UsageError
from extraction.output.files import read_manifest
from extraction.output.places import place
from tests.documents import SAMPLES

pytestmark = pytest.mark.filterwarnings("default")  # of botocore, which are not ours
GOUJI = str(Path(sys.executable).with_name("gouji"))


def at_once(count: int, act: Callable[[], object]) -> list[BaseException | None]:
    """What each of so many threads raised that began together."""
    start, raised = threading.Barrier(count), list[BaseException | None]()

    def run() -> None:
        start.wait()
        try:
            act()
        except UsageError as error:
            raised.append(error)
        else:
            raised.append(None)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.parametrize("left", [None, "lock of a killed run"])
def test_of_runs_that_start_at_once_one_gets_out(left: str | None, s3: str) -> None:
    runs = 6
    for turn in range(3):
        out, over = place(f"{s3}/{turn}"), threading.Event()
        if left is not None:
            (out / LOCK).write_text(json.dumps({"by": left, "at": time.time() - 3600, "run": "1"}))
        refused = threading.Semaphore(0)

        def hold(out: Path = out, over: threading.Event = over, refused: threading.Semaphore = refused) -> None:
            try:
                with locked(out):
                    for _ in range(runs - 1):
                        assert refused.acquire(timeout=30)
                    over.set()
            except UsageError:
                refused.release()
                raise

        raised = at_once(runs, hold)
        assert over.is_set()
        assert sorted(type(one).__name__ for one in raised) == ["NoneType", *["UsageError"] * (runs - 1)]
        assert "another run is writing" in str(next(filter(None, raised)))
        assert [p.name for p in place(s3).rglob("*") if p.is_file()] == []  # neither the lock nor a claim on one


def test_a_lock_is_renewed_while_its_run_lives(s3: str) -> None:
    out = place(f"{s3}/out")
    with remotely_locked(out, LOCK, renewal=0.1):
        first = _said(out)
        while _said(out)["at"] == first["at"]:
            time.sleep(0.05)
        assert _said(out)["run"] == first["run"]
        with pytest.raises(UsageError, match=first["by"]), locked(out):
            pass
    with locked(out):  # it is free again
        pass


def test_a_run_whose_lock_was_taken_over_leaves_it_to_the_other(s3: str) -> None:
    out = place(f"{s3}/out")
    with remotely_locked(out, LOCK, renewal=3.0):  # time enough for the other to take over before it is renewed
        time.sleep(0.01)
        with remotely_locked(out, LOCK, stale=0.0):  # as if this one had slept for an hour
            others = _said(out)["run"]
            time.sleep(3.5)
            assert _said(out)["run"] == others
    assert not (out / LOCK).exists()


@pytest.mark.slow
def test_two_commands_on_one_out_are_refused(s3: str, tmp_path: Path) -> None:
    out = place(f"{s3}/out")
    shutil.copyfile(SAMPLES / "moling-2024" / "report.html", tmp_path / "a.html")
    command = [GOUJI, "convert", str(tmp_path), "-o", f"{s3}/out", "--quiet"]
    with locked(out):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, "another run is writing" in done.stderr) == (2, True), done.stderr
    assert subprocess.run(command, check=False).returncode == 0
    assert {name: line.outcome for name, line in read_manifest(out).items()} == {"a.html": "converted"}


def _said(out: Path) -> dict[str, Any]:
    from upath import UPath

    found: dict[str, Any] = json.loads(UPath(str(out / LOCK)).fs.cat_file(str(out / LOCK)))
    return found
