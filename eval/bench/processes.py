"""Engines in processes of their own: from the start to a first page, and what they take over more and more pages."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.bench.engines import GOUJI
from eval.bench.pages import TEXT, look, with_pages
from extraction.errors import GoujiError
from models.loaded import Models

COMMAND = "gouji convert"
"""The command itself with its worker process, beside the engines."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A process after a file: seconds since it was started on the clock and of processors, MB held and at most."""

    wall: float
    cpu: float
    held: float
    peak: float


@dataclass(frozen=True, slots=True)
class Start:
    """A new process of an engine that has read one page, once a round; `kind` is that of the page."""

    engine: str
    kind: str
    rounds: tuple[Spent, ...]


def readings(engine: str, files: Sequence[Path], most_pages: int = 300) -> Iterator[Spent]:
    """A new process that reads the files: what it has taken after each."""
    command = [sys.executable, "-m", "eval.bench.alone", engine, str(most_pages), *map(str, files)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield Spent(time.perf_counter() - start, **json.loads(line))
        _, fault = process.communicate()
    if process.returncode:
        raise GoujiError(f"{engine} ended with {process.returncode}: {fault.strip().splitlines()[-1:]}")


def first_pages(files: Sequence[Path], others: Sequence[str], rounds: int) -> list[Start]:
    """Every engine on the first page of the first file of each kind that has pages."""
    found: list[Start] = []
    with tempfile.TemporaryDirectory(prefix="gouji-bench-") as folder:
        for kind, path in first_of_each_kind(files).items():
            page = with_pages(path, [0], Path(folder) / f"{kind}.pdf")
            for name in (COMMAND, GOUJI, *others):
                starts = tuple(_started(name, page, Path(folder) / f"{kind}-{k}") for k in range(rounds))
                found.append(Start(name, kind, starts))
    return found


def first_of_each_kind(files: Sequence[Path]) -> dict[str, Path]:
    """The first digital PDF and the first scanned one."""
    models, found = Models(threads=1), dict[str, Path]()
    for path in files:
        seen = look(path, models)
        if seen.is_pdf and seen.kind != TEXT:
            found.setdefault(seen.kind, path)
    return found


def _started(name: str, page: Path, out: Path) -> Spent:
    if name == COMMAND:
        return converted([page], out, workers=1)
    *_, last = readings(name, [page])
    return last


def converted(files: Sequence[Path], out: Path, workers: int) -> Spent:
    """`gouji convert` of these files: until it has ended; its workers' memory is not known."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "extraction",
        "convert",
        *map(str, files),
        "-o",
        str(out),
        "--workers",
        str(workers),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:  # 1: some input is no report, as a page of one need not be
        raise GoujiError(f"gouji convert ended with {done.returncode}: {done.stderr.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.perf_counter() - start, cpu, 0.0, 0.0)
