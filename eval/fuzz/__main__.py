"""python -m eval.fuzz OUT --files N --good N --seed S: convert spoilt files beside good ones, and say what came of it.

Exit code 1 where a good file was not read right, a file has no line in the manifest, or a spoilt one met a fault of
Gouji, a crash or a limit of time or memory. Such files stay in OUT/in and can become tests.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

import psutil

from annotations.store import read_gold
from eval.compare import compare
from eval.fuzz.corpus import Good, good_files, spoilt_files
from eval.prediction import Prediction
from extraction.bulk.inputs import find_inputs
from extraction.bulk.one import CRASH, FAULT, MEMORY, TIME
from extraction.bulk.plan import Outcome, Plan, Task
from extraction.bulk.pool import LocalEngine
from extraction.convert import convert
from extraction.outputs import ManifestLine, read_report
from extraction.settings import Settings

_BAD = (CRASH, FAULT, MEMORY, TIME)


def main() -> int:
    """Make the files, convert them, judge."""
    parser = argparse.ArgumentParser(prog="python -m eval.fuzz", description="Spoilt files beside good ones.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the files and the results")
    parser.add_argument("--files", type=int, default=1000, metavar="N", help="spoilt files (default %(default)s)")
    parser.add_argument("--good", type=int, default=20, metavar="N", help="good files among them (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--workers", type=int, default=1, metavar="N")
    parsed = parser.parse_args()
    good = good_files(parsed.good)
    folder, results = parsed.out / "in", parsed.out / "out"
    for name, content in {**spoilt_files(parsed.files, parsed.seed), **{g.name: g.content for g in good}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    memory = _Memory()
    plan = Plan(results, Settings(), workers=parsed.workers)
    inputs = find_inputs([str(folder)], results)
    lines = convert(inputs, plan, _said, lambda plan: LocalEngine(plan, memory.look)).lines
    found = {
        "command": f"python -m eval.fuzz OUT --files {parsed.files} --good {parsed.good} --seed {parsed.seed}",
        "files": len(inputs),
        "lines": len(lines),
        "outcomes": dict(Counter(line.kind or line.outcome for line in lines)),
        "good": len(good),
        "good_not_right": _not_right(good, results, lines),
        "bad": {line.path: line.error for line in lines if line.kind in _BAD},
        "memory": memory.data(),
    }
    (parsed.out / "fuzz.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if found["good_not_right"] or found["bad"] or len(lines) != len(inputs) else 0


def _said(outcome: Outcome) -> None:
    if outcome.line.kind in _BAD:
        print(f"{outcome.line.path}: {outcome.line.error}", file=sys.stderr, flush=True)


def _not_right(good: list[Good], out: Path, lines: list[ManifestLine]) -> list[str]:
    outcome_of = {line.path: line.outcome for line in lines}
    return [
        one.name
        for one in good
        if outcome_of[one.name] != "converted"
        or compare(read_gold(one.gold), Prediction(read_report(out, one.name))).faults
    ]


class _Memory:
    """What workers hold, in MB, whenever they start on a document."""

    def __init__(self) -> None:
        self._of: dict[int, list[float]] = defaultdict(list)

    def look(self, _: Task, worker: int) -> None:
        self._of[worker].append(psutil.Process(worker).memory_info().rss / 1e6)

    def data(self) -> dict[str, object]:
        """Of the worker that lived longest: the median over its second and its last quarter of documents."""
        held = max(self._of.values(), key=len)
        quarter = len(held) // 4
        second, last = held[quarter : 2 * quarter], held[-quarter:]
        return {
            "workers": len(self._of),
            "documents_of_one": len(held),
            "second_quarter_mb": round(median(second), 1) if second else None,
            "last_quarter_mb": round(median(last), 1) if last else None,
            "growth": round(median(last) / median(second) - 1, 4) if quarter else None,
            "most_mb": round(max(held), 1),
        }


if __name__ == "__main__":
    sys.exit(main())
