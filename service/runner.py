"""What reads the documents of the queue: workers of `extraction.bulk`, each fed by a thread with a job at a time.

Nothing is only in memory. A job that a thread is at is leased, and the lease is renewed while its worker lives; when
the service is killed the lease runs out, and the job is done again from the start. A result is kept in the transaction
that ends its job, and only if the job is still the thread's own: no document is kept twice.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from extraction.bulk import record
from extraction.bulk.plan import Input, Outcome, Plan, Task, cores
from extraction.bulk.pool import LocalEngine
from extraction.document import Report
from extraction.errors import GoujiError, InputError, ModelError, OutputError, StoreError
from extraction.output.files import FAILED, read_report, remove_report
from extraction.output.places import is_store_fault
from models.weights import WeightsError, numbers_in_use, pin
from service.context import Service
from service.store import jobs, reports, versions
from service.store.tables import Document, Job

_LOG = logging.getLogger("gouji.runner")
_LOOK = 1.0  # seconds between looks at a queue that another process may add to
_TELL = 1.0  # seconds between looks at which page the workers are
_AFTER_FAULT = 15.0  # seconds before the next try where the machine, not the document, is at fault
_OF_THE_MACHINE = {error.__name__ for error in (ModelError, OutputError, StoreError)}  # as kinds of a failure


@dataclass(slots=True)
class _Current:
    """The job that a thread is at, and its page."""

    job: Job
    document: Document
    page: int = 0
    pages: int | None = None


class Runner:
    """Threads that take jobs until `stop`. `on_end` hears of each job that has ended, by its id."""

    def __init__(self, service: Service, on_end: Callable[[int], None] = lambda _: None) -> None:
        self._service, self._on_end = service, on_end
        self._stopping, self._wake = threading.Event(), service.new_jobs
        name = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._readers = [_Reader(f"{name}:{number}", self) for number in range(service.settings.workers)]
        self._threads = [threading.Thread(target=reader.run, name="gouji-reader") for reader in self._readers]
        self._threads.append(threading.Thread(target=self._keep_leases, name="gouji-leases"))

    @property
    def lease(self) -> timedelta:
        """How long a job stays a worker's without a sign of life."""
        return timedelta(seconds=self._service.settings.lease_seconds)

    def start(self) -> None:
        """Begin to take jobs."""
        for thread in self._threads:
            thread.daemon = True  # a process that is to end at once does not wait for a page to be read
            thread.start()

    def stop(self) -> None:
        """End the workers; what they were at goes back into the queue."""
        self._stopping.set()
        self._wake.set()
        for reader in self._readers:
            reader.break_off()
        for thread in self._threads:
            thread.join()

    def _keep_leases(self) -> None:
        often = self._service.settings.lease_seconds / 6
        while not self._stopping.wait(min(_TELL, often)):
            for reader in self._readers:
                reader.keep_lease(often)


class _Reader:
    """One thread with one worker process."""

    def __init__(self, name: str, runner: Runner) -> None:
        self._name, self._runner, self._service = name, runner, runner._service
        self._current: _Current | None = None
        self._told = (0, 0.0)  # the page that was last told of, and when
        self._engine: LocalEngine | None = None
        self._plan: Plan | None = None
        self._owes = False  # a job that the machine kept it from, and that is not given back yet

    def run(self) -> None:
        """Take jobs until the runner stops."""
        stopping, wake = self._runner._stopping, self._runner._wake
        while not stopping.is_set():
            try:
                self._give_back()
                if not self._take_and_read():
                    wake.wait(_LOOK)
                    wake.clear()
            except Exception as error:  # of the machine or of ours: the job is still in the queue, and is tried again
                if not stopping.is_set():
                    _LOG.exception("a job could not be read")
                    self._current = None
                    self._close()
                    self._owes = self._owes or of_the_machine(error)
                    with suppress(SQLAlchemyError, OSError):  # the database may be what is away: then before the next
                        self._give_back()
                    stopping.wait(_AFTER_FAULT)
        self._close()

    def keep_lease(self, often: float) -> None:
        """Say that the job is still under way, and at which page: when that is another, and every so many seconds."""
        if (current := self._current) is None:
            return
        told, self._told = self._told, (current.page, time.monotonic())
        if told[0] == current.page and self._told[1] - told[1] < often:
            self._told = told
            return
        try:
            with self._service.store.writing() as session:
                jobs.keep(session, current.job.id, self._name, self._runner.lease, current.page, current.pages)
        except Exception:  # the next time; a lease lasts several of them
            _LOG.exception("a lease could not be renewed")

    def _give_back(self) -> None:
        """Let go of the job that the machine kept it from, if any: such an attempt does not count."""
        if self._owes:
            with self._service.store.writing() as session:
                jobs.give_back(session, self._name)
            self._owes = False

    def break_off(self) -> None:
        """Kill the worker, and give its job back."""
        with self._service.store.writing() as session:
            jobs.give_back(session, self._name)
        if self._engine is not None:
            self._engine.stop()

    def _take_and_read(self) -> bool:
        """Whether there was a job."""
        settings = self._service.settings
        with self._service.store.writing() as session:
            taken = jobs.take(session, self._name, self._runner.lease, settings.attempts)
        if taken is None:
            return False
        job, document = taken
        self._current = _Current(job, document)
        self._current.pages = self._service.pictures.page_count(document)
        outcome, report = self._read(job, document)
        self._end(job, document, outcome, report)
        self._current = None
        self._runner._on_end(job.id)
        return True

    def _read(self, job: Job, document: Document) -> tuple[Outcome, Report | None]:
        """What became of the document, and its report. Raises GoujiError where the machine is at fault."""
        engine, plan = self._ready()
        task = Task(Input(self._service.files.path(document.place), f"job-{job.id}"))
        outcome = next(iter(list(engine.run([task]))), None)
        if outcome is None:
            raise GoujiError("the worker was stopped")
        if outcome.line.kind in _OF_THE_MACHINE:
            raise GoujiError(outcome.line.error or "")
        if outcome.line.outcome == FAILED:
            return outcome, None
        report = read_report(plan.out, task.item.name)
        remove_report(plan.out, task.item.name)
        return outcome, replace(report, source=replace(report.source, path=document.name))

    def _end(self, job: Job, document: Document, outcome: Outcome, report: Report | None) -> None:
        """Keep the result and end the job, both or neither."""
        plan, line = self._plan, outcome.line
        assert plan is not None
        with self._service.store.writing() as session:
            if (held := jobs.held(session, job.id, self._name)) is None:
                return  # deleted meanwhile, or taken up by another: its result is the one that counts
            jobs.finish(held, line.pages, line.error if report is None else None)
            if report is not None:
                making = versions.Making(made_with=plan.made_with, weights=dict(plan.weights))
                kept_document = session.merge(document, load=True)
                current = reports.may_be_replaced(session, document.id)
                versions.save(session, kept_document, report, making, current=current)

    def _ready(self) -> tuple[LocalEngine, Plan]:
        """The engine, with the weights that are in use now. Raises ModelError."""
        pin({})  # look anew which versions are in use
        if self._engine is None or self._plan is None or dict(self._plan.weights) != numbers_in_use():
            self._close()
            self._plan = _plan(self._service)
            self._engine = LocalEngine(self._plan, on_page=self._on_page)
        return self._engine, self._plan

    def _on_page(self, _: Task) -> None:
        if self._current is not None:
            most = self._current.pages or 1  # its end is told of as a page begun is
            self._current.page = min(most, self._current.page + 1)

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.close()
        self._engine = self._plan = None


def of_the_machine(error: Exception) -> bool:
    """Whether an error is not the document's, nor ours: weights, a disk, the database or an object store are missing.

    A file that is not there is the document's: no waiting brings it back.
    """
    if isinstance(error, GoujiError):
        return not isinstance(error, InputError)
    if isinstance(error, OSError):
        return not isinstance(error, FileNotFoundError)
    return isinstance(error, (OperationalError, InterfaceError, NoConnection)) or is_store_fault(error)


def _plan(service: Service) -> Plan:
    """How a thread's one worker reads. Raises GoujiError where weights are missing."""
    settings = service.settings
    out = settings.data_folder / "work"
    out.mkdir(parents=True, exist_ok=True)
    threads = max(1, cores() // max(1, settings.workers))
    plan = Plan(out, service.reading, workers=1, force=True, threads=threads)
    try:
        made_with = record.digest_of(record.makers(plan.settings, plan.engine))
    except WeightsError as error:
        raise GoujiError(str(error)) from error
    return replace(plan, made_with=made_with)
