"""Convert damaged files among good ones, and report crashes: `python -m eval.fuzz OUT --files N --good N --seed S`.

With `--minutes` it stops after that time and judges what was done; the same call continues with the rest. Exit code 1
where a good file was not read right, a file has no line in the manifest (time not being up), or a damaged one met a
fault of Gouji, a crash or a limit of time or memory. Such files stay in OUT/in and can become tests.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from annotations.store import read_gold
from eval.fuzz.corpus import Good, damaged_files, good_files
from eval.fuzz.memory import Memory
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare
from extraction.bulk.convert import convert
from extraction.bulk.journal import read_journal
from extraction.bulk.plan import Input, Outcome, Plan
from extraction.bulk.pool import LocalEngine
from extraction.errors import Crash, Fault, MemoryLimit, TimeLimit
from extraction.output.files import FAILED, ManifestLine, read_report
from extraction.settings import Settings

_BAD = {error.__name__ for error in (Crash, Fault, MemoryLimit, TimeLimit)}


class _TimeIsUp(Exception):
    """The minutes are over."""


def main() -> int:
    """Make the files, convert them, print and write the result; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.fuzz", description="Spoilt files beside good ones.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the files and the results")
    parser.add_argument("--files", type=int, default=1000, metavar="N", help="damaged files (default %(default)s)")
    parser.add_argument("--good", type=int, default=20, metavar="N", help="good files among them (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--workers", type=int, default=1, metavar="N")
    parser.add_argument("--minutes", type=float, metavar="M", help="stop then, and judge what is done (default: never)")
    parsed = parser.parse_args()
    good, results = good_files(parsed.good), parsed.out / "out"
    inputs = _inputs(parsed, good)
    memory, start = Memory(), time.monotonic()
    _convert(inputs, Plan(results, Settings(), workers=parsed.workers), memory, parsed.minutes)
    lines = read_journal(results)
    done = [lines[item.name] for item in inputs if item.name in lines]
    found = {
        "command": " ".join(["python -m eval.fuzz", *sys.argv[1:]]),
        "files": len(inputs),
        "done": len(done),
        "minutes": round((time.monotonic() - start) / 60, 1),
        "outcomes": dict(Counter(line.kind or ("converted" if line.error is None else line.outcome) for line in done)),
        "good_done": sum(one.name in lines for one in good),
        "good_not_right": _not_right(good, results, lines),
        "bad": {line.path: line.error for line in done if line.kind in _BAD},
        "memory": memory.data(),
    }
    (parsed.out / "fuzz.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=1))
    complete = len(done) == len(inputs) or parsed.minutes is not None
    return 1 if found["good_not_right"] or found["bad"] or not complete else 0


def _inputs(parsed: argparse.Namespace, good: Sequence[Good]) -> list[Input]:
    """Return the files, written unless they are there, good and damaged ones shuffled."""
    folder = parsed.out / "in"
    for part in ("good", "damaged"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    wanted: list[Input] = []
    for name, make in chain(damaged_files(parsed.files, parsed.seed), ((g.name, g.read) for g in good)):
        if not (folder / name).exists():
            (folder / name).write_bytes(make())
        wanted.append(Input(folder / name, name))
    random.Random(parsed.seed).shuffle(wanted)
    return wanted


def _convert(inputs: Sequence[Input], plan: Plan, memory: Memory, minutes: float | None) -> None:
    """Convert as many as time allows; what earlier calls have converted is skipped."""
    earlier = read_journal(plan.out)
    end = time.monotonic() + 60 * minutes if minutes is not None else None

    def on_done(outcome: Outcome) -> None:
        if outcome.line.kind in _BAD:
            print(f"{outcome.line.path}: {outcome.line.error}", file=sys.stderr, flush=True)
        if end is not None and time.monotonic() > end:
            raise _TimeIsUp

    try:
        left = [item for item in inputs if item.name not in earlier]
        convert(left, plan, on_done, lambda plan: LocalEngine(plan, memory.sample))
    except _TimeIsUp:
        print("time is up", file=sys.stderr)


def _not_right(good: Sequence[Good], out: Path, lines: dict[str, ManifestLine]) -> list[str]:
    """Return the names of converted good files whose result differs from their gold."""
    return [
        one.name
        for one in good
        if one.name in lines
        and (
            lines[one.name].outcome == FAILED
            or compare(read_gold(one.gold), Prediction(read_report(out, one.name))).faults
        )
    ]


if __name__ == "__main__":
    sys.exit(main())
