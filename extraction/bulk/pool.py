"""The engine of one machine: warm worker processes, each at one document at a time.

A document is given out when a worker is free for it, so nothing piles up. A worker that crashes, hangs, or takes too
much memory is killed and replaced, and costs its document only: that is tried once more at the end, with no other
document under way, and then fails with its reason. A worker that has grown is replaced after its document, and so is
one that has read many: what it keeps for good, whoever keeps it, is bounded.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Protocol

import psutil

from extraction.bulk.one import CRASH, MEMORY, TIME, digest
from extraction.bulk.plan import FAILED, Outcome, Plan, Task
from extraction.bulk.worker import PAGE, READY, work
from extraction.errors import GoujiError
from extraction.output.files import ManifestLine
from extraction.settings import BulkSettings

_LOOK = 0.25  # seconds between looks at the workers' memory and time
_START = 300.0  # seconds that a worker may take to be ready
_FAILED_STARTS = 5  # of workers in a row, after which no other is started


class Engine(Protocol):
    """What converts many documents: here in worker processes, or on many machines."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Every task's outcome, as it is done."""

    def close(self) -> None:
        """End the workers."""


class LocalEngine:
    """Worker processes of this machine, started when they are needed and kept until `close`.

    `on_start` hears of each document that a worker (by its process id) starts on, `on_page` of each page begun.
    """

    def __init__(
        self,
        plan: Plan,
        on_start: Callable[[Task, int], None] | None = None,
        on_page: Callable[[Task], None] | None = None,
    ) -> None:
        self._plan, self._on_start, self._on_page = plan, on_start, on_page
        self._workers: list[_Worker] = []
        self._failed_starts = 0
        self._stopped = False

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Every task's outcome, as it is done. Raises OutputError where OUT takes no more files."""
        suspects: deque[Task] = deque()
        yield from self._through(iter(tasks), self._plan.workers, lambda task, *_: suspects.append(task))
        failures: deque[Outcome] = deque()
        for task in suspects:  # each alone: neither short of memory for the others' sake nor killed by another's doing
            self.close()
            yield from self._through(iter([task]), 1, lambda *why: failures.append(_failure(self._plan, *why)))
            yield from failures
            failures.clear()

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def stop(self) -> None:
        """From another thread than that of `run`: kill the workers and end the run, without what is under way."""
        self._stopped = True
        for worker in list(self._workers):
            worker.process.kill()

    def _through(
        self, tasks: Iterator[Task], workers: int, on_loss: Callable[[Task, str, str], None]
    ) -> Iterator[Outcome]:
        """Outcomes of the tasks that some worker lived through; `on_loss` hears of the others, and why."""
        waiting = next(tasks, None)
        while not self._stopped and (waiting is not None or any(w.task for w in self._workers)):
            while waiting is not None and (worker := self._free(workers)) is not None:
                if worker.give(waiting, self._on_start):
                    waiting = next(tasks, None)
            wait([w.link for w in self._workers], _LOOK)
            for worker in list(self._workers):
                yield from self._heard(worker, on_loss)

    def _free(self, workers: int) -> _Worker | None:
        """A worker that is ready for a document. Starts one where there are too few."""
        for worker in self._workers:
            if worker.ready and worker.task is None:
                return worker
        if len(self._workers) < workers:
            self._workers.append(_Worker(self._plan))
        return None

    def _heard(self, worker: _Worker, on_loss: Callable[[Task, str, str], None]) -> Iterator[Outcome]:
        """What a worker has to say; it is put out of the way where it is dead, late or too large."""
        try:
            while worker.link.poll():
                said = worker.link.recv()
                if isinstance(said, GoujiError):
                    raise said
                worker.since = time.monotonic()
                if said == READY:
                    worker.ready, self._failed_starts = True, 0
                elif said == PAGE and worker.task is not None and self._on_page is not None:
                    self._on_page(worker.task)
                elif isinstance(said, Outcome):
                    worker.task, worker.documents = None, worker.documents + 1
                    yield said
        except (EOFError, OSError, ConnectionError):
            self._lose(worker, on_loss, CRASH, f"the reader crashed on this file ({worker.how_it_ended()})")
            return
        if worker.task is None:
            if not worker.ready and time.monotonic() - worker.begun > _START:
                self._lose(worker, on_loss, TIME, "")
            elif worker.spent(self._plan.settings.bulk):
                self._workers.remove(worker)
                worker.end()
        elif (late := worker.late(self._plan.settings.bulk)) is not None:
            self._lose(worker, on_loss, TIME, late)
        elif worker.megabytes() > (limit := self._plan.settings.bulk.worker_megabytes):
            message = f"reading the file took more memory than bulk.worker_megabytes = {limit:,}"
            self._lose(worker, on_loss, MEMORY, message)

    def _lose(self, worker: _Worker, on_loss: Callable[[Task, str, str], None], kind: str, error: str) -> None:
        self._workers.remove(worker)
        worker.end()
        if worker.task is not None:
            on_loss(worker.task, kind, error)
        elif not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _FAILED_STARTS:
                raise GoujiError(f"worker processes end as they start ({worker.how_it_ended()})")


class _Worker:
    """One process, its pipe, the document that it is at, and since when on the clock it is at its page."""

    def __init__(self, plan: Plan) -> None:
        context = multiprocessing.get_context("spawn")
        self.link, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, plan, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()  # so that the pipe ends with the worker
        self.ready, self.documents = False, 0  # it has loaded what it needs; so many are done
        self.task: Task | None = None
        self.since = self.begun = time.monotonic()

    def give(self, task: Task, on_start: Callable[[Task, int], None] | None) -> bool:
        """Hand the worker a task; False where it has died since it was last heard of."""
        try:
            self.link.send(task)
        except OSError:
            self.ready = False
            return False
        self.task = task
        self.since = self.begun = time.monotonic()
        if on_start is not None:
            on_start(task, self.process.pid or 0)
        return True

    def late(self, limits: BulkSettings) -> str | None:
        """Which limit of time the document is over, if any."""
        now = time.monotonic()
        if now - self.since > limits.page_seconds:
            return f"a page took longer than bulk.page_seconds = {limits.page_seconds:g}"
        if now - self.begun > limits.document_seconds:
            return f"the file took longer than bulk.document_seconds = {limits.document_seconds:g}"
        return None

    def spent(self, limits: BulkSettings) -> bool:
        """Whether another worker is to take its place."""
        if not self.documents:
            return False
        return self.documents >= limits.recycle_documents or self.megabytes() > limits.recycle_megabytes

    def megabytes(self) -> float:
        """Memory that the process holds (resident), 0 where it has ended."""
        try:
            return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6
        except psutil.Error:
            return 0.0

    def how_it_ended(self) -> str:
        """The signal or the exit code."""
        self.process.join(1)
        code = self.process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def end(self) -> None:
        """Kill it, whatever it does: what it has not written in whole leaves only a draft."""
        self.process.kill()
        self.process.join()
        self.link.close()


def _failure(plan: Plan, task: Task, kind: str, error: str) -> Outcome:
    sha256 = digest(task.item.path)
    return Outcome(ManifestLine(task.item.name, sha256, FAILED, error, 0.0, None, kind, plan.made_with))
