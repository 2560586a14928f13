"""Engines over documents, in worker processes; predictions are kept at once, so that a run can be resumed.

    OUT/<engine>/<document id>.json   a prediction
    OUT/documents.json                the hash of each document that predictions were made of

A prediction is made again only where it is missing, or where its document has changed. A worker that exceeds the time
limit on a document records that and ends itself; a new one takes its place.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import cv2

from eval.engines import make_engine
from eval.runs.dataset import Case, document_hash
from eval.runs.prediction import Engine, Prediction, dump_prediction, load_prediction
from extraction.errors import ModelError
from models.files import write_text

Job = tuple[str, Path, Path, float]
"""An engine's name, a document, the prediction's path, and the time limit in seconds (0: none)."""

CRASHED = "the engine crashed on this document"
TIME_LIMIT_SECONDS = 900.0
"""Default time limit of a document."""

_GRACE_SECONDS = 10.0  # after the limit for a worker to end itself; then the system ends it


def prediction_path(out: Path, engine: str, case_id: str) -> Path:
    """Return the path of a prediction."""
    return out / engine / f"{case_id}.json"


def read_prediction(out: Path, engine: str, case: Case) -> Prediction:
    """Return the kept prediction of a case. Raises OSError or ValueError."""
    return load_prediction(prediction_path(out, engine, case.id).read_text(encoding="utf-8"))


def forget_changed(cases: Sequence[Case], out: Path) -> None:
    """Remove predictions of documents that have changed since, and record the documents' present hashes."""
    record = out / "documents.json"
    known: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    hashes = {case.id: document_hash(case) for case in cases}
    for case_id, sha256 in hashes.items():
        if known.get(case_id, sha256) != sha256:
            for folder in out.iterdir():
                if folder.is_dir():
                    prediction_path(out, folder.name, case_id).unlink(missing_ok=True)
    write_text(record, json.dumps({**known, **hashes}, indent=0, sort_keys=True) + "\n")


def missing(cases: Sequence[Case], engine: str, out: Path, *, force: bool = False) -> list[Case]:
    """Return the cases without a prediction of this engine; all of them with `force`."""
    return [case for case in cases if force or not prediction_path(out, engine, case.id).exists()]


def timed_out(limit: float) -> str:
    """Return the error of a document that exceeded the limit (seconds)."""
    return f"the engine took longer than {limit:g} seconds over this document"


def predict(
    cases: Sequence[Case],
    engine: str,
    out: Path,
    workers: int,
    on_done: Callable[[Case, Prediction], None],
    time_limit: float = TIME_LIMIT_SECONDS,
) -> None:
    """Predict every case, in this order, and keep the predictions; `on_done` is called for each at once.

    Raises ModelError where the engine cannot be used. A failure, a crash or more than `time_limit` seconds (0: no
    limit) is that document's error.
    """
    for case in cases:
        prediction_path(out, engine, case.id).unlink(missing_ok=True)
    suspects: list[Case] = []
    jobs = {case.id: _job(case, engine, out, time_limit) for case in cases}
    waiting = list(reversed(cases))
    while waiting:
        with _pool(workers) as pool:
            for case, prediction in _until_broken(pool, waiting, suspects, jobs, 2 * workers):
                on_done(case, prediction)
    for case in suspects:
        on_done(case, _alone(jobs[case.id], workers))


def _until_broken(
    pool: ProcessPoolExecutor, waiting: list[Case], suspects: list[Case], jobs: Mapping[str, Job], most: int
) -> Iterator[tuple[Case, Prediction]]:
    """Yield predictions of `waiting` until a worker dies.

    Documents in progress then go to `suspects`, or back to `waiting` if the one to blame is known.
    """
    running: dict[Future[Prediction], Case] = {}
    while waiting or running:
        while waiting and len(running) < most:
            try:
                running[pool.submit(_work, jobs[waiting[-1].id])] = waiting[-1]
            except BrokenProcessPool:
                break
            waiting.pop()
        if not running:
            return
        ready, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ready:
            case = running.pop(future)
            try:
                yield case, future.result()
            except BrokenProcessPool:
                under_way = [case, *running.values()]
                known = {c.id: _written(jobs[c.id]) for c in under_way}
                left = [c for c in under_way if known[c.id] is None]
                blamed = any(p is not None and p.error == timed_out(jobs[i][3]) for i, p in known.items())
                (waiting if blamed else suspects).extend(left)
                yield from ((c, p) for c in under_way if (p := known[c.id]) is not None)
                return


def _written(job: Job) -> Prediction | None:
    """Return what a worker has written before it or another died."""
    path = job[2]
    return load_prediction(path.read_text(encoding="utf-8")) if path.exists() else None


def _alone(job: Job, workers: int) -> Prediction:
    """Return the prediction of a worker of its own: if that dies too, the document is the cause."""
    start = time.perf_counter()
    with _pool(1, threads=_threads(workers)) as pool:
        try:
            return pool.submit(_work, job).result()
        except BrokenProcessPool:
            prediction = _written(job) or Prediction(None, seconds=time.perf_counter() - start, error=CRASHED)
            write_text(job[2], dump_prediction(prediction))
            return prediction


def _job(case: Case, engine: str, out: Path, time_limit: float) -> Job:
    return engine, case.document, prediction_path(out, engine, case.id), time_limit


def _threads(workers: int) -> int:
    return max(1, (os.cpu_count() or 1) // workers)


def _pool(workers: int, threads: int | None = None) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(threads or _threads(workers),))


_engines: dict[str, Engine] = {}
_worker_threads = 1


def _start_worker(threads: int) -> None:
    global _worker_threads
    _worker_threads = threads
    cv2.setNumThreads(threads)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when its parent is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(job: Job) -> Prediction:
    """Predict in a worker: the engine is loaded for the first document and kept."""
    name, document, path, time_limit = job
    engine = _engine(name)
    start = time.perf_counter()
    with _limited(path, time_limit):
        try:
            prediction = engine.read(document)
        except Exception as error:  # an engine's fault in one document must not cost the others
            fault = " ".join(f"{type(error).__name__}: {error}".split())
            prediction = Prediction(None, seconds=time.perf_counter() - start, error=fault)
    write_text(path, dump_prediction(prediction))
    return prediction


@contextmanager
def _limited(path: Path, seconds: float) -> Iterator[None]:
    """End this process, with its error as the prediction at `path`, when the body takes too long."""
    if not seconds:
        yield
        return
    timer = threading.Timer(seconds, _give_up, (path, seconds))
    timer.daemon = True
    timer.start()
    _alarm(seconds + _GRACE_SECONDS)
    try:
        yield
    finally:
        timer.cancel()
        _alarm(0)


def _give_up(path: Path, seconds: float) -> None:
    write_text(path, dump_prediction(Prediction(None, seconds=seconds, error=timed_out(seconds))))
    os._exit(1)


def _alarm(seconds: float) -> None:
    """Have the system end this process then, 0 for never: native code may keep all our threads from running."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _engine(name: str) -> Engine:
    if name not in _engines:
        try:
            _engines[name] = make_engine(name, _worker_threads)
        except Exception as error:
            raise ModelError(f"the engine {name} cannot be used: {error}") from error
    return _engines[name]
