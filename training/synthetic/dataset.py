"""Write a data set of invented reports: drafted, rendered, scanned, annotated, in parallel and each independently.

Report k of a seed does not depend on other reports or the number of workers: its renderer and its level follow from k.
Existing reports are kept.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from annotations.store import annotation_path, read_annotation, write_annotation, write_split
from extraction.bulk.record import package_versions
from training.synthetic.content.report import draft_report
from training.synthetic.content.series import SEEDS, Series, series_of
from training.synthetic.fonts import Split
from training.synthetic.gold import annotate
from training.synthetic.pictured import SWITCH, with_pictures
from training.synthetic.printing import printed

DIGITAL = "digital"
"""The level of documents as the engines render them."""

_PACKAGES = (
    "gouji",
    "reportlab",
    "python-docx",
    "fonttools",
    "pikepdf",
    "augraphy",
    "albumentations",
    "opencv-python-headless",
    "numpy",
)
_WORKER_REPORTS = 100  # of a worker process before it is replaced
_PROGRAMS = (("chromium", "--version"), ("soffice", "--version"), ("typst", "--version"), ("fc-match", "--version"))


@dataclass(frozen=True, slots=True)
class Order:
    """A split to be made.

    `levels` and `engines` empty: all that the split has. `series`: share of groups of three reports that hold
    consecutive years of one agency. Raises ValueError for an impossible order.
    """

    split: Split
    reports: int
    seed: int
    levels: tuple[str, ...] = ()
    series: float = 0.0
    engines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.reports <= SEEDS or self.seed < 0:
            raise ValueError(f"reports must be from 1 to {SEEDS}, the seed 0 or more")
        if not 0 <= self.series <= 1:
            raise ValueError("the share of series must be from 0 to 1")


@dataclass(frozen=True, slots=True)
class Task:
    """One report to be made."""

    id: str
    seed: int
    split: Split
    renderer: str
    level: str
    series: Series | None = None


def tasks_of(order: Order, renderers: Sequence[str], levels: Sequence[str]) -> list[Task]:
    """Return every report of an order; renderers alternate, and each of them goes through all levels."""
    wanted, engines = order.levels or tuple(levels), order.engines or tuple(renderers)
    if unknown := set(wanted) - set(levels):
        raise ValueError(f"no such level: {', '.join(sorted(unknown))} (there are {', '.join(levels)})")
    if unknown := set(engines) - set(renderers):
        raise ValueError(f"not of this split: {', '.join(sorted(unknown))} (there are {', '.join(renderers)})")
    tasks = []
    for k in range(order.reports):
        seed = order.seed * SEEDS + k
        renderer, level = engines[k % len(engines)], wanted[k // len(engines) % len(wanted)]
        series = series_of(seed, order.split, order.series)
        tasks.append(Task(f"{order.split}-{seed}", seed, order.split, renderer, level, series))
    return tasks


def make(folder: Path, task: Task) -> None:
    """Write one report's PDF and gold. Raises what the renderer raises."""
    from training.synthetic.render import RENDERERS
    from training.synthetic.scan import degrade

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on fonts as they are
    draft, digital = printed(draft_report(task.seed, task.split, series=task.series), RENDERERS[task.renderer])
    if task.level == DIGITAL:
        digital = with_pictures(draft, digital)
    else:  # all of it is a picture
        draft = replace(draft, variations=tuple(v for v in draft.variations if v != SWITCH))
    scan = degrade(digital, task.level, task.split, task.seed)
    document = f"{task.id}.pdf"
    annotation = annotate(draft, scan, document, task.level, f"{task.renderer}+{task.level}", digital)
    path = annotation_path(folder, task.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".pdf").write_bytes(scan.pdf)
    facts = annotation.facts | ({"series": str(task.series)} if task.series else {})
    write_annotation(folder, replace(annotation, id=task.id, facts=facts))


def is_made(folder: Path, task: Task) -> bool:
    """Whether a report is complete: its gold is written last."""
    path = annotation_path(folder, task.id)
    if not (path.is_file() and path.with_suffix(".pdf").is_file()):
        return False
    try:
        annotation = read_annotation(folder, task.id)
    except (ValueError, KeyError):
        return False  # cut short
    series = str(task.series) if task.series else None
    made = annotation.level, annotation.made_by, annotation.facts.get("series")
    return made == (task.level, f"{task.renderer}+{task.level}", series)


def make_all(folder: Path, tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, str]]:
    """Yield each finished task with its error ("" for none); a failure affects no other task.

    Typst keeps all it has typeset for as long as its process lives, 17 MB a report: workers are replaced regularly.
    """
    if workers == 1 and len(tasks) <= _WORKER_REPORTS:
        for task in tasks:
            yield task, _fault(lambda task=task: make(folder, task))  # type: ignore[misc]
        return
    size = _WORKER_REPORTS * workers
    for batch in (tasks[start : start + size] for start in range(0, len(tasks), size)):
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            futures: dict[Future[None], Task] = {pool.submit(make, folder, task): task for task in batch}
            for future in as_completed(futures):
                yield futures[future], _fault(future.result)


def _fault(call: Callable[[], None]) -> str:
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def write_data_set(folder: Path, order: Order, tasks: Sequence[Task], command: str) -> None:
    """Write the split's list of existing reports, and how it was made beside the other splits."""
    write_split(folder, order.split, [task.id for task in tasks if is_made(folder, task)])
    path = folder / "dataset.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"splits": {}}
    data["splits"][order.split] = {**asdict(order), "command": command, "versions": versions()}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """Return the versions of the installed programs that documents are made with."""
    found = package_versions(_PACKAGES)
    for program, flag in _PROGRAMS:
        if shutil.which(program):
            said = subprocess.run([program, flag], capture_output=True, text=True, timeout=60, check=False)
            found[program] = (said.stdout or said.stderr).strip().partition("\n")[0]
    return found
