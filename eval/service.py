"""The service under load: parallel uploads, kills while they are read, then parallel reads: `python -m eval.service
OUT`.

Starts `gouji serve` with an empty store. As many files as asked (samples made different by a comment at their end) are
uploaded in parallel; then the service is killed (`kill -9`) while it reads, as often as asked, and started again. Every
accepted upload must be finished in the end, once. Then as many connections as asked read in parallel, over and over,
what programs and a reviewer's browser ask for; a read is timed from its first byte sent to its last received. Beside
wall seconds stand the service's processor seconds a read, which depend less on other load of the machine.

Writes OUT/service.json and prints it as a table for docs/service.md; exit code 1 where something was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
import psutil

_READY_MESSAGE = "Gouji serves at "
_SAMPLES = Path(__file__).resolve().parents[1] / "annotations" / "samples"
_ANSWER_TIMEOUT_SECONDS = 600.0
_FIELD = "applications.received.total"
_SETTINGS = {"GOUJI_LEASE_SECONDS": "2", "GOUJI_ATTEMPTS": "1000", "OMP_NUM_THREADS": "1"}
_PATHS = {
    "a report's summary": "/api/reports/{id}",
    "a report's JSON": "/api/reports/{id}/json",
    "the list, by year": "/api/reports?year=2020&limit=20",
    "a page": "/api/reports/{id}/pages/1.jpg",
    "a cell": f"/api/reports/{{id}}/crops/{_FIELD}.png",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the accepted uploads: `lost` have no report, `twice` have been kept more than once."""

    sent: int
    accepted: int
    kills: int
    done: int
    lost: int
    twice: int


@dataclass(frozen=True, slots=True)
class Reads:
    """Reads over parallel connections: wall seconds, and processor seconds of the service a read."""

    what: str
    connections: int
    reads: int
    refused: int
    median: float
    p95: float
    most: float
    cpu: float


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.service", description="A service under load.")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--uploads", type=int, default=50, metavar="N", help="files, all at once")
    parser.add_argument("--reads", type=int, default=200, metavar="N", help="of each address, in each round")
    parser.add_argument("--connections", type=int, nargs="+", default=[20, 200], metavar="N")
    parser.add_argument("--kills", type=int, default=3, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parsed = parser.parse_args()
    parsed.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gouji-service-") as folder:
        kept = uploads_under_kills(Path(folder), parsed.uploads, parsed.kills, parsed.workers)
        reads = reads_at_once(Path(folder), parsed.reads, parsed.connections)
    found = {
        "command": " ".join(["python -m eval.service", *sys.argv[1:]]),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "load": os.getloadavg()[0],
        "uploads": asdict(kept),
        "reads": [asdict(read) for read in reads],
    }
    (parsed.out / "service.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{kept}\n")
    print("| Read | Connections | Reads | Refused | Median ms | p95 ms | Most ms | Processor ms a read |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for r in reads:
        times = " | ".join(f"{1000 * seconds:.1f}" for seconds in (r.median, r.p95, r.most, r.cpu))
        print(f"| {r.what} | {r.connections} | {r.reads} | {r.refused} | {times} |")
    return 1 if kept.lost or kept.twice or kept.accepted < kept.sent or any(r.refused for r in reads) else 0


def uploads_under_kills(data: Path, count: int, kills: int, workers: int) -> Kept:
    """Upload `count` files in parallel, kill the service `kills` times while it reads them, and let it finish."""
    with serving(data, workers) as (process, address):
        answers = in_parallel([_uploading(address, content) for content in islice(_files(), count)])
        accepted = [d["id"] for a in answers if a.status_code == 202 for d in a.json()["documents"]]
        _wait_for(address, lambda states: states["running"] > 0)
        process.kill()
    for _ in range(kills - 1):
        with serving(data, workers) as (process, address):
            done = _states(address)["done"]
            _wait_for(address, lambda states, done=done: states["done"] > done or not states["waiting"])  # type: ignore[misc]
            process.kill()
    with serving(data, workers) as (_, address):
        states = _wait_for(address, lambda states: not states["waiting"] + states["running"])
        with httpx.Client(base_url=address, timeout=_ANSWER_TIMEOUT_SECONDS, trust_env=False) as client:
            found = {d["id"]: d["report_id"] for d in client.get("/api/documents?limit=1000").json()["documents"]}
            reports = [found.get(document_id) for document_id in accepted]
            versions = [len(client.get(f"/api/reports/{r}/versions").json()) for r in reports if r]
    lost = sum(report is None for report in reports)
    return Kept(count, len(accepted), kills, states["done"], lost, sum(number > 1 for number in versions))


def reads_at_once(data: Path, count: int, connections: list[int]) -> list[Reads]:
    """Return `count` reads of each address over so many parallel connections, with no other load."""
    found = []
    with serving(data, 0) as (process, address):
        url, own = httpx.URL(address), psutil.Process(process.pid)
        host, port = url.host, url.port or 80
        report = _with_pages(address)
        for what, path in _PATHS.items():
            path = path.format(id=report)
            asyncio.run(_over_connections(host, port, path, 1, 5))  # drawn and kept before it is measured
            for clients in connections:
                before = sum(own.cpu_times()[:2])
                times, refused = asyncio.run(_over_connections(host, port, path, clients, max(1, count // clients)))
                cpu = (sum(own.cpu_times()[:2]) - before) / len(times)
                median, p95, most = np.percentile(times, [50, 95, 100]).tolist()
                found.append(Reads(what, clients, len(times), refused, median, p95, most, cpu))
    return found


@contextmanager
def serving(data: Path, workers: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a service on a free port; yields the process and its address, and kills it at the end."""
    command = [
        sys.executable,
        "-m",
        "extraction",
        "serve",
        "--data",
        str(data),
        "--port",
        "0",
        "--workers",
        str(workers),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **_SETTINGS})
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        if not said.startswith(_READY_MESSAGE):
            raise RuntimeError(f"gouji serve did not start: {said}")
        yield process, said.removeprefix(_READY_MESSAGE).strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def in_parallel(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Return the answers to all calls, sent in parallel."""
    answers: list[httpx.Response] = []
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], httpx.Response]) -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _uploading(address: str, content: bytes) -> Callable[[], httpx.Response]:
    files = [("files", ("report", content))]
    return lambda: httpx.post(f"{address}/api/documents", files=files, timeout=_ANSWER_TIMEOUT_SECONDS, trust_env=False)


def _files() -> Iterator[bytes]:
    """Yield samples repeatedly, each time different files: digital PDFs, and one scan."""
    contents = [path.read_bytes() for path in sorted(_SAMPLES.glob("*/report.pdf"))]
    yield next(path.read_bytes() for path in sorted(_SAMPLES.glob("*/scan.pdf")))
    number = 0
    while True:
        for content in contents:
            number += 1
            yield content + f"\n% {number}\n".encode()


def _states(address: str) -> dict[str, int]:
    states: dict[str, int] = httpx.get(f"{address}/api/jobs", timeout=_ANSWER_TIMEOUT_SECONDS, trust_env=False).json()[
        "states"
    ]
    return states


def _wait_for(address: str, reached: Callable[[dict[str, int]], bool]) -> dict[str, int]:
    while not reached(states := _states(address)):
        time.sleep(0.2)
    return states


def _with_pages(address: str) -> int:
    """Return the number of a report that has a page with `_FIELD`."""
    with httpx.Client(base_url=address, timeout=_ANSWER_TIMEOUT_SECONDS, trust_env=False) as client:
        for report in client.get("/api/reports?limit=1000").json()["reports"]:
            if client.get(f"/api/reports/{report['id']}/crops/{_FIELD}.png").status_code == 200:
                return int(report["id"])
    raise RuntimeError("no report has a page")


async def _over_connections(host: str, port: int, path: str, connections: int, each: int) -> tuple[list[float], int]:
    """Return seconds of each read, and the number refused. All connections are open before the first read."""
    times, refused, start = list[float](), 0, asyncio.Event()
    opened = [await asyncio.open_connection(host, port) for _ in range(connections)]

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refused
        await start.wait()
        for _ in range(each):
            begun = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n", 1)[0]))
            times.append(time.perf_counter() - begun)
            refused += " 200 " not in head.split("\r\n", 1)[0]

    waiting = [asyncio.create_task(read(*both)) for both in opened]
    await asyncio.sleep(0)
    start.set()
    await asyncio.gather(*waiting)
    for _, writer in opened:
        writer.close()
    return times, refused


if __name__ == "__main__":
    sys.exit(main())
