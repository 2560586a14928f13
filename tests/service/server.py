"""`gouji serve` as a process of its own, and a client of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_SAYS = "Gouji serves at "
_PATIENCE = 300.0  # seconds, on a machine that has much else to do


@contextmanager
def serving(data: Path, *options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A service on a free port, killed at the end, and a client of it."""
    command = [sys.executable, "-m", "extraction", "serve", "--data", str(data), "--port", "0", *options]
    given = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=given)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith(_SAYS), said
        with httpx.Client(base_url=said.removeprefix(_SAYS).strip(), timeout=_PATIENCE, trust_env=False) as client:
            yield process, client
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def upload(client: httpx.Client, *contents: bytes) -> dict[str, object]:
    """The answer to an upload of these files."""
    files = [("files", (f"{number}.bin", content)) for number, content in enumerate(contents)]
    answer = client.post("/api/documents", files=files)
    assert answer.status_code == 202, answer.text
    found: dict[str, object] = answer.json()
    return found


def wait_for_all(client: httpx.Client) -> dict[str, int]:
    """The jobs by state, once none is left to do."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        states: dict[str, int] = client.get("/api/jobs").json()["states"]
        if not states["waiting"] + states["running"]:
            return states
        time.sleep(0.2)
    raise TimeoutError(f"jobs are left: {states}")
