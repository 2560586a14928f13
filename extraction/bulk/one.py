"""Convert one file within a worker process: the one place where an error in a file becomes its outcome."""

from __future__ import annotations

import errno
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from extraction.bulk.plan import Counts, Input, Outcome, Plan, Task
from extraction.document import Report
from extraction.errors import GoujiError, OutputError
from extraction.output.files import CONVERTED, FAILED, SKIPPED, ManifestLine, read_report, write_report
from extraction.output.places import is_store_fault, one_line
from extraction.pipeline import extract
from models.loaded import Models
from models.versions import sha256_of

_ERRORS_OF_ONE_FILE = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)
"""Numbers of system errors that keep one report from being written and not the next."""

CRASH, TIME, MEMORY, FAULT = "Crash", "TimeLimit", "MemoryLimit", "Fault"
"""Kinds of failure beside the names of the input errors, see `ManifestLine.kind`."""


def convert_one(task: Task, plan: Plan, models: Models) -> Outcome:
    """The outcome of one file: its report written, or still up to date, or a failure with its reason.

    Raises OutputError where OUT takes no more files, and the error of an object store that does not answer; never for
    the file itself.
    """
    if (known := _up_to_date(task, plan)) is not None:
        return known
    item, start = task.item, time.monotonic()

    def failed(kind: str, error: str, pages: int | None = None) -> Outcome:
        return failure(plan, item, kind, error, time.monotonic() - start, pages)

    try:
        report = extract(item.path, models, plan.settings, item.name)
    except GoujiError as error:
        return failed(type(error).__name__, one_line(error))
    except (MemoryError, RecursionError) as error:
        return failed(MEMORY, f"the file needs more memory than there is ({type(error).__name__})")
    except Exception as error:
        if is_store_fault(error):  # it stops every file
            raise
        # An error of Gouji's own in one file must not stop the others: it becomes that file's failure.
        return failed(FAULT, f"an error in Gouji, please report it: {type(error).__name__}: {one_line(error)}")
    source = report.source
    try:
        write_report(plan.out, item.name, report)
    except OSError as error:
        if error.errno not in _ERRORS_OF_ONE_FILE:
            raise OutputError(f"{plan.out}: {error.strerror or error}") from error
        return failed("Unwritable", f"its report cannot be written: {error.strerror or error}", source.pages)
    seconds = round(time.monotonic() - start, 3)
    line = ManifestLine(item.name, source.sha256, CONVERTED, None, seconds, source.pages, None, plan.made_with)
    return Outcome(line, counts_of(report))


def counts_of(report: Report) -> Counts:
    """The counts of a report."""
    return Counts(
        dict(Counter(str(f.status) for f in report.fields)), dict(Counter(str(c.verdict) for c in report.checks))
    )


def failure(plan: Plan, item: Input, kind: str, error: str, seconds: float = 0.0, pages: int | None = None) -> Outcome:
    """The outcome of an input that failed, with the kind of failure and its message."""
    line = ManifestLine(item.name, _digest(item.path), FAILED, error, round(seconds, 3), pages, kind, plan.made_with)
    return Outcome(line)


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file in hexadecimal, None where it cannot be read."""
    try:
        return sha256_of(path)
    except OSError:
        return None


def _up_to_date(task: Task, plan: Plan) -> Outcome | None:
    """The outcome of an input whose report is there, made from the same content in the same way; else None."""
    line = task.known
    if plan.force or line is None or line.outcome not in (CONVERTED, SKIPPED) or line.made_with != plan.made_with:
        return None
    if _digest(task.item.path) != line.sha256:
        return None
    try:
        report = read_report(plan.out, line.path)
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError):
        return None  # removed or damaged since
    if report.source.sha256 != line.sha256:
        return None  # written by a run that was killed before it was journalled
    return Outcome(replace(line, outcome=SKIPPED, error=None, seconds=0.0), counts_of(report))
