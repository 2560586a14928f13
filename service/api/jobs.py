"""Endpoints that tell the progress of one job, of an upload, and of all jobs."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from service.api.shapes import Batch, Id, Jobs, JobShape, refusals
from service.context import Serving
from service.problems import Problem
from service.security import Viewer
from service.store import jobs
from service.store.tables import Job

router = APIRouter(prefix="/api", tags=["jobs"])


@router.get("/jobs", responses=refusals())
def list_jobs(
    service: Serving,
    _: Viewer,
    state: Literal["waiting", "running", "done", "failed"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Jobs:
    """The jobs, newest first."""
    wanted = select(Job).order_by(Job.id.desc()).limit(limit).offset(offset)
    with service.store.reading() as session:
        found = session.scalars(wanted if state is None else wanted.where(Job.state == state)).all()
        return Jobs(states=jobs.counts(session), jobs=[JobShape.model_validate(job) for job in found])


@router.get("/jobs/{job_id}", responses=refusals(404))
def get_job(job_id: Id, service: Serving, _: Viewer) -> JobShape:
    """One job."""
    with service.store.reading() as session:
        job = session.get(Job, job_id)
    if job is None:
        raise Problem(404, f"job {job_id} does not exist")
    return JobShape.model_validate(job)


@router.get("/batches/{batch}", responses=refusals(404))
def get_batch(batch: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")], service: Serving, _: Viewer) -> Batch:
    """The progress of an upload."""
    with service.store.reading() as session:
        found = session.scalars(select(Job).where(Job.batch == batch).order_by(Job.id)).all()
    if not found:
        raise Problem(404, f"batch {batch} does not exist")
    states = dict.fromkeys(jobs.STATES, 0) | Counter(job.state for job in found)
    left = states[jobs.WAITING] + states[jobs.RUNNING]
    return Batch(batch=batch, states=states, finished=not left, jobs=[JobShape.model_validate(job) for job in found])
