"""Growth of conversion with workers, and whether killed runs leave the same results: `python -m eval.scale FOLDER OUT`.

The reports of the folder (all, or a random sample) are copied to OUT/in. Every number of workers converts them into an
OUT of its own, on as many cores, one thread each; then a run is killed (`kill -9`) at random points and resumed to its
end, and all that it leaves is compared with the first run's results. Wall times mean something only where nothing else
runs: the share of the machine used by others is printed beside them.

Writes OUT/scale.json and prints a table for docs/scale.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import psutil

from extraction.output.files import MANIFEST, read_manifest

_TIMES = ("summary.html", ".lock", MANIFEST)  # files with times in them; the manifest is compared without its times


@dataclass(frozen=True, slots=True)
class Run:
    """The conversion of a whole folder: wall and processor seconds, peak memory of all processes in MB.

    `others` is the share of the machine's processors used by other programs meanwhile.
    """

    workers: int
    documents: int
    pages: int
    wall: float
    cpu: float
    most_mb: float
    others: float


def main() -> int:
    """Measure, print, write; return exit code 1 where a killed run left anything else."""
    parser = argparse.ArgumentParser(prog="python -m eval.scale", description="Throughput by workers; killed runs.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--kills", type=int, default=5, metavar="N")
    parser.add_argument("--take", type=int, metavar="N", help="so many of the reports, by chance (default: all)")
    parser.add_argument("--price", type=float, default=0.04, metavar="P", help="of a core-hour (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parsed = parser.parse_args()
    if max(parsed.workers) > len(os.sched_getaffinity(0)):
        parser.error("there are not so many cores as workers")
    reports = _taken(parsed)
    runs = [_measured(reports, parsed.out / f"workers-{count}", count) for count in parsed.workers]
    differing = _differing(parsed, reports, parsed.out / f"workers-{parsed.workers[0]}") if parsed.kills else []
    found = {
        "command": " ".join(["python -m eval.scale", *sys.argv[1:]]),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "runs": [asdict(run) for run in runs],
        "kills": parsed.kills,
        "differing_after_kills": differing,
    }
    (parsed.out / "scale.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(_table(runs, parsed.price))
    print(f"{parsed.kills} kills: {len(differing)} files differ from those of an undisturbed run")
    return 1 if differing else 0


def _taken(parsed: argparse.Namespace) -> Path:
    """Return a folder with copies of the reports, gold excluded."""
    found = sorted(p for p in parsed.folder.rglob("*") if p.is_file() and p.suffix != ".json")
    if parsed.take is not None:
        found = sorted(random.Random(parsed.seed).sample(found, min(parsed.take, len(found))))
    for path in found:
        copy = parsed.out / "in" / path.relative_to(parsed.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            shutil.copyfile(path, copy)
    folder: Path = parsed.out / "in"
    return folder


def _measured(folder: Path, out: Path, workers: int) -> Run:
    shutil.rmtree(out, ignore_errors=True)
    start, cpu, busy, most = time.perf_counter(), _cpu(), _busy(), 0.0
    process = _started(folder, out, workers)
    while process.poll() is None:
        most = max(most, _megabytes(psutil.Process(process.pid)))
        time.sleep(0.5)
    wall, cpu, lines = time.perf_counter() - start, _cpu() - cpu, read_manifest(out).values()
    others = max(0.0, _busy() - busy - cpu) / (wall * (os.cpu_count() or 1))
    pages = sum(line.pages or 1 for line in lines)
    return Run(workers, len(lines), pages, round(wall, 1), round(cpu, 1), round(most), round(others, 2))


def _cpu() -> float:
    """Return processor seconds of the ended commands with all their workers."""
    spent = getrusage(RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _busy() -> float:
    """Return the busy seconds of the machine's processors."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def _megabytes(process: psutil.Process) -> float:
    """Return the memory of a process and its descendants in MB."""
    held = 0.0
    try:
        for one in (process, *process.children(recursive=True)):
            held += one.memory_info().rss / 1e6
    except psutil.Error:  # one of them has just ended
        return 0.0
    return held


def _differing(parsed: argparse.Namespace, folder: Path, undisturbed: Path) -> list[str]:
    """Return the results that differ after a run that was killed repeatedly, then finished."""
    draw, out, workers = random.Random(parsed.seed), parsed.out / "killed", max(parsed.workers)
    shutil.rmtree(out, ignore_errors=True)
    count = len(read_manifest(undisturbed))
    for done in sorted(draw.sample(range(1, count), min(parsed.kills, count - 1))):
        process = _started(folder, out, workers)
        while len(read_manifest(out)) < done and process.poll() is None:
            time.sleep(0.1)
        time.sleep(draw.random())
        process.kill()
        process.wait()
        print(f"killed with {len(read_manifest(out)):,} of {count:,} done", file=sys.stderr, flush=True)
    _started(folder, out, workers).wait()
    before, after = _left(undisturbed), _left(out)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _left(out: Path) -> dict[str, str]:
    """Return a hash of every file in OUT without times in it, and of each manifest line without its times."""
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


def _started(folder: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start a conversion with so many workers, which sees so many cores."""
    options = ["-o", str(out), "--workers", str(workers), "--quiet"]
    process = subprocess.Popen([sys.executable, "-m", "extraction", "convert", str(folder), *options])
    os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:workers])
    return process


def _table(runs: list[Run], price: float) -> str:
    rows = [
        f"| {r.workers} | {r.documents:,} | {r.pages:,} | {r.wall:,.0f} s | {3600 * r.documents / r.wall:,.0f} "
        f"| {3600 * r.pages / r.wall:,.0f} | {runs[0].wall / r.wall:.2f} | {r.cpu / r.pages:.2f} s "
        f"| {r.most_mb:,.0f} MB | {r.others:.0%} | {1e6 * r.cpu / r.pages / 3600 * price:,.2f} |"
        for r in runs
    ]
    heads = "workers, reports, pages, time, reports/hour, pages/hour, speed-up, processor a page, most memory, others, "
    heads += f"a million pages at {price:g} a core-hour"
    return "\n".join([f"| {' | '.join(heads.split(', '))} |", "| --- |" + " --- |" * 10, *rows])


if __name__ == "__main__":
    sys.exit(main())
