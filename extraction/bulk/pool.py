"""The engine of one machine: a pool of worker processes, each with its models loaded and one document at a time.

A document is handed out when a worker is free. A worker that crashes, hangs or takes too much memory is killed and
replaced; its document is tried once more at the end, alone, and then fails with the reason. A worker that has grown, or
has read many documents, is replaced after its document, which bounds what leaks.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Protocol

import psutil

from extraction.bulk.one import failure
from extraction.bulk.plan import Outcome, Plan, Task
from extraction.bulk.worker import PAGE, READY, work
from extraction.errors import Crash, GoujiError, InputError, MemoryLimit, TimeLimit
from extraction.settings import BulkSettings

_POLL_SECONDS = 0.25  # between checks of the workers' memory and time
_MAX_START_SECONDS = 300.0  # for a worker to load its models
_MAX_FAILED_STARTS = 5  # of workers in a row, then the run stops


class Engine(Protocol):
    """Converts many documents: in worker processes of this machine, or on a cluster."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """The outcome of every task, in the order in which they finish."""

    def close(self) -> None:
        """End the workers."""


class LocalEngine:
    """Worker processes of this machine, started when they are needed and kept until `close`.

    `on_start` is called with each task that a worker begins and the worker's process id, `on_page` with the task of
    each page that is begun.
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
        """The outcome of every task as it is done. Raises OutputError where OUT takes no more files."""
        suspects: list[Task] = []
        yield from self._hand_out(iter(tasks), self._plan.workers, lambda task, _: suspects.append(task))
        failures: list[Outcome] = []
        for task in suspects:  # alone: what other documents do to memory or to a worker cannot fail it
            self.close()
            yield from self._hand_out(
                iter([task]), 1, lambda task, error: failures.append(failure(self._plan, task.item, error))
            )
            yield from failures
            failures.clear()

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def stop(self) -> None:
        """Kill the workers and end `run`, from another thread; documents under way get no outcome."""
        self._stopped = True
        for worker in list(self._workers):
            worker.process.kill()

    def _hand_out(
        self, tasks: Iterator[Task], workers: int, on_loss: Callable[[Task, InputError], None]
    ) -> Iterator[Outcome]:
        """The outcomes of the tasks; `on_loss` gets each task whose worker was lost, and why."""
        waiting = next(tasks, None)
        while not self._stopped and (waiting is not None or any(w.task for w in self._workers)):
            while waiting is not None and (worker := self._free(workers)) is not None:
                if worker.give(waiting, self._on_start):
                    waiting = next(tasks, None)
            wait([w.link for w in self._workers], _POLL_SECONDS)
            for worker in list(self._workers):
                yield from self._receive(worker, on_loss)

    def _free(self, workers: int) -> _Worker | None:
        """A worker that is ready for a document, None where all are busy; starts one where there are too few."""
        for worker in self._workers:
            if worker.ready and worker.task is None:
                return worker
        if len(self._workers) < workers:
            self._workers.append(_Worker(self._plan))
        return None

    def _receive(self, worker: _Worker, on_loss: Callable[[Task, InputError], None]) -> Iterator[Outcome]:
        """The outcomes that a worker has sent. Discards it where it is dead, late, too large or to be replaced."""
        try:
            while worker.link.poll():
                said = worker.link.recv()
                if isinstance(said, GoujiError):
                    raise said
                worker.page_begun = time.monotonic()
                if said == READY:
                    worker.ready, self._failed_starts = True, 0
                elif said == PAGE and worker.task is not None and self._on_page is not None:
                    self._on_page(worker.task)
                elif isinstance(said, Outcome):
                    worker.task, worker.documents = None, worker.documents + 1
                    yield said
        except (EOFError, OSError, ConnectionError):
            how = worker.how_it_ended()
            self._lose(worker, on_loss, Crash("the reader crashed on this file ({how})", how=how))
            return
        if worker.task is None:
            if not worker.ready and time.monotonic() - worker.begun > _MAX_START_SECONDS:
                self._lose(worker, on_loss, TimeLimit("a worker process took too long to start"))
            elif worker.spent(self._plan.settings.bulk):
                self._workers.remove(worker)
                worker.end()
        elif (late := worker.late(self._plan.settings.bulk)) is not None:
            self._lose(worker, on_loss, late)
        elif worker.megabytes() > (limit := self._plan.settings.bulk.worker_megabytes):
            message = "reading the file took more memory than bulk.worker_megabytes = {limit:,}"
            self._lose(worker, on_loss, MemoryLimit(message, limit=limit))

    def _lose(self, worker: _Worker, on_loss: Callable[[Task, InputError], None], error: InputError) -> None:
        """Kill a worker and pass its task on. Raises GoujiError where workers do not start."""
        self._workers.remove(worker)
        worker.end()
        if worker.task is not None:
            on_loss(worker.task, error)
        elif not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _MAX_FAILED_STARTS:
                raise GoujiError("worker processes end while they start ({how})", how=worker.how_it_ended())


class _Worker:
    """A worker process: its pipe, its current task, and when on the monotonic clock it began the task and the page."""

    def __init__(self, plan: Plan) -> None:
        context = multiprocessing.get_context("spawn")
        self.link, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, plan, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()  # else the pipe stays open when the worker dies
        self.ready, self.documents = False, 0  # models loaded; documents done
        self.task: Task | None = None
        self.page_begun = self.begun = time.monotonic()

    def give(self, task: Task, on_start: Callable[[Task, int], None] | None) -> bool:
        """Hand the worker a task; False where it has died meanwhile."""
        try:
            self.link.send(task)
        except OSError:
            self.ready = False
            return False
        self.task = task
        self.page_begun = self.begun = time.monotonic()
        if on_start is not None:
            on_start(task, self.process.pid or 0)
        return True

    def late(self, limits: BulkSettings) -> TimeLimit | None:
        """Which time limit the document has passed, None where none."""
        now = time.monotonic()
        if now - self.page_begun > limits.page_seconds:
            return TimeLimit("a page took longer than bulk.page_seconds = {limit:g}", limit=limits.page_seconds)
        if now - self.begun > limits.document_seconds:
            limit = limits.document_seconds
            return TimeLimit("the file took longer than bulk.document_seconds = {limit:g}", limit=limit)
        return None

    def spent(self, limits: BulkSettings) -> bool:
        """Whether the worker has grown or read so much that it is to be replaced."""
        if not self.documents:
            return False
        return self.documents >= limits.recycle_documents or self.megabytes() > limits.recycle_megabytes

    def megabytes(self) -> float:
        """Resident memory of the process in MB (10^6 bytes), 0 where it has ended."""
        try:
            return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6
        except psutil.Error:
            return 0.0

    def how_it_ended(self) -> str:
        """The signal or exit code that the process ended with."""
        self.process.join(1)
        code = self.process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def end(self) -> None:
        """Kill the process; a file that it was writing leaves only a draft."""
        self.process.kill()
        self.process.join()
        self.link.close()
