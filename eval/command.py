"""`gouji eval`: its arguments and its steps. Heavy modules are imported when it runs."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extraction.errors import UsageError
from extraction.messages import Messages

if TYPE_CHECKING:
    from eval.runs.dataset import Case

DESCRIPTION = """\
Reads every document of an annotated data set with each engine and compares what it read with the gold.

Shown and written are, with 95% intervals: fields as printed; silent errors (wrong, and not marked for review: what must
not be); fields sent to review; reports perfect, and perfect or flagged; all of it by level, table and field; source
errors, corrections, headings, sections, table structure, labels, calibration, and seconds a page.
"""

EPILOG = """\
examples:
  gouji eval annotations/samples -o eval-out                        the sample reports, Gouji as it stands
  gouji eval DATASET --split test --engine gouji,rapidocr-page      beside whole-page OCR, only the test split
  gouji eval DATASET -o new --against old/scores.json               what got better or worse since, beyond chance
  gouji eval DATASET --level worn --limit 20                        a quick look at the worst scans
  gouji eval DATASET -o out --engine gouji,tesseract-page --as-it-is    what a run that goes on has so far

DATASET is a folder with reports/*.json and splits/*.txt, or with */gold.json (see annotations/GUIDE.md).

OUT holds  index.html      all of it on one page, with plots and the worst cells as pictures
           scores.json     every metric, and the counts of every report (for --against)
           faults.csv      one row a field that is not as printed
           <engine>/*.json what each engine read; a second run makes only what is not there (--force: everything)

Run it again after a change of the engine with --force or another OUT. Seconds a page are measured while the other
workers are busy: use --workers 1 or gouji bench where they matter. Levels take turns, so that a run that is broken off
has read a fair sample (--as-it-is scores it).

python -m eval.ablation measures what each stage and detector changes, python -m eval.decision fits thresholds.

exit codes: 0 evaluated; 2 the call is wrong
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `gouji eval`."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="folder of documents with their gold")
    parser.add_argument("-o", "--out", type=Path, default=Path("eval-out"), metavar="OUT", help="(default %(default)s)")
    parser.add_argument("--split", metavar="NAME", help="train, dev or test (default: every document)")
    parser.add_argument(
        "--engine",
        default="gouji",
        metavar="A,B",
        help="engines, by comma: gouji, rapidocr-page, paddleocr-page, tesseract-page, pdfplumber, gouji-labelled "
        "(default gouji)",
    )
    parser.add_argument("--level", action="append", default=[], metavar="L", help="only this level; can be repeated")
    parser.add_argument("--limit", type=int, metavar="N", help="N documents, spread evenly over the data set")
    parser.add_argument("--workers", type=int, metavar="N", help="processes at work (default: one a core, ~1 GB each)")
    parser.add_argument(
        "--time-limit",
        type=float,
        default=900.0,
        metavar="S",
        help="seconds that an engine may take over a document, which then counts as unread (default 900; 0: any time)",
    )
    parser.add_argument(
        "--as-it-is",
        action="store_true",
        help="read nothing: score the documents that every engine named has read so far",
    )
    parser.add_argument("--against", type=Path, metavar="SCORES", help="scores.json of an earlier run to compare with")
    parser.add_argument("--force", action="store_true", help="read every document again")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Predict, score, print and write; return the exit code. Raises UsageError and ModelError."""
    from rich.console import Console

    from eval.report.table import show, show_differences
    from eval.runs.dataset import load_cases
    from eval.runs.progress import scoring
    from eval.runs.run import forget_changed
    from eval.scoring.against import common_documents, difference_data, differences, read_scores
    from eval.scoring.run_scores import engine_scores, score_all

    engines = _engines(parsed.engine)
    workers = parsed.workers if parsed.workers is not None else os.cpu_count() or 1
    if workers < 1 or (parsed.limit is not None and parsed.limit < 1):
        raise UsageError("--workers and --limit take a number from 1")
    if parsed.time_limit < 0 or (parsed.as_it_is and parsed.force):
        raise UsageError("--time-limit takes a number from 0; --as-it-is and --force exclude each other")
    old = read_scores(parsed.against) if parsed.against else None
    cases = load_cases(parsed.dataset, parsed.split, parsed.level, parsed.limit)
    parsed.out.mkdir(parents=True, exist_ok=True)
    forget_changed(cases, parsed.out)
    if parsed.as_it_is:
        cases = _read_so_far(cases, engines, parsed.out)
    else:
        _predict(cases, engines, parsed.out, workers, parsed.force, parsed.time_limit)
    with scoring(len(cases) * len(engines)) as on_done:
        scored = {engine: score_all(cases, engine, parsed.out, workers, on_done) for engine in engines}
    scores = {
        **_about(parsed, cases),
        "workers": workers,
        "engines": {engine: engine_scores(each) for engine, each in scored.items()},
    }
    console = Console() if sys.stdout.isatty() else Console(width=140)
    show(scores, console)
    if old is not None:
        found = differences(old, scores)
        scores["against"] = {"path": str(parsed.against), "differences": difference_data(found)}
        show_differences(found, common_documents(old, scores), console)
    _write_all(parsed.out, scores, cases, engines)
    page = parsed.out / "index.html"
    console.print(messages("written: {page}, scores.json, faults.csv", page=page), highlight=False)
    return 0


def _engines(names: str) -> list[str]:
    from eval.engines import ENGINES

    engines = list(dict.fromkeys(n.strip() for n in names.split(",") if n.strip()))
    if not engines or (unknown := [n for n in engines if n not in ENGINES]):
        listed = "".join(f"\n  {name:16} {what}" for name, what in ENGINES.items())
        raise UsageError(f"--engine {', '.join(unknown) if engines else names!r} is not known; there are{listed}")
    return engines


def _read_so_far(cases: list[Case], engines: list[str], out: Path) -> list[Case]:
    from eval.runs.run import missing

    left = {case.id for engine in engines for case in missing(cases, engine, out)}
    if len(left) == len(cases):
        raise UsageError(f"{out} has no document that {', '.join(engines)} read")
    return [case for case in cases if case.id not in left]


def _predict(cases: list[Case], engines: list[str], out: Path, workers: int, force: bool, time_limit: float) -> None:
    from eval.runs.dataset import in_turns
    from eval.runs.progress import Watcher
    from eval.runs.run import missing, predict

    todo = {engine: missing(in_turns(cases), engine, out, force=force) for engine in engines}
    if kept := sum(len(cases) - len(left) for left in todo.values()):
        print(f"gouji: {kept} documents were read by an earlier run; --force reads them again", file=sys.stderr)
    with Watcher({engine: (len(cases) - len(left), len(cases)) for engine, left in todo.items()}) as watcher:
        for engine, left in todo.items():
            predict(left, engine, out, min(workers, max(1, len(left))), watcher.of(engine), time_limit)


def _about(parsed: argparse.Namespace, cases: list[Case]) -> dict[str, Any]:
    """Return what was evaluated, and the command that repeats it."""
    from eval.runs.dataset import dataset_id
    from eval.scoring.run_scores import SCHEMA_VERSION, versions

    return {
        "schema_version": SCHEMA_VERSION,
        "command": shlex.join(["gouji", *sys.argv[1:]]),
        "versions": versions(),
        "dataset": {
            "name": parsed.dataset.resolve().name,
            "id": dataset_id(parsed.dataset),
            "split": parsed.split,
            "documents": len(cases),
            "reports": len({case.gold.id for case in cases}),
            "fields": sum(len(case.gold.report.fields) for case in cases),
            "levels": sorted({case.gold.level for case in cases}),
        },
    }


def _write_all(out: Path, scores: dict[str, Any], cases: list[Case], engines: list[str]) -> None:
    from eval.report.crops import worst_cells
    from eval.report.page import render_page
    from eval.scoring.faults import all_faults, write_faults
    from models.files import write_text

    write_text(out / "scores.json", json.dumps(scores, ensure_ascii=False, indent=1) + "\n")
    faults = all_faults(cases, engines, out)
    write_faults(out / "faults.csv", faults)
    write_text(out / "index.html", render_page(scores, worst_cells(faults)))
