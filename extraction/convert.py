"""Many files to an OUT folder: what is new, changed or failed is converted, in worker processes.

One file's failure is that file's line in the manifest; a crash of a worker costs only the file that caused it.
"""

from __future__ import annotations

import glob
import hashlib
import itertools
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from extraction.errors import GoujiError, UsageError
from extraction.outputs import (
    ManifestLine,
    append_manifest,
    read_manifest,
    read_report,
    remove_report,
    write_manifest,
    write_report,
)
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models

CONVERTED, FAILED, SKIPPED = "converted", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to convert and its path below the input root, which names its report."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How to convert: engine, workers, and whether finished reports are done again."""

    out: Path
    settings: Settings
    engine: str = "rapidocr"
    workers: int = 1
    force: bool = False


def find_inputs(patterns: Sequence[str], out: Path) -> list[Input]:
    """The files that the arguments name: files, folders (searched recursively) or globs. Raises UsageError.

    Hidden files, the OUT folder and links that lead out of a folder are left out.
    """
    inputs: dict[str, Input] = {}
    for pattern in patterns:
        for found in named_files(pattern, out):
            known = inputs.setdefault(found.name, found)
            if known.path.resolve() != found.path.resolve():
                raise UsageError(
                    f"{known.path} and {found.path} would both be written to reports/{found.name}.json; "
                    "convert the folder that holds both, or use two OUT folders"
                )
    return list(inputs.values())


def convert(inputs: Sequence[Input], plan: Plan, on_done: Callable[[ManifestLine], None]) -> list[ManifestLine]:
    """Convert what needs it; one manifest line an input, in their order. `on_done` hears of each at once."""
    from extraction.field_tables import write_fields  # Arrow: no worker needs it

    plan.out.mkdir(parents=True, exist_ok=True)
    earlier = read_manifest(plan.out)
    done: dict[str, ManifestLine] = {}

    def finished(line: ManifestLine) -> None:
        done[line.path] = line
        if line.outcome == FAILED:
            remove_report(plan.out, line.path)  # of what the file was before
        append_manifest(plan.out, line)
        on_done(line)

    todo = []
    for item in inputs:
        line = None if plan.force else _still_good(item, earlier.get(item.name), plan.out)
        if line is None:
            todo.append(item)
        else:
            finished(line)
    for line in _convert_in_workers(todo, plan):
        finished(line)
    everything = {**earlier, **{item.name: done[item.name] for item in inputs}}  # in their order, not as they got done
    write_manifest(plan.out, everything.values())
    write_fields(plan.out, [name for name, line in everything.items() if _has_report(line, plan.out)])
    return [done[item.name] for item in inputs]


def convert_one(item: Input, plan: Plan, models: Models) -> ManifestLine:
    """Convert one file and write its report; never raises for the file's own faults."""
    start = time.monotonic()

    def line(outcome: str, sha256: str | None, error: str | None, pages: int | None) -> ManifestLine:
        return ManifestLine(item.name, sha256, outcome, error, round(time.monotonic() - start, 3), pages)

    try:
        report = extract(item.path, models, plan.settings, item.name)
    except GoujiError as error:
        return line(FAILED, _sha256(item.path), _on_one_line(error), None)
    except (MemoryError, RecursionError) as error:
        return line(
            FAILED, _sha256(item.path), f"the file needs more memory than there is ({type(error).__name__})", None
        )
    except Exception as error:
        # A fault of ours in one file must not cost the batch: it is recorded where it happened.
        return line(
            FAILED,
            _sha256(item.path),
            f"an error in Gouji, please report it: {type(error).__name__}: {_on_one_line(error)}",
            None,
        )
    try:
        write_report(plan.out, item.name, report)
    except OSError as error:
        message = f"its report cannot be written: {error.strerror or error}"
        return line(FAILED, report.source.sha256, message, report.source.pages)
    return line(CONVERTED, report.source.sha256, None, report.source.pages)


def _on_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _convert_in_workers(todo: Sequence[Input], plan: Plan) -> Iterator[ManifestLine]:
    """Every file's line as it is done. Files that were under way when a worker died are tried again one by one."""
    suspects: list[Input] = []
    waiting = list(reversed(todo))
    while waiting:
        with _pool(plan, plan.workers) as pool:
            running: dict[Future[ManifestLine], Input] = {}
            broken = False
            while (waiting or running) and not broken:
                while waiting and len(running) < 2 * plan.workers:
                    try:
                        running[pool.submit(_work, waiting[-1])] = waiting[-1]
                    except BrokenProcessPool:  # a worker died since: the files under way tell the same
                        break
                    waiting.pop()
                broken = not running
                ready, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    item = running.pop(future)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        suspects.append(item)
                        broken = True
            suspects += running.values() if broken else ()
    for item in suspects:
        yield _alone(item, plan)


def _alone(item: Input, plan: Plan) -> ManifestLine:
    """A file tried again in a worker of its own: if that dies too, it is this file's doing."""
    with _pool(plan, 1) as pool:
        try:
            return pool.submit(_work, item).result()
        except BrokenProcessPool:
            return ManifestLine(item.name, _sha256(item.path), FAILED, "the reader crashed on this file", 0.0, None)


def _pool(plan: Plan, workers: int) -> ProcessPoolExecutor:
    threads = max(1, (os.cpu_count() or 1) // plan.workers)
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(plan, threads))


_worker: tuple[Plan, Models] | None = None


def _start_worker(plan: Plan, threads: int) -> None:
    global _worker
    _worker = plan, Models(plan.engine, threads, layout=plan.settings.reading.layout)


def _work(item: Input) -> ManifestLine:
    assert _worker is not None
    plan, models = _worker
    return convert_one(item, plan, models)


def _still_good(item: Input, line: ManifestLine | None, out: Path) -> ManifestLine | None:
    """The line to record for an input whose report is there and whose content has not changed."""
    if line is None or not _has_report(line, out) or _sha256(item.path) != line.sha256:
        return None
    return replace(line, outcome=SKIPPED, error=None, seconds=0.0)


def _has_report(line: ManifestLine, out: Path) -> bool:
    if line.outcome not in (CONVERTED, SKIPPED):
        return False
    try:
        read_report(out, line.path)
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError):
        return False  # gone, or damaged since
    return True


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def named_files(pattern: str, out: Path) -> Iterator[Input]:
    """The files that one argument names; those of a glob are named below the folder that it starts from. Raises
    UsageError where it names none."""
    if Path(pattern).exists():
        yield from _files_below(Path(pattern), out)
        return
    found = [Path(p) for p in sorted(glob.glob(pattern, recursive=True))] if glob.has_magic(pattern) else []
    if not found:
        raise UsageError(f"{pattern}: there is no such file or folder")
    start = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    for path in found:
        if not path.exists() or not _is_inside(path, start, out):
            continue
        for item in _files_below(path, out):
            yield Input(item.path, _name(item.path.relative_to(start)))


def _files_below(root: Path, out: Path) -> Iterator[Input]:
    if root.is_file():
        yield Input(root, _name(Path(root.name)))
        return
    for path in sorted(root.rglob("*")):
        below = path.relative_to(root)
        if any(part.startswith(".") for part in below.parts) or not path.is_file():
            continue
        if _is_inside(path, root, out):
            yield Input(path, _name(below))


def _is_inside(path: Path, root: Path, out: Path) -> bool:
    """Whether a path below `root` is there by itself: not by a linked folder, a link out of `root`, or as a result."""
    below = [p for p in (path, *path.parents) if p != root and p.is_relative_to(root)]
    if any(p.is_symlink() and p.is_dir() for p in below):
        return False
    target = path.resolve()
    return target.is_relative_to(root.resolve()) and not target.is_relative_to(out.resolve())


def _name(below: Path) -> str:
    """The path as text; bytes of a file name that are no UTF-8 as their escapes."""
    return below.as_posix().encode("utf-8", "backslashreplace").decode()
