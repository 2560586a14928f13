"""`gouji bench`: seconds a page of Gouji and of whole-page RapidOCR on the same files, interleaved in one run.

The machine's load falls on both alike, so their ratio can be compared between machines; the seconds cannot.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from extraction.convert import find_inputs
from extraction.document import Pixels
from extraction.ingest.files import open_document
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each round for one file. `pages` is 1 for formats without pages."""

    name: str
    pages: int
    gouji: tuple[float, ...]
    rapidocr: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times as long whole-page OCR takes (median over rounds); 0 where there is no page to see."""
        return (
            statistics.median(b / a for a, b in zip(self.gouji, self.rapidocr, strict=True)) if self.rapidocr else 0.0
        )


def run_bench(patterns: Sequence[str], rounds: int) -> int:
    """Measure, print the table, and return the exit code."""
    settings, models = Settings(), Models()
    whole_page = _whole_page_ocr()
    files = find_inputs(patterns, Path("/nonexistent"))
    extract(files[0].path, models, settings)  # loads the networks outside the measurement
    timings = [
        _time(item.path, item.name, models, settings, whole_page, rounds)
        for item in track(files, "measuring", console=Console(stderr=True), transient=True)
    ]
    Console().print(_table(timings))
    return 0


def _time(
    path: Path, name: str, models: Models, settings: Settings, whole_page: Callable[[list[Pixels]], None], rounds: int
) -> Timing:
    pictures = _pictures(path, settings)
    ours, theirs = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        extract(path, models, settings)
        ours.append(time.perf_counter() - start)
        if pictures:
            start = time.perf_counter()
            whole_page(pictures)
            theirs.append(time.perf_counter() - start)
    return Timing(name, max(1, len(pictures)), tuple(ours), tuple(theirs))


def _pictures(path: Path, settings: Settings) -> list[Pixels]:
    """The page pictures, made outside the measurement: RapidOCR does not open PDFs."""
    with open_document(path, settings.ingest) as document:
        return [page.raster.pixels for page in document.pages if page.raster is not None]


def _whole_page_ocr() -> Callable[[list[Pixels]], None]:
    """RapidOCR as it comes: detection and recognition over the whole page."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 2,
            "Global.use_cls": False,
            "Global.log_level": "error",
        }
    )

    def read(pictures: list[Pixels]) -> None:
        for picture in pictures:
            engine(np.ascontiguousarray(picture))

    return read


def _table(timings: Sequence[Timing]) -> Table:
    table = Table("file", "pages", "Gouji s/page", "RapidOCR s/page", "ratio", box=None)
    for timing in timings:
        table.add_row(
            timing.name,
            str(timing.pages),
            _seconds(timing.gouji, timing.pages),
            _seconds(timing.rapidocr, timing.pages),
            f"{timing.ratio:.1f}x" if timing.rapidocr else "",
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.caption = f"median (least - most) over rounds; peak memory of the whole run {peak:.0f} MB"
    return table


def _seconds(rounds: Sequence[float], pages: int) -> str:
    if not rounds:
        return ""
    each = [seconds / pages for seconds in rounds]
    return f"{statistics.median(each):.3f} ({min(each):.3f} - {max(each):.3f})"
