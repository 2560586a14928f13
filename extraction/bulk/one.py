"""One file to its report in OUT, within a worker process: the one place where a file's faults become its outcome."""

from __future__ import annotations

import errno
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from extraction.bulk.plan import CONVERTED, FAILED, SKIPPED, Counts, Outcome, Plan, Task
from extraction.document import Report
from extraction.errors import GoujiError, OutputError
from extraction.output.files import ManifestLine, read_report, write_report
from extraction.output.places import is_store_fault
from extraction.pipeline import extract
from models.loaded import Models
from models.versions import sha256_of

_OF_ONE_FILE = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)
"""What keeps one report from being written, and not the next."""

CRASH, TIME, MEMORY, FAULT = "Crash", "TimeLimit", "MemoryLimit", "Fault"
"""Kinds of failure beside the names of the input errors."""


def convert_one(task: Task, plan: Plan, models: Models) -> Outcome:
    """Convert one file and write its report, or find that its report is still good.

    Never raises for the file's own faults; raises OutputError where OUT takes no more files, and what an object store
    raises where it does not answer.
    """
    if (good := _still_good(task, plan)) is not None:
        return good
    item, start = task.item, time.monotonic()

    def failed(kind: str, error: str, sha256: str | None = None, pages: int | None = None) -> Outcome:
        seconds = round(time.monotonic() - start, 3)
        sha256 = sha256 or digest(item.path)
        return Outcome(ManifestLine(item.name, sha256, FAILED, error, seconds, pages, kind, plan.made_with))

    try:
        report = extract(item.path, models, plan.settings, item.name)
    except GoujiError as error:
        return failed(type(error).__name__, _on_one_line(error))
    except (MemoryError, RecursionError) as error:
        return failed(MEMORY, f"the file needs more memory than there is ({type(error).__name__})")
    except Exception as error:
        if is_store_fault(error):  # of every file in it
            raise
        # A fault of ours in one file must not cost the batch: it is recorded where it happened.
        said = f"an error in Gouji, please report it: {type(error).__name__}: {_on_one_line(error)}"
        return failed(FAULT, said)
    source = report.source
    try:
        write_report(plan.out, item.name, report)
    except OSError as error:
        if error.errno not in _OF_ONE_FILE:
            raise OutputError(f"{plan.out}: {error.strerror or error}") from error
        message = f"its report cannot be written: {error.strerror or error}"
        return failed("Unwritable", message, source.sha256, source.pages)
    seconds = round(time.monotonic() - start, 3)
    line = ManifestLine(item.name, source.sha256, CONVERTED, None, seconds, source.pages, None, plan.made_with)
    return Outcome(line, counts_of(report))


def counts_of(report: Report) -> Counts:
    """Fields by status and sums by verdict."""
    return Counts(
        dict(Counter(str(f.status) for f in report.fields)), dict(Counter(str(c.verdict) for c in report.checks))
    )


def digest(path: Path) -> str | None:
    """The hash of a file's content, None where it cannot be read."""
    try:
        return sha256_of(path)
    except OSError:
        return None


def _still_good(task: Task, plan: Plan) -> Outcome | None:
    """The outcome to record for an input whose report is there, made of this content, in this way."""
    line = task.known
    if plan.force or line is None or line.outcome not in (CONVERTED, SKIPPED) or line.made_with != plan.made_with:
        return None
    if digest(task.item.path) != line.sha256:
        return None
    try:
        report = read_report(plan.out, line.path)
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError):
        return None  # gone, or damaged since
    if report.source.sha256 != line.sha256:
        return None  # written by a run that was broken off before it could say so
    return Outcome(replace(line, outcome=SKIPPED, error=None, seconds=0.0), counts_of(report))


def _on_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
