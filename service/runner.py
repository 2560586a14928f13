"""Read the documents of the queue with workers of `extraction.bulk`, each fed by a thread one job at a time.

Nothing is in memory only. A running job is leased to its thread, and the lease renewed while the worker lives; when the
service is killed the lease expires and the job starts again. A result is saved in the transaction that ends its job,
and only if the job is still leased to the thread: no document is saved twice.
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
_QUEUE_POLL_SECONDS = 1.0  # another process may add to the queue
_PROGRESS_POLL_SECONDS = 1.0
_LEASE_RENEWALS = 6  # in the time that a lease lasts
_RETRY_SECONDS = 15.0  # where the machine, not the document, is at fault
_MACHINE_FAULTS = {error.__name__ for error in (ModelError, OutputError, StoreError)}  # as kinds of a failure


@dataclass(slots=True)
class _Current:
    """The job that a thread has in hand, and how many of its pages are done."""

    job: Job
    document: Document
    page: int = 0
    pages: int | None = None


class Runner:
    """Threads that take jobs until `stop`. `on_end` is called with the id of every job that has ended."""

    def __init__(self, service: Service, on_end: Callable[[int], None] = lambda _: None) -> None:
        self._service, self._on_end = service, on_end
        self._stopping, self._wake = threading.Event(), service.new_jobs
        name = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._readers = [_Reader(f"{name}:{number}", self) for number in range(service.settings.workers)]
        self._threads = [threading.Thread(target=reader.run, name="gouji-reader") for reader in self._readers]
        self._threads.append(threading.Thread(target=self._keep_leases, name="gouji-leases"))

    @property
    def lease(self) -> timedelta:
        """How long a job stays leased without a renewal."""
        return timedelta(seconds=self._service.settings.lease_seconds)

    def start(self) -> None:
        """Start to take jobs."""
        for thread in self._threads:
            thread.daemon = True  # a process that is to end at once does not wait for a page to be read
            thread.start()

    def stop(self) -> None:
        """End the workers; their jobs go back into the queue."""
        self._stopping.set()
        self._wake.set()
        for reader in self._readers:
            reader.abort()
        for thread in self._threads:
            thread.join()

    def _keep_leases(self) -> None:
        interval = self._service.settings.lease_seconds / _LEASE_RENEWALS
        while not self._stopping.wait(min(_PROGRESS_POLL_SECONDS, interval)):
            for reader in self._readers:
                reader.renew_lease(interval)


class _Reader:
    """One thread with one worker process."""

    def __init__(self, name: str, runner: Runner) -> None:
        self._name, self._runner, self._service = name, runner, runner._service
        self._current: _Current | None = None
        self._recorded = (0, 0.0)  # the page that was last written to the store, and when
        self._engine: LocalEngine | None = None
        self._plan: Plan | None = None
        self._must_give_back = False  # a job failed by a fault of the machine is still leased to this thread

    def run(self) -> None:
        """Take jobs until the runner stops."""
        stopping, wake = self._runner._stopping, self._runner._wake
        while not stopping.is_set():
            try:
                self._give_back()
                if not self._take_and_read():
                    wake.wait(_QUEUE_POLL_SECONDS)
                    wake.clear()
            except Exception as error:  # a fault of the machine or of Gouji: the job is still queued and is tried again
                if not stopping.is_set():
                    number = self._current.job.id if self._current else "?"
                    _LOG.exception("job %s could not be read; it is tried again in %.0f s", number, _RETRY_SECONDS)
                    self._current = None
                    self._close()
                    self._must_give_back = self._must_give_back or is_machine_fault(error)
                    with suppress(SQLAlchemyError, OSError):  # without a database, before the next job is taken
                        self._give_back()
                    stopping.wait(_RETRY_SECONDS)
        self._close()

    def renew_lease(self, interval: float) -> None:
        """Renew the lease on the job in hand and record its page: with every page, and every `interval` seconds."""
        if (current := self._current) is None:
            return
        recorded, self._recorded = self._recorded, (current.page, time.monotonic())
        if recorded[0] == current.page and self._recorded[1] - recorded[1] < interval:
            self._recorded = recorded
            return
        try:
            with self._service.store.writing() as session:
                jobs.renew_lease(session, current.job.id, self._name, self._runner.lease, current.page, current.pages)
        except Exception:  # the next renewal may succeed before the lease expires
            _LOG.exception("job %d: the lease could not be renewed", current.job.id)

    def _give_back(self) -> None:
        """Release the job that a fault of the machine ended, if any, without counting the attempt."""
        if self._must_give_back:
            with self._service.store.writing() as session:
                jobs.give_back(session, self._name)
            self._must_give_back = False

    def abort(self) -> None:
        """Kill the worker and put its job back into the queue."""
        with self._service.store.writing() as session:
            jobs.give_back(session, self._name)
        if self._engine is not None:
            self._engine.stop()

    def _take_and_read(self) -> bool:
        """Read the next job of the queue; False where it is empty."""
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
        """The outcome of a document and its report, None for one that failed. Raises GoujiError for machine faults."""
        engine, plan = self._ready()
        task = Task(Input(self._service.files.path(document.place), f"job-{job.id}"))
        outcome = next(iter(list(engine.run([task]))), None)
        if outcome is None:
            raise GoujiError("the worker was stopped")
        if outcome.line.kind in _MACHINE_FAULTS:
            raise GoujiError(outcome.line.error or "")
        if outcome.line.outcome == FAILED:
            return outcome, None
        report = read_report(plan.out, task.item.name)
        remove_report(plan.out, task.item.name)
        return outcome, replace(report, source=replace(report.source, path=document.name))

    def _end(self, job: Job, document: Document, outcome: Outcome, report: Report | None) -> None:
        """Save the result and end the job in one transaction."""
        plan, line = self._plan, outcome.line
        assert plan is not None
        with self._service.store.writing() as session:
            if (held := jobs.held(session, job.id, self._name)) is None:
                return  # deleted meanwhile, or leased to another thread, whose result counts
            jobs.finish(held, line.pages, line.error if report is None else None)
            if report is not None:
                provenance = versions.Provenance(made_with=plan.made_with, weights=dict(plan.weights))
                kept_document = session.merge(document, load=True)
                current = reports.may_be_replaced(session, document.id)
                versions.save(session, kept_document, report, provenance, current=current)

    def _ready(self) -> tuple[LocalEngine, Plan]:
        """The engine with the weights that are in use now, and its plan. Raises GoujiError."""
        pin({})  # forget which versions were in use
        if self._engine is None or self._plan is None or dict(self._plan.weights) != numbers_in_use():
            self._close()
            self._plan = _plan(self._service)
            self._engine = LocalEngine(self._plan, on_page=self._on_page)
        return self._engine, self._plan

    def _on_page(self, _: Task) -> None:
        if self._current is not None:
            pages = self._current.pages or 1  # the end of the document is reported as one page more
            self._current.page = min(pages, self._current.page + 1)

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.close()
        self._engine = self._plan = None


def is_machine_fault(error: Exception) -> bool:
    """Whether weights, a disk, the database or an object store failed, and not the document or Gouji.

    A missing file counts as the document's fault: waiting does not bring it back.
    """
    if isinstance(error, GoujiError):
        return not isinstance(error, InputError)
    if isinstance(error, OSError):
        return not isinstance(error, FileNotFoundError)
    return isinstance(error, (OperationalError, InterfaceError, NoConnection)) or is_store_fault(error)


def _plan(service: Service) -> Plan:
    """The plan of a thread's single worker. Raises GoujiError where weights are missing."""
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
