"""docs/walkthrough.md, its commands as they stand there: from the first upload to a retrained, promoted model.

About two minutes of a core, most of it training.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")
pytest.importorskip("torch", reason="torch is in the extra train")

import httpx

from annotations.store import read_folder
from extraction.document import Report, Status
from models.versions import read_state
from tests.service.region import regional, web_page

PAGE = Path(__file__).parents[2] / "docs" / "walkthrough.md"
REVIEWED, LEFT = range(900, 905), (907, 908)
"""Invented reports, by number: those that are reviewed, and those that are left to the new model."""

ENOUGH = 3600  # seconds, on a machine that has much else to do


def steps() -> list[tuple[str, str]]:
    """What to run, in order: the word after `run`, and the commands."""
    found = re.findall(r"^```sh run ?(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [(word, commands) for word, commands in found]


def test_the_page_has_steps_that_can_be_read() -> None:
    assert [word for word, _ in steps()] == ["", "", "reviewed", "", "", "", ""]
    for _, commands in steps():
        subprocess.run(["bash", "-n"], input=commands, text=True, check=True)


class Shell:
    """One session of bash for all steps, in a folder of its own, with the port that is free here."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        programs = folder / "bin"
        programs.mkdir()
        gouji = programs / "gouji"
        gouji.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m extraction "$@"\n', encoding="utf-8")
        gouji.chmod(0o755)
        given = {"PATH": f"{programs}:{os.environ['PATH']}", "GOUJI_PORT": str(self.port), "OMP_NUM_THREADS": "1"}
        given["GOUJI_WEIGHTS"] = str(folder / "weights")
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env={**os.environ, **given, "no_proxy": "127.0.0.1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self.told = ""

    def run(self, commands: str) -> str:
        """What the commands print. Fails where one of them does."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        here = commands.replace(":8000", f":{self.port}").replace("gouji serve --settings gouji.toml &", _SERVE)
        self._bash.stdin.write(f"set -e\n{here}\necho; echo {_DONE}\n")
        self._bash.stdin.flush()
        said = ""
        for line in self._bash.stdout:
            if line.strip() == _DONE:
                return said
            said += line
        raise AssertionError(f"{commands}\n{said}")

    def close(self) -> None:
        """End it, and the service with it."""
        os.killpg(self._bash.pid, 15)
        self._bash.wait()
        for pipe in (self._bash.stdin, self._bash.stdout):
            if pipe is not None:
                pipe.close()


_DONE = "-- done --"
_SERVE = "gouji serve --settings gouji.toml > serve.log 2>&1 &"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "reports").mkdir()
    for number in (*REVIEWED, *LEFT):
        (tmp_path / "reports" / f"{number}.html").write_bytes(web_page(regional(number)))
    made = Shell(tmp_path)
    yield made
    made.close()


def review(client: httpx.Client, report_id: int, gold: Report) -> None:
    """What a person does at the desk: looks at every open cell and types what is printed, confirms, accepts."""
    client.post(f"/desk/reports/{report_id}/lease").raise_for_status()
    revision = client.get(f"/api/reports/{report_id}").json()["revision"]
    state = client.get(f"/desk/reports/{report_id}/state").json()
    printed = {f.id: f for f in gold.fields}

    def act(kind: str, *targets: str, text: str = "") -> None:
        nonlocal state
        done = {"kind": kind, "targets": targets, "text": text, "sequence": state["sequence"], "revision": revision}
        answer = client.post(f"/desk/reports/{report_id}/actions", json=done)
        assert answer.status_code == 200, answer.text
        state = answer.json()

    for field_id, found in state["fields"].items():
        true = printed.get(field_id)
        if true is None or true.status is Status.MISSING:
            if found["status"] != "missing":
                act("missing", field_id)
        elif true.status is Status.BLANK and found["status"] != "blank":
            act("blank", field_id)
        elif true.value is not None and (found["status"] == "review" or Decimal(found["value"] or -1) != true.value):
            act("value", field_id, text=true.printed)
    for check_id in state["open_checks"]:
        act("source_error", check_id, text=state["expressions"][check_id])
    act("accept_all")
    ended = {"sequence": state["sequence"], "revision": revision, "keystrokes": 1, "seconds": 1}
    answer = client.post(f"/desk/reports/{report_id}/accept", json=ended)
    assert answer.status_code == 200, (answer.text, state["open_fields"], state["open_checks"])


@pytest.mark.slow
def test_the_walkthrough(shell: Shell, tmp_path: Path) -> None:
    golds = {regional(number).report.title: regional(number).report for number in (*REVIEWED, *LEFT)}
    run = iter(steps())
    shell.run(next(run)[1])
    shell.run(next(run)[1])
    with httpx.Client(base_url=f"http://127.0.0.1:{shell.port}", timeout=ENOUGH, trust_env=False) as client:
        listed = {r["document"]: r for r in client.get("/api/reports").json()["reports"]}
        assert len(listed) == len(golds)
        for number in REVIEWED:
            review(client, listed[f"{number}.html"]["id"], regional(number).report)
        before = {number: counts(client, listed[f"{number}.html"]["id"]) for number in LEFT}

        said = shell.run(next(run)[1])
        assert '"annotated":5,"new":5,"organizations":5' in said
        assert "mine: 5 annotated reports" in said
        annotations = [annotation for annotation, _ in read_folder(tmp_path / "mine")]
        for annotation in annotations:
            assert annotation.facts["reviewer"] == "local"
            gold = {f.id: f.value for f in golds[annotation.report.title].fields}
            assert {f.id: f.value for f in annotation.report.fields} == {
                f.id: gold[f.id] for f in annotation.report.fields
            }

        said = shell.run(next(run)[1])
        training: dict[str, Any] = client.get("/api/trainings/1").json()
        assert training["state"] == "trained", training
        assert training["verdict"].startswith("promote: "), training
        assert client.get("/api/training-progress").json()["new"] == 0
        shell.run(next(run)[1])
        changes = json.loads((tmp_path / "changes.json").read_text(encoding="utf-8"))
        assert changes["compared"] == len(golds)
        assert counts_of_versions(client, listed) == dict.fromkeys(listed, 1) | {f"{n}.html": 2 for n in REVIEWED}

        shell.run(next(run)[1])
        assert client.get("/api/trainings/1").json()["state"] == "promoted"
        assert read_state(tmp_path / "weights", "labeller").active == 1
        changed = {c["name"] for c in changes["changed"] if c["state"] == "converted"}
        read_again = {f"{n}.html" for n in LEFT if versions(client, listed[f"{n}.html"]["id"]) == 2}
        assert read_again == changed
        after = {number: counts(client, listed[f"{number}.html"]["id"]) for number in LEFT}
        print("for review before and after:", before, after, "would change:", sorted(changed))
        for number in LEFT:  # what is sure is right, before and after
            gold = {f.id: f.value for f in regional(number).report.fields}
            for field in client.get(f"/api/reports/{listed[f'{number}.html']['id']}/json").json()["fields"]:
                if field["status"] in ("read", "corrected", "inferred", "blank"):
                    assert field["value"] == gold.get(field["id"]), field
        shell.run(next(run)[1])
        assert (tmp_path / "archive.tar.gz").stat().st_size > 100_000
    shutil.rmtree(tmp_path / "archive")


def counts(client: httpx.Client, report_id: int) -> int:
    """The fields that are for review."""
    found: int = client.get(f"/api/reports/{report_id}").json()["to_review"]
    return found


def versions(client: httpx.Client, report_id: int) -> int:
    """How many versions a report has."""
    return len(client.get(f"/api/reports/{report_id}/versions").json())


def counts_of_versions(client: httpx.Client, listed: dict[str, Any]) -> dict[str, int]:
    """How many versions each report has."""
    return {name: versions(client, found["id"]) for name, found in listed.items()}
