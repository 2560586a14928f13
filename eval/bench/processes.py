"""Engines in processes of their own: time and memory to the first page, and over more and more pages."""

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
from eval.bench.pages import TEXT, inspect, with_pages
from extraction.errors import GoujiError
from models.loaded import Models

COMMAND = "gouji convert"
"""The command with its worker process, measured beside the engines."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A process after a file: wall and processor seconds since it started, memory in MB now and at its peak."""

    wall: float
    cpu: float
    held: float
    peak: float


@dataclass(frozen=True, slots=True)
class Start:
    """New processes of an engine that have read one page of a `kind`, one for each round."""

    engine: str
    kind: str
    rounds: tuple[Spent, ...]


def readings(engine: str, files: Sequence[Path], most_pages: int = 300) -> Iterator[Spent]:
    """Yield what a new process that reads the files has used after each of them."""
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
    """Return the start-up of every engine on the first page of the first file of each kind that has pages."""
    found: list[Start] = []
    with tempfile.TemporaryDirectory(prefix="gouji-bench-") as folder:
        for kind, path in first_of_each_kind(files).items():
            page = with_pages(path, [0], Path(folder) / f"{kind}.pdf")
            for name in (COMMAND, GOUJI, *others):
                starts = tuple(_started(name, page, Path(folder) / f"{kind}-{k}") for k in range(rounds))
                found.append(Start(name, kind, starts))
    return found


def first_of_each_kind(files: Sequence[Path]) -> dict[str, Path]:
    """Return the first digital PDF and the first scanned one."""
    models, found = Models(threads=1), dict[str, Path]()
    for path in files:
        info = inspect(path, models)
        if info.is_pdf and info.kind != TEXT:
            found.setdefault(info.kind, path)
    return found


def _started(name: str, page: Path, out: Path) -> Spent:
    if name == COMMAND:
        return converted([page], out, workers=1)
    *_, last = readings(name, [page])
    return last


def converted(files: Sequence[Path], out: Path, workers: int) -> Spent:
    """Return what `gouji convert` of these files used until it ended; its workers' memory is not measured."""
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
