"""`gouji bench`: what Gouji and whole-page OCR cost on the same files, interleaved in one run.

The machine's load falls on all alike, so ratios can be compared between machines; seconds cannot. Besides: processor
seconds by stage, peak memory and the time to the first page (each in a process of its own), how time grows with the
number of pages, and with workers.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval.engines.paddleocr import paddleocr_page
from eval.engines.rapidocr import rapidocr_page
from eval.engines.tesseract import tesseract_page
from eval.engines.whole_page import WholePageEngine
from extraction.convert import Input, find_inputs
from extraction.errors import GoujiError, NotAReport
from extraction.ingest.files import PDF, open_document, sniff
from extraction.pipeline import extract
from extraction.settings import Settings
from extraction.stages import Seconds, measured
from models.loaded import Models
from models.weights import WeightsError

GOUJI, RAPIDOCR = "gouji", "rapidocr"
_BASELINES: dict[str, Callable[[int], WholePageEngine]] = {
    RAPIDOCR: rapidocr_page,
    "paddleocr": paddleocr_page,
    "tesseract": tesseract_page,
}

_COMMAND = "import sys; from extraction.cli import main; sys.exit(main())"

Read = Callable[[Path], object]
"""Reads a whole file."""


@dataclass(frozen=True, slots=True)
class Round:
    """One engine on one file once: seconds on the clock and of processors (its own and its child processes')."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Timing:
    """The rounds of every engine on one file, and Gouji's processor seconds by stage. `pages` is 1 without pages."""

    name: str
    pages: int
    rounds: dict[str, tuple[Round, ...]]
    stages: Seconds

    def per_page(self, engine: str) -> list[float]:
        """Processor seconds a page of each round."""
        return [r.cpu / self.pages for r in self.rounds.get(engine, ())]

    def ratios(self, engine: str) -> list[float]:
        """How many times as much processor time an engine takes as Gouji, round by round."""
        return [b.cpu / a.cpu for a, b in zip(self.rounds[GOUJI], self.rounds.get(engine, ()), strict=False)]


@dataclass(frozen=True, slots=True)
class Start:
    """A process of its own on one file: seconds from its start to the first page's result, and its peak in MB."""

    seconds: float
    peak: float


def run_bench(
    patterns: Sequence[str], rounds: int, threads: int = 1, grow: Sequence[int] = (), workers: Sequence[int] = ()
) -> int:
    """Measure, print the tables, and return the exit code. Raises UsageError where no file matches."""
    files = find_inputs(patterns, Path("/nonexistent"))
    console = Console()
    engines = _engines(threads)
    for read in engines.values():
        read(files[0].path)  # loads the networks outside the measurement
    timings = [
        _time(item, engines, rounds) for item in track(files, "measuring", console=Console(stderr=True), transient=True)
    ]
    console.print(_table(timings, list(engines)))
    console.print(_stage_table(timings))
    started = {name: start_of(name, files[0].path) for name in engines}
    console.print(_start_table(started, files[0].name))
    if grow:
        console.print(_growth_table(files[0].path, grow))
    if workers:
        console.print(_worker_table([f.path for f in files], workers))
    return 0


def _engines(threads: int) -> dict[str, Read]:
    """Gouji and every baseline that is installed, each loaded."""
    settings = Settings()
    engines = {GOUJI: _gouji(threads)}
    for name, make in _BASELINES.items():
        try:
            engines[name] = _whole_page(make(threads), settings)
        except (GoujiError, WeightsError, ImportError):
            continue
    return engines


def _gouji(threads: int) -> Read:
    models, settings = Models(threads=threads), Settings()

    def read(path: Path) -> None:
        with suppress(NotAReport):  # the first page of a report need not be one
            extract(path, models, settings)

    return read


def _whole_page(engine: WholePageEngine, settings: Settings) -> Read:
    """A baseline's reading of every page's picture; drawing a PDF's pages is part of both."""

    def read(path: Path) -> None:
        with open_document(path, settings.ingest) as document:
            for page in document.pages:
                if page.raster is not None:
                    engine.find_text(page.raster)

    return read


def _time(item: Input, engines: dict[str, Read], rounds: int) -> Timing:
    taken: dict[str, list[Round]] = defaultdict(list)
    stages: Seconds = defaultdict(float)
    for _ in range(rounds):
        for name, read in engines.items():
            with measured() as seconds:
                taken[name].append(_round(read, item.path))
            for stage, spent in seconds.items() if name == GOUJI else ():
                stages[stage] += spent / rounds
    return Timing(item.name, _page_count(item.path), {n: tuple(r) for n, r in taken.items()}, dict(stages))


def _round(read: Read, path: Path) -> Round:
    wall, cpu = time.perf_counter(), _cpu()
    read(path)
    return Round(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    """Processor seconds of this process and of the child processes that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _page_count(path: Path) -> int:
    with open_document(path, Settings().ingest) as document:
        return document.page_count or 1


def start_of(engine: str, path: Path) -> Start:
    """A fresh process that loads an engine and reads the first page of a file, or the file where it has no pages."""
    with tempfile.TemporaryDirectory(prefix="gouji-bench-") as folder:
        first = _with_pages(path, 1, Path(folder) / f"first{path.suffix}")
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "eval.bench", engine, str(first)], capture_output=True, text=True, check=True
        )
        return Start(time.perf_counter() - start, float(json.loads(done.stdout.splitlines()[-1])["peak"]))


def _with_pages(path: Path, count: int, out: Path) -> Path:
    """A PDF with `count` pages, those of the given one over and over; any other file as it is."""
    if sniff(path.read_bytes()) != PDF:
        return path
    with pypdfium2.PdfDocument(path) as source, pypdfium2.PdfDocument.new() as made:
        for index in range(count):
            made.import_pages(source, [index % len(source)])
        made.save(out)
    return out


def _growth_table(path: Path, counts: Sequence[int]) -> Table:
    """Seconds and memory of one process for the file's pages repeated to each count."""
    table = Table("pages", "seconds", "seconds a page", "peak MB", box=None, title="growth with pages")
    with tempfile.TemporaryDirectory(prefix="gouji-bench-") as folder:
        for count in counts:
            long = _with_pages(path, count, Path(folder) / f"{count}.pdf")
            done = subprocess.run(
                [sys.executable, "-m", "eval.bench", GOUJI, str(long)], capture_output=True, text=True, check=True
            )
            said = json.loads(done.stdout.splitlines()[-1])
            table.add_row(str(count), f"{said['cpu']:.1f}", f"{said['cpu'] / count:.3f}", f"{float(said['peak']):.0f}")
    return table


def _worker_table(paths: Sequence[Path], counts: Sequence[int]) -> Table:
    """Files converted by 1 and more processes: seconds on the clock, and how many times as fast as one."""
    table = Table("workers", "seconds", "times as fast", box=None, title="growth with workers")
    first = 0.0
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="gouji-bench-") as out:
            command = [sys.executable, "-c", _COMMAND, "convert", *map(str, paths), "-o", out]
            start = time.perf_counter()
            subprocess.run([*command, "--workers", str(count)], capture_output=True, check=False)
            seconds = time.perf_counter() - start
        first = first or seconds
        table.add_row(str(count), f"{seconds:.1f}", f"{first / seconds:.2f}")
    return table


def _table(timings: Sequence[Timing], engines: Sequence[str]) -> Table:
    others = [name for name in engines if name != GOUJI]
    table = Table("file", "pages", *(f"{n} CPU s/page" for n in engines), *(f"{n} / gouji" for n in others), box=None)
    for timing in timings:
        table.add_row(
            timing.name,
            str(timing.pages),
            *(_spread(timing.per_page(n), ".3f") for n in engines),
            *(_spread(timing.ratios(n), ".1f") for n in others),
        )
    pages = sum(t.pages for t in timings)
    means = {n: sum(statistics.median(t.per_page(n)) * t.pages for t in timings) / pages for n in engines}
    clock = sum(statistics.median(r.wall for r in t.rounds[GOUJI]) for t in timings)
    table.add_row(
        "all", str(pages), *(f"{means[n]:.3f}" for n in engines), *(f"{means[n] / means[GOUJI]:.1f}" for n in others)
    )
    table.caption = f"median (least - most) over rounds; gouji {pages / clock:.2f} pages/s on the clock"
    return table


def _stage_table(timings: Sequence[Timing]) -> Table:
    table = Table("stage", "ms/page", "share", box=None, title="gouji by stage")
    pages = sum(t.pages for t in timings)
    totals: Seconds = defaultdict(float)
    for timing in timings:
        for name, seconds in timing.stages.items():
            totals[name] += seconds
    for name, seconds in sorted(totals.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{1000 * seconds / pages:.0f}", f"{seconds / max(1e-9, sum(totals.values())):.0%}")
    return table


def _start_table(started: dict[str, Start], name: str) -> Table:
    table = Table("engine", "first page s", "peak MB", box=None, title=f"a new process on the first page of {name}")
    for engine, start in started.items():
        table.add_row(engine, f"{start.seconds:.1f}", f"{start.peak:.0f}")
    return table


def _spread(values: Sequence[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}} - {max(values):{form}})" if values else ""


def _alone(engine: str, path: Path) -> int:
    """In a process of its own: read the file, and say what that took in one line of JSON."""
    read = _gouji(1) if engine == GOUJI else _whole_page(_BASELINES[engine](1), Settings())
    cpu = _cpu()
    read(path)
    print(json.dumps({"cpu": _cpu() - cpu, "peak": _peak()}))
    return 0


def _peak() -> float:
    """The most memory that this process has held, in MB; Linux keeps the parent's in getrusage, but not here."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    kilobytes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return (float(kilobytes[0]) if kilobytes else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


if __name__ == "__main__":
    sys.exit(_alone(sys.argv[1], Path(sys.argv[2])))
