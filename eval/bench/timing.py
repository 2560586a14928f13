"""Engines timed in turn on the same files, as a whole and on each page that has a table."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from eval.bench.engines import GOUJI, Read, reader
from eval.bench.pages import TEXT, FileInfo, inspect, with_pages
from eval.bench.spent import processor_seconds
from extraction.stages import StageSeconds
from models.loaded import Models

REPORT, TABLE_PAGE = "report", "page with a table"


@dataclass(frozen=True, slots=True)
class Round:
    """One engine on one file once: wall seconds, and processor seconds of the process and its children."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Timing:
    """The rounds of every engine on one file or page, and Gouji's processor seconds by stage, a round.

    `kind` is one of `eval.bench.pages`; `part` is `REPORT` or `TABLE_PAGE`; `pages` is 1 where there are none.
    """

    name: str
    kind: str
    part: str
    pages: int
    rounds: Mapping[str, tuple[Round, ...]]
    stages: Mapping[str, float]

    def per_page(self, engine: str) -> list[float]:
        """Return the processor seconds a page of each round."""
        return [r.cpu / self.pages for r in self.rounds.get(engine, ())]

    def ratios(self, engine: str) -> list[float]:
        """Return the ratio of an engine's processor time to Gouji's, round by round."""
        return [b.cpu / a.cpu for a, b in zip(self.rounds[GOUJI], self.rounds.get(engine, ()), strict=False)]


def time_files(files: Sequence[Path], others: Mapping[str, Read], rounds: int, threads: int) -> list[Timing]:
    """Return timings of Gouji and the others over every file, then over each of its pages with a table."""
    stages = StageSeconds()
    engines = {GOUJI: reader(GOUJI, threads, watcher=stages), **others}
    for read in engines.values():
        read(files[0])  # loads the networks outside the measurement
    models = Models(threads=threads)
    timings: list[Timing] = []
    for path in track(files, "measuring", console=Console(stderr=True), transient=True):
        timings += _time_file(path, inspect(path, models), engines, stages, rounds)
    return timings


def _time_file(
    path: Path, info: FileInfo, engines: Mapping[str, Read], stages: StageSeconds, rounds: int
) -> Iterator[Timing]:
    able = {name: read for name, read in engines.items() if name == GOUJI or info.kind != TEXT}
    name = f"{path.parent.name}/{path.name}"
    whole = Timing(name, info.kind, REPORT, info.pages, *_rounds(path, able, stages, rounds))
    yield whole
    if info.pages == 1 and info.with_tables:
        yield replace(whole, part=TABLE_PAGE)
    elif info.is_pdf:
        with tempfile.TemporaryDirectory(prefix="gouji-bench-") as folder:
            for number in info.with_tables:
                page = with_pages(path, [number - 1], Path(folder) / f"{number}.pdf")
                yield Timing(f"{name}, page {number}", info.kind, TABLE_PAGE, 1, *_rounds(page, able, stages, rounds))


def _rounds(
    path: Path, engines: Mapping[str, Read], stages: StageSeconds, rounds: int
) -> tuple[dict[str, tuple[Round, ...]], dict[str, float]]:
    """Run every engine in turn, so that the machine's other load affects all alike."""
    taken: defaultdict[str, list[Round]] = defaultdict(list)
    stages.seconds.clear()
    for _ in range(rounds):
        for name, read in engines.items():
            taken[name].append(_round(read, path))
    return {name: tuple(each) for name, each in taken.items()}, {n: s / rounds for n, s in stages.seconds.items()}


def _round(read: Read, path: Path) -> Round:
    wall, cpu = time.perf_counter(), processor_seconds()
    read(path)
    return Round(time.perf_counter() - wall, processor_seconds() - cpu)
