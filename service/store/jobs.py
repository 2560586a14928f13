"""The queue of jobs. A running job is leased to a worker; if the worker or its machine dies, the lease expires and the
job is taken again.

waiting -> running -> done | failed, and running -> running by another worker once the lease has expired.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from service.store.tables import Document, Job, now

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
STATES = (WAITING, RUNNING, DONE, FAILED)


def add(session: Session, document: Document, batch: str) -> Job:
    """Queue a job that reads a document."""
    job = Job(batch=batch, document_id=document.id, state=WAITING, attempts=0, page=0, created=now())
    session.add(job)
    session.flush()
    return job


def take(session: Session, worker: str, lease: timedelta, attempts: int) -> tuple[Job, Document] | None:
    """Lease the job that has waited longest to `worker`; None where the queue is empty.

    A job that was started `attempts` times and never ended fails: it may be what kills the service.
    """
    moment = now()
    free = or_(Job.state == WAITING, (Job.state == RUNNING) & (Job.leased_until < moment))
    while (
        found := session.execute(
            select(Job, Document)
            .join(Document, Document.id == Job.document_id)
            .where(free)
            .order_by(Job.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=Job)
        ).first()
    ) is not None:
        job, document = found
        if job.attempts >= attempts:
            _end(job, f"reading was started {attempts} times and never finished")
            session.flush()
            continue
        job.state, job.leased_by, job.leased_until = RUNNING, worker, moment + lease
        job.attempts, job.page, job.started = job.attempts + 1, 0, moment
        session.flush()
        return job, document
    return None


def renew_lease(session: Session, job_id: int, worker: str, lease: timedelta, page: int, pages: int | None) -> None:
    """Renew the lease on a job if `worker` still holds it, and record that it is at `page` of `pages`."""
    held = (Job.id == job_id) & (Job.state == RUNNING) & (Job.leased_by == worker)
    session.execute(update(Job).where(held).values(leased_until=now() + lease, page=page, pages=pages))


def held(session: Session, job_id: int, worker: str) -> Job | None:
    """The job, locked, if `worker` still holds its lease; else None."""
    job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    return job if job is not None and job.state == RUNNING and job.leased_by == worker else None


def finish(job: Job, pages: int | None, error: str | None) -> None:
    """End a job: done, or failed if there is an error."""
    job.pages = pages
    job.page = pages or job.page
    _end(job, error)


def _end(job: Job, error: str | None) -> None:
    job.state, job.error = (FAILED, error) if error is not None else (DONE, None)
    job.leased_by = job.leased_until = None
    job.finished = now()


def give_back(session: Session, worker: str) -> None:
    """Put a worker's job back into the queue without counting the attempt.

    For workers that are stopped, and for faults of the machine rather than of the document.
    """
    held_by = (Job.state == RUNNING) & (Job.leased_by == worker)
    values = {"state": WAITING, "leased_by": None, "leased_until": None, "attempts": Job.attempts - 1}
    session.execute(update(Job).where(held_by).values(**values))


def latest(session: Session, document_ids: Sequence[int]) -> dict[int, Job]:
    """The newest job of each document."""
    newest = select(func.max(Job.id)).where(Job.document_id.in_(document_ids)).group_by(Job.document_id)
    return {job.document_id: job for job in session.scalars(select(Job).where(Job.id.in_(newest)))}


def counts(session: Session) -> dict[str, int]:
    """How many jobs are in each state."""
    found = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return dict.fromkeys(STATES, 0) | dict(found.all())
