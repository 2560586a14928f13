"""Convert one file within a worker process: the one place where an error in a file becomes its outcome."""

from __future__ import annotations

import errno
import time
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from extraction.bulk.plan import Counts, Input, Outcome, Plan, Task
from extraction.document import Report
from extraction.errors import Fault, GoujiError, MemoryLimit, ModelError, OutputError, Unwritable
from extraction.messages import Text
from extraction.output.files import CONVERTED, FAILED, SKIPPED, ManifestLine, read_report, write_report
from extraction.output.places import is_store_fault, one_line
from extraction.pipeline import extract
from extraction.settings import Settings
from extraction.stages import UNWATCHED, Watcher
from models.loaded import Models
from models.recogniser import PaddleOcrRecogniser
from models.versions import sha256_of
from models.weights import WeightsError, verify_all

_ERRORS_OF_ONE_FILE = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)
"""Numbers of system errors that keep one report from being written and not the next."""


def convert_one(task: Task, plan: Plan, models: Models, watcher: Watcher = UNWATCHED) -> Outcome:
    """The outcome of one file: its report written, or still up to date, or a failure with its reason.

    Raises OutputError where OUT takes no more files, and the error of an object store that does not answer; never for
    the file itself.
    """
    if (known := _up_to_date(task, plan)) is not None:
        return known
    item, start = task.item, time.monotonic()

    try:
        report = read_one(item.path, models, plan.settings, item.name, watcher)
    except GoujiError as error:
        return failure(plan, item, error, time.monotonic() - start)
    source = report.source
    try:
        write_report(plan.out, item.name, report)
    except OSError as error:
        why = Text(error.strerror or error)
        if error.errno not in _ERRORS_OF_ONE_FILE:
            raise OutputError("{path}: {why}", path=plan.out, why=why) from error
        unwritable = Unwritable("its report cannot be written: {why}", why=why)
        return failure(plan, item, unwritable, time.monotonic() - start, source.pages)
    seconds = round(time.monotonic() - start, 3)
    line = ManifestLine(item.name, source.sha256, CONVERTED, None, seconds, source.pages, None, plan.made_with)
    return Outcome(line, counts_of(report))


def read_one(
    path: Path, models: Models, settings: Settings, name: str | None = None, watcher: Watcher = UNWATCHED
) -> Report:
    """The report in a file; `name` is the path to record in it.

    Raises a GoujiError for whatever is wrong with the file, and the error of an object store that does not answer.
    """
    try:
        return extract(path, models, settings, name, watcher=watcher)
    except GoujiError:
        raise
    except (MemoryError, RecursionError) as error:
        kind = type(error).__name__
        raise MemoryLimit("the file needs more memory than there is ({kind})", kind=kind) from error
    except Exception as error:
        if is_store_fault(error):  # it stops every file
            raise
        # An error of Gouji's own in one file must not stop the others: it becomes that file's failure.
        what = {"kind": type(error).__name__, "error": one_line(error)}
        raise Fault("an error in Gouji, please report it: {kind}: {error}", **what) from error


def require_weights(engine: str) -> None:
    """Check the weights before any file is read: raises ModelError where they are missing or damaged."""
    try:
        verify_all()
    except WeightsError as error:
        raise ModelError(str(error)) from error
    if engine == PaddleOcrRecogniser.name and find_spec("paddleocr") is None:
        raise ModelError("the engine paddleocr is not installed: pip install 'gouji[paddle]'")


def counts_of(report: Report) -> Counts:
    """The counts of a report."""
    return Counts(
        dict(Counter(str(f.status) for f in report.fields)), dict(Counter(str(c.verdict) for c in report.checks))
    )


def failure(plan: Plan, item: Input, error: GoujiError, seconds: float = 0.0, pages: int | None = None) -> Outcome:
    """The outcome of an input that failed, with its error, whose class is the kind of the failure."""
    what, kind = one_line(error), type(error).__name__
    line = ManifestLine(item.name, _digest(item.path), FAILED, what, round(seconds, 3), pages, kind, plan.made_with)
    return Outcome(line, error=error)


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
