"""`gouji bench`: its arguments and its steps. Heavy modules are imported when it runs."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

from extraction.errors import UsageError
from extraction.messages import Messages

DESCRIPTION = """\
Measures Gouji and whole-page OCR (RapidOCR; PaddleOCR and Tesseract where installed) in turn on the same pages:
processor seconds a page and their ratio, over whole reports and over the pages with tables, by stage; and a new process
on a first page. The load of the machine falls on all alike: ratios can be compared between machines, seconds cannot.

--growth measures Gouji alone instead: how time and memory grow with the pages of a document and with workers, and
whether memory stays flat over a thousand pages.
"""

EPILOG = """\
examples:
  gouji bench 'annotations/samples/*/scan.pdf' --repeat 3 -o bench.json
  gouji bench 'annotations/samples/hewan-2020/*.pdf' --growth -o growth.json    and growth.html, a plot
  gouji bench report.pdf --growth --pages 1 10 --workers 1 --steady 0           a short run
"""

SCHEMA_VERSION = 1
_PACKAGES = ("gouji", "numpy", "rapidocr", "onnxruntime", "opencv-python-headless", "pypdfium2", "paddleocr")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `gouji bench`."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders or globs")
    parser.add_argument("-o", "--out", type=Path, metavar="JSON", help="file for everything that was measured")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds (default %(default)s)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of each engine (default %(default)s)")
    parser.add_argument(
        "--engine",
        metavar="A,B",
        help="engines beside Gouji, by comma: rapidocr, paddleocr, tesseract (default: those installed)",
    )
    parser.add_argument(
        "--growth", action="store_true", help="measure growth instead, on the first digital PDF and scan"
    )
    parser.add_argument(
        "--pages", type=int, nargs="+", default=[1, 3, 10, 30, 100, 300], metavar="N", help="pages of a document"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N", help="processes that convert")
    parser.add_argument("--steady", type=int, default=1000, metavar="N", help="pages read by one process (0: none)")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Measure, show, write, and return the exit code. Raises UsageError and ModelError."""
    from rich.console import Console

    from extraction.bulk.inputs import named_files
    from extraction.bulk.record import package_versions
    from models.files import write_text

    if min([parsed.repeat, parsed.threads, *parsed.pages, *parsed.workers]) < 1 or parsed.steady < 0:
        raise UsageError("--repeat, --threads, --pages and --workers take numbers from 1, --steady one from 0")
    files = list(dict.fromkeys(item.path for pattern in parsed.inputs for item in named_files(pattern)))
    console = Console() if sys.stdout.isatty() else Console(width=140)
    found: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "command": shlex.join(["gouji", *sys.argv[1:]]),
        "versions": package_versions(_PACKAGES),
        "cores": os.cpu_count(),
        **(_growth(parsed, files, console) if parsed.growth else _comparison(parsed, files, console)),
    }
    if parsed.out:
        write_text(parsed.out, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0


def _comparison(parsed: argparse.Namespace, files: list[Path], console: Any) -> dict[str, Any]:
    from dataclasses import asdict

    from eval.bench.engines import baselines
    from eval.bench.processes import first_pages
    from eval.bench.tables import file_table, kind_table, stage_table, start_table
    from eval.bench.timing import time_files

    wanted = None if parsed.engine is None else [name.strip() for name in parsed.engine.split(",") if name.strip()]
    others = baselines(parsed.threads, wanted)
    timings = time_files(files, others, parsed.repeat, parsed.threads)
    console.print(
        file_table(timings, list(others)), kind_table(timings, list(others)), stage_table(timings), sep="\n\n"
    )
    starts = first_pages(files, list(others), parsed.repeat)
    console.print(start_table(starts))
    return {"timings": [asdict(t) for t in timings], "starts": [asdict(s) for s in starts]}


def _growth(parsed: argparse.Namespace, files: list[Path], console: Any) -> dict[str, Any]:
    from dataclasses import asdict

    from eval.bench.growth import growth_of, growth_page
    from eval.bench.tables import growth_tables
    from models.files import write_text

    growth = growth_of(files, parsed.pages, parsed.workers, parsed.steady)
    console.print(*growth_tables(growth), sep="\n\n")
    if parsed.out:
        write_text(parsed.out.with_suffix(".html"), growth_page(growth))
    return {"growth": [asdict(grown) for grown in growth]}
