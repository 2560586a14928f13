"""Growth of Gouji's time and memory with the pages of a document, the pages read by a process, and the workers.

Documents are the pages of one file repeated; each is read in a new process.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from eval.bench.engines import GOUJI
from eval.bench.pages import page_count, with_pages
from eval.bench.processes import Spent, converted, first_of_each_kind, readings
from training.plots import Axis, Series, colour, legend, line_plot

_FILES_PER_WORKER = 6  # for the largest number of workers
_MILESTONE_PAGES = (1, 3, 10, 30, 100, 300, 1000, 3000, 10000)


@dataclass(frozen=True, slots=True)
class Point:
    """What a process had used after so many pages."""

    pages: int
    spent: Spent


@dataclass(frozen=True, slots=True)
class Grown:
    """Growth over one kind of page: with the pages of a document, over the life of a process, and with workers."""

    kind: str
    file: str
    documents: tuple[Point, ...]
    process: tuple[Point, ...]
    workers: dict[int, Spent]
    files_converted: int


def growth_of(files: Sequence[Path], pages: Sequence[int], workers: Sequence[int], steady: int) -> list[Grown]:
    """Return the growth over the first digital PDF and the first scanned one of these files."""
    return [
        _growth(kind, path, sorted(pages), workers, steady)
        for kind, path in track(
            first_of_each_kind(files).items(), "measuring", console=Console(stderr=True), transient=True
        )
    ]


def _growth(kind: str, path: Path, pages: Sequence[int], workers: Sequence[int], steady: int) -> Grown:
    name = f"{path.parent.name}/{path.name}"
    with tempfile.TemporaryDirectory(prefix="gouji-bench-") as folder:
        documents = tuple(_document(path, count, Path(folder) / f"{count}.pdf") for count in pages)
        copies = [
            Path(shutil.copyfile(path, Path(folder) / f"copy-{k}.pdf")) for k in range(_FILES_PER_WORKER * max(workers))
        ]
        speeds = {count: converted(copies, Path(folder) / f"out-{count}", count) for count in workers}
        return Grown(kind, name, documents, tuple(_process(path, steady)), speeds, len(copies))


def _document(path: Path, count: int, out: Path) -> Point:
    own = page_count(path)
    *_, last = readings(GOUJI, [with_pages(path, [k % own for k in range(count)], out)], most_pages=count)
    return Point(count, last)


def _process(path: Path, steady: int) -> Iterator[Point]:
    """Yield what one process that reads the file repeatedly had used at each milestone."""
    own = page_count(path)
    marks = [mark for mark in (*_MILESTONE_PAGES, steady) if mark <= steady]
    for number, spent in enumerate(readings(GOUJI, [path] * math.ceil(steady / own)) if steady else (), start=1):
        if marks and number * own >= marks[0]:
            marks = [mark for mark in marks if mark > number * own]
            yield Point(number * own, spent)


def growth_page(growth: Sequence[Grown]) -> str:
    """Return an HTML page with two plots over the number of pages: processor seconds a page, and peak memory."""
    lines = [
        (f"{grown.kind}, {what}", points)
        for grown in growth
        for what, points in (("one document", grown.documents), ("one process", grown.process))
        if points
    ]
    tones = [(name, colour(k)) for k, (name, _) in enumerate(lines)]
    most = max(p.pages for _, points in lines for p in points)
    x = Axis("pages", 0.0, max(0.5, math.log10(most)), lambda v: f"{10**v:.{0 if v >= 1 else 1}f}")
    plotted: dict[str, Callable[[Point], float]] = {
        "processor seconds a page, start included": lambda p: p.spent.cpu / p.pages,
        "most memory held, MB": lambda p: p.spent.peak,
    }
    parts = []
    for title, value in plotted.items():
        top = max(value(p) for _, points in lines for p in points)
        series = [
            Series(name, tone, [(math.log10(p.pages), value(p)) for p in points])
            for (name, tone), (_, points) in zip(tones, lines, strict=True)
        ]
        y = Axis(title, 0.0, _round_up(top), lambda v: f"{v:g}")
        parts.append(f"<h2>{title}</h2>{line_plot(series, x, y, size=(640, 300))}")
    style = "body{font:14px sans-serif;margin:2em}.legend i{display:inline-block;width:1em;height:.6em;margin:0 .4em}"
    return (
        f'<!doctype html><meta charset="utf-8"><title>gouji bench --growth</title><style>{style} svg{{font-size:11px}}'
        f"</style><h1>How Gouji grows</h1>{legend(tones)}{''.join(parts)}\n"
    )


def _round_up(highest: float) -> float:
    """Return a round end for an axis that reaches at least `highest`."""
    power = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 1.0
    return next(step * power for step in (1, 2, 2.5, 5, 10) if highest <= step * power)
