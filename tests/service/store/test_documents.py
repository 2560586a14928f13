"""Documents, and what is deleted with them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from service.store import documents, jobs, versions
from service.store.engine import Store
from service.store.tables import Document, Draft, Finding, Job, ReportRow, Version, now
from tests.service.archive import document, job, report, stored, unsure
from tests.service.store.locks import wait_until_held_up

MINUTE = timedelta(minutes=1)


def test_a_content_is_one_document_until_it_is_deleted(store: Store) -> None:
    with store.writing() as session:
        first = document(session, sha256="a" * 64)
    with pytest.raises(IntegrityError), store.writing() as session:
        document(session, sha256="a" * 64)
    with store.writing() as session:
        documents.delete(session, session.get_one(Document, first.id))
        assert documents.known(session, "a" * 64) is None
        again = document(session, sha256="a" * 64)
        found = documents.known(session, "a" * 64)
        assert found is not None
        assert found.id == again.id != first.id


def test_what_belongs_to_a_document_goes_with_it_and_nothing_else(store: Store) -> None:
    with store.writing() as session:
        doomed, kept = (stored(session, unsure(report(), "applications.received.total")) for _ in range(2))
        of = session.get_one(Document, session.get_one(ReportRow, doomed).document_id)
        jobs.add(session, of, "0" * 16)
        session.add(Draft(report_id=doomed, user="王", sequence=1, kind="value", at=now()))
        documents.delete(session, of)
    with store.reading() as session:
        left = {
            table: session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Job, Draft, ReportRow)
        }
        assert list(left.values()) == [0, 0, 1]
        assert {v.report_id for v in session.scalars(sa.select(Version))} == {kept}
        assert {f.report_id for f in session.scalars(sa.select(Finding))} == {kept}
        assert documents.get(session, of.id) is None
        assert session.get_one(Document, of.id).deleted is not None


def test_a_document_deleted_as_its_first_reading_ends_leaves_no_report(postgresql: Store) -> None:
    with postgresql.writing() as session:
        job_id = job(session)
        document_id = session.get_one(Job, job_id).document_id
        assert jobs.take(session, "reader", MINUTE, attempts=3)

    def deletes() -> None:
        with postgresql.writing() as session:
            documents.delete(session, session.get_one(Document, document_id))

    with postgresql.writing() as session:
        held = jobs.held(session, job_id, "reader")
        assert held is not None
        jobs.finish(held, 1, None)
        deletion = threading.Thread(target=deletes)
        deletion.start()
        wait_until_held_up(postgresql, deletion)
        versions.save(session, session.get_one(Document, document_id), report(), versions.Provenance())
    deletion.join()
    with postgresql.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ReportRow)) == 0
        assert documents.get(session, document_id) is None
