"""The queue of jobs and their leases."""

from __future__ import annotations

import threading
from datetime import timedelta

from service.store import jobs
from service.store.engine import Store
from service.store.tables import Job
from tests.service.archive import job

MINUTE = timedelta(minutes=1)


def test_jobs_are_taken_in_their_order_and_once(store: Store) -> None:
    with store.writing() as session:
        given = [job(session) for _ in range(3)]
    taken = []
    for number in range(4):
        with store.writing() as session:
            found = jobs.take(session, f"worker {number}", MINUTE, attempts=3)
            taken.append(found and found[0].id)
    assert taken == [*given, None]


def test_many_workers_never_take_one_job_twice(store: Store) -> None:
    with store.writing() as session:
        given = [job(session) for _ in range(40)]
    taken: list[int] = []

    def work(name: str) -> None:
        while True:
            with store.writing() as session:
                found = jobs.take(session, name, MINUTE, attempts=3)
            if found is None:
                return
            taken.append(found[0].id)

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == given


def test_a_job_whose_lease_ran_out_is_anothers(store: Store) -> None:
    with store.writing() as session:
        job_id = job(session)
        assert jobs.take(session, "dead", timedelta(seconds=-1), attempts=3)
    with store.writing() as session:
        found = jobs.take(session, "alive", MINUTE, attempts=3)
        assert found is not None
        assert (found[0].id, found[0].attempts) == (job_id, 2)
    with store.writing() as session:
        assert jobs.held(session, job_id, "dead") is None  # its late result is not taken
        held = jobs.held(session, job_id, "alive")
        assert held is not None
        jobs.finish(held, 4, None)
    with store.reading() as session:
        done = session.get_one(Job, job_id)
        assert (done.state, done.page, done.pages, done.leased_by) == (jobs.DONE, 4, 4, None)


def test_a_lease_is_kept_by_signs_of_life_of_its_holder_alone(store: Store) -> None:
    with store.writing() as session:
        job_id = job(session)
        jobs.take(session, "holder", timedelta(seconds=-1), attempts=3)
    with store.writing() as session:
        jobs.renew_lease(session, job_id, "another", MINUTE, 7, 9)
    with store.reading() as session:
        assert session.get_one(Job, job_id).page == 0
    with store.writing() as session:
        jobs.renew_lease(session, job_id, "holder", MINUTE, 2, 9)
    with store.writing() as session:
        assert jobs.take(session, "another", MINUTE, attempts=3) is None
        kept = session.get_one(Job, job_id)
        assert (kept.page, kept.pages) == (2, 9)


def test_a_job_that_never_ends_is_given_up(store: Store) -> None:
    with store.writing() as session:
        job_id = job(session)
    for _ in range(3):
        with store.writing() as session:
            assert jobs.take(session, "dies", timedelta(seconds=-1), attempts=3)
    with store.writing() as session:
        assert jobs.take(session, "careful", MINUTE, attempts=3) is None
    with store.reading() as session:
        given_up = session.get_one(Job, job_id)
        assert given_up.state == jobs.FAILED
        assert "started 3 times" in (given_up.error or "")
        assert jobs.counts(session) == {"waiting": 0, "running": 0, "done": 0, "failed": 1}


def test_a_worker_that_stops_gives_its_job_back(store: Store) -> None:
    with store.writing() as session:
        job_id = job(session)
        jobs.take(session, "stops", MINUTE, attempts=1)
    with store.writing() as session:
        jobs.give_back(session, "stops")
    with store.writing() as session:
        found = jobs.take(session, "next", MINUTE, attempts=1)
        assert found is not None
        assert (found[0].id, found[0].attempts) == (job_id, 1)
