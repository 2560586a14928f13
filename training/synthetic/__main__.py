"""Make a data set: `python -m training.synthetic OUT --split test --reports 320 --seed 7`.

Writes OUT/reports/<id>.pdf and .json, OUT/splits/<split>.txt and OUT/dataset.json. A second run makes what is missing.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from annotations.store import SPLITS
from training.synthetic.dataset import Order, Task, is_made, make_all, tasks_of, write_data_set
from training.synthetic.fonts import Split, missing_fonts


def main() -> int:
    """Make the data set; return exit code 1 where some report could not be made, 2 where the call is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m training.synthetic",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, help="folder of the data set")
    parser.add_argument("--split", choices=SPLITS, default="train")
    parser.add_argument("--reports", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--levels", nargs="+", default=(), metavar="LEVEL", help="how legible (default: every level)")
    parser.add_argument(
        "--engines", nargs="+", default=(), metavar="NAME", help="that print it, of the split's own (default: all)"
    )
    parser.add_argument(
        "--series",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="this share of threes of reports hold two or three consecutive years of one agency (default 0)",
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    arguments = parser.parse_args()

    from training.synthetic.render import SPLIT_RENDERERS
    from training.synthetic.scan import LEVELS

    split = cast(Split, arguments.split)
    try:
        levels, engines = tuple(arguments.levels), tuple(arguments.engines)
        order = Order(split, arguments.reports, arguments.seed, levels, arguments.series, engines)
        tasks = tasks_of(order, SPLIT_RENDERERS[split], tuple(LEVELS))
    except ValueError as error:
        parser.error(str(error))
    if missing := missing_fonts(split):
        parser.error("fonts are not installed: " + ", ".join(f"{font} (Debian: {name})" for font, name in missing))
    failed = _make(arguments.out, tasks, max(1, arguments.workers))
    write_data_set(arguments.out, order, tasks, shlex.join(["python", "-m", "training.synthetic", *sys.argv[1:]]))
    Console().print(f"{len(tasks) - failed} of {len(tasks)} reports in {arguments.out}", highlight=False)
    return 1 if failed else 0


def _make(folder: Path, tasks: list[Task], workers: int) -> int:
    """Make the missing reports, with a bar on standard error; return the number of failures."""
    screen = Console(stderr=True)
    columns = (TextColumn("making"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    to_do = [task for task in tasks if not is_made(folder, task)]
    failed = 0
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        bar = progress.add_task("", total=len(tasks), completed=len(tasks) - len(to_do))
        for task, fault in make_all(folder, to_do, workers):
            progress.advance(bar)
            if fault:
                failed += 1
                screen.print(f"{task.id} ({task.renderer}, {task.level}): {fault}", markup=False, highlight=False)
    return failed


if __name__ == "__main__":
    sys.exit(main())
