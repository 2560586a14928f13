"""`gouji convert`: what its options mean, and its exit code."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from extraction.errors import UsageError
from extraction.messages import Messages

if TYPE_CHECKING:  # what it takes to convert is loaded by who converts
    from extraction.bulk.plan import Input, Plan

_EPILOG = """\
examples:
  gouji convert report.pdf -o out              one report
  gouji convert archive/ -o out --workers 2    a folder, searched recursively; run it again to do only what is new
  gouji convert 'in/2023*.pdf' -o out --force  a glob; everything again
  gouji convert inbox/ -o out --watch          go on with what comes into the folder, until Ctrl-C
  gouji convert s3://archive/in -o s3://archive/out --engine ray --address auto --workers 64

what OUT holds:
  reports/<path>.json         one report each: every field with its value, status, page and box
  fields.parquet, fields.csv  one row a field, over all reports
  manifest.jsonl              one line an input: converted, failed (and why) or skipped
  summary.html                counts, sums that fail, the reports that need most work, what failed
  run.json                    settings, weights and version: if these change, a run makes the reports again

what the status of a field means:
  read, corrected, inferred   accepted
  blank                       the cell is there and empty
  missing                     no such cell was found
  review                      a person must look: the value is only a best guess

A run that was broken off, by Ctrl-C, `kill -9` or the power, goes on where it was when it is started again.

A file that crashes its reader, hangs or takes too much memory fails alone, with its reason; limits: docs/settings.md.

exit codes: 0 everything converted; 1 some input failed (see manifest.jsonl), the rest is there; 2 the call is wrong
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = "Converts PDF (scanned, born-digital or mixed), PNG, JPEG, TIFF, DOCX, HTML and text dumps."
    parser.epilog = _EPILOG
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders or globs")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="folder for the results")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes at work (default %(default)s)")
    parser.add_argument("--engine", default="local", choices=["local", "ray"], help="where to run (default local)")
    parser.add_argument("--address", metavar="ADDRESS", help="of a Ray cluster; without it, one of this machine")
    parser.add_argument("--ocr", default="rapidocr", choices=["rapidocr", "paddleocr"], help="engine for pictures")
    parser.add_argument("--settings", type=Path, metavar="TOML", help="limits and thresholds, see docs/settings.md")
    parser.add_argument("--force", action="store_true", help="convert everything again")
    parser.add_argument("--watch", action="store_true", help="go on with files that come or change, until Ctrl-C")
    parser.add_argument("--every", type=float, default=10.0, metavar="S", help="seconds between looks (default 10)")
    parser.add_argument(
        "--progress", default="bar", choices=["bar", "json"], help="for people, or lines of JSON on standard output"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing but what stops the run")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Convert as the options say; the exit code of the contract. Raises UsageError, ModelError and OutputError."""
    if parsed.workers < 1:
        raise UsageError("--workers takes a number from 1")
    if parsed.every <= 0:
        raise UsageError("--every takes seconds above 0")
    if parsed.address and parsed.engine != "ray":
        raise UsageError("--address is for --engine ray")
    from extraction.bulk.inputs import find_inputs
    from extraction.bulk.one import require_weights
    from extraction.bulk.plan import Plan
    from extraction.output.places import place, store_faults
    from extraction.settings import load_settings

    require_weights(parsed.ocr)
    plan = Plan(place(parsed.out), load_settings(parsed.settings), parsed.ocr, parsed.workers, parsed.force)
    with store_faults():
        if parsed.watch:
            for inputs in _arriving(parsed.inputs, plan.out, parsed.every):
                _converted(inputs, plan, parsed, messages)
        inputs = find_inputs(parsed.inputs, plan.out)
        if not inputs:
            raise UsageError("there is no file to convert in what was named")
        return _converted(inputs, plan, parsed, messages)


def _converted(inputs: list[Input], plan: Plan, parsed: argparse.Namespace, messages: Messages) -> int:
    from extraction.bulk import progress
    from extraction.bulk.convert import convert
    from extraction.bulk.pool import Engine, LocalEngine
    from extraction.output.files import FAILED
    from extraction.output.show import line_console

    tally = progress.Tally(len(inputs))
    make_engine: Callable[[Plan], Engine] = LocalEngine
    if parsed.engine == "ray":
        from extraction.bulk.ray_engine import ray_engine

        make_engine = ray_engine(parsed.address)
    kind = progress.QUIET if parsed.quiet else parsed.progress
    with progress.watched(kind, tally, messages) as on_done:
        result = convert(inputs, plan, on_done, make_engine)
    if kind == progress.BAR:
        line_console().print(progress.summary(tally, plan.out, result.remade_for, messages))
    return 1 if any(line.outcome == FAILED for line in result.lines) else 0


def _arriving(patterns: list[str], out: Path, every: float) -> Iterator[list[Input]]:
    """The files that have come or changed since the last time, once they have kept still from one look to the next."""
    from extraction.bulk.inputs import find_inputs

    seen: dict[str, tuple[int, float]] = {}
    given: dict[str, tuple[int, float]] = {}
    while True:
        now: dict[str, tuple[int, float]] = {}
        still: list[Input] = []
        for item in find_inputs(patterns, out):
            try:
                stat = item.path.stat()
            except OSError:  # gone since
                continue
            now[item.name] = stat.st_size, stat.st_mtime
            if seen.get(item.name) == now[item.name] != given.get(item.name):
                still.append(item)
        if still:
            given.update({item.name: now[item.name] for item in still})
            yield still
        seen = now
        time.sleep(every)
