"""python -m eval.scale FOLDER OUT: how conversion grows with workers, and whether killed runs leave what others leave.

Every number of workers converts the whole folder into an OUT of its own; then a run is killed (`kill -9`) at random
points as often as asked and run to its end, and all that it leaves is compared with what the first left. The machine
must have nothing else to do: a core that is busy elsewhere is no core. Writes OUT/scale.json and prints a table for
docs/scale.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from extraction.outputs import MANIFEST, read_manifest

_COMMAND = "import sys; from extraction.cli import main; sys.exit(main())"
_TIMES = ("summary.html", ".lock", MANIFEST)  # files with times in them; the manifest is compared without its times


@dataclass(frozen=True, slots=True)
class Run:
    """A whole folder converted: seconds on the clock and of processors, and the most MB that all processes held."""

    workers: int
    documents: int
    pages: int
    wall: float
    cpu: float
    most_mb: float


def main() -> int:
    """Measure, print, write; exit code 1 where a run that was killed left anything else."""
    parser = argparse.ArgumentParser(prog="python -m eval.scale", description="Throughput by workers; killed runs.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--kills", type=int, default=5, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parsed = parser.parse_args()
    parsed.out.mkdir(parents=True, exist_ok=True)
    runs = [_measured(parsed.folder, parsed.out / f"workers-{count}", count) for count in parsed.workers]
    differing = _differing(parsed, parsed.out / f"workers-{parsed.workers[0]}") if parsed.kills else []
    found = {
        "command": " ".join(["python -m eval.scale", *sys.argv[1:]]),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "runs": [asdict(run) for run in runs],
        "kills": parsed.kills,
        "differing_after_kills": differing,
    }
    (parsed.out / "scale.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(_table(runs))
    print(f"{parsed.kills} kills: {len(differing)} files differ from those of an undisturbed run")
    return 1 if differing else 0


def _measured(folder: Path, out: Path, workers: int) -> Run:
    start, seen, most = time.perf_counter(), dict[int, float](), 0.0
    process = psutil.Popen(_command(folder, out, workers))
    while process.poll() is None:
        held = 0.0
        for one in _family(process):
            try:
                times, memory = one.cpu_times(), one.memory_info().rss
            except psutil.Error:
                continue
            seen[one.pid] = times.user + times.system
            held += memory / 1e6
        most = max(most, held)
        time.sleep(0.5)
    wall, lines = time.perf_counter() - start, read_manifest(out).values()
    pages = sum(line.pages or 1 for line in lines)
    return Run(workers, len(lines), pages, round(wall, 1), round(sum(seen.values()), 1), round(most))


def _family(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _differing(parsed: argparse.Namespace, undisturbed: Path) -> list[str]:
    """What a run that was killed again and again, then finished, left otherwise."""
    draw, out = random.Random(parsed.seed), parsed.out / "killed"
    count = len(read_manifest(undisturbed))
    for done in sorted(draw.sample(range(1, count), min(parsed.kills, count - 1))):
        process = subprocess.Popen(_command(parsed.folder, out, max(parsed.workers)))
        while len(read_manifest(out)) < done and process.poll() is None:
            time.sleep(0.05)
        time.sleep(draw.random())
        process.kill()
        process.wait()
    subprocess.run(_command(parsed.folder, out, max(parsed.workers)), check=False)
    before, after = _left(undisturbed), _left(out)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _left(out: Path) -> dict[str, str]:
    """A hash of everything in OUT that has no times in it, and of each line of the manifest without its times."""
    files = {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file() and path.name not in _TIMES
    }
    lines = {
        f"{MANIFEST}: {name}": f"{line.sha256} {line.error} {line.pages} {line.outcome == 'failed'}"
        for name, line in read_manifest(out).items()
    }
    return {**files, **lines}


def _command(folder: Path, out: Path, workers: int) -> list[str]:
    options = ["-o", str(out), "--workers", str(workers), "--quiet"]
    return [sys.executable, "-c", _COMMAND, "convert", str(folder), *options]


def _table(runs: list[Run]) -> str:
    rows = [
        f"| {r.workers} | {r.documents:,} | {r.pages:,} | {r.wall:,.0f} s | {3600 * r.documents / r.wall:,.0f} "
        f"| {3600 * r.pages / r.wall:,.0f} | {runs[0].wall / r.wall:.2f} | {r.cpu / r.pages:.2f} s "
        f"| {r.most_mb:,.0f} MB |"
        for r in runs
    ]
    head = (
        "| workers | reports | pages | time | reports/hour | pages/hour | speed-up | processor a page | most memory |"
    )
    return "\n".join([head, "| --- |" + " --- |" * 8, *rows])


if __name__ == "__main__":
    sys.exit(main())
