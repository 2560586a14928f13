"""The store, on SQLite and on a PostgreSQL server: every test runs on both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from extraction.errors import UsageError
from extraction.output.report_json import load_report
from service.store import documents, jobs, leases, reports, versions
from service.store.engine import Store
from service.store.tables import Base, Document, Draft, Finding, Instant, Job, Lease, ReportRow, Version, now
from tests.postgres import empty_database
from tests.service.archive import document, failing, job, report, stored, unsure

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('store')}/a.db"
    else:
        address = empty_database(request.getfixturevalue("postgres_server"))
    made = Store(address)
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def store(filled: Store) -> Store:
    """Emptied of what the test before has left: faster than another database."""
    with filled.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    return filled


@pytest.fixture
def postgresql(postgres: str) -> Iterator[Store]:
    """For what SQLite, of one writer at a time, cannot have."""
    made = Store(postgres)
    made.upgrade()
    yield made
    made.close()


def test_migrations_make_the_tables_that_are_declared(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _same_type})
        assert compare_metadata(context, Base.metadata) == []
    store.upgrade()  # a second start finds nothing to do


def _same_type(_: object, __: object, ___: object, found: sa.types.TypeEngine[object], ours: object) -> bool | None:
    return False if isinstance(ours, Instant) and isinstance(found, sa.DateTime) else None


def test_instants_come_back_as_they_were(store: Store) -> None:
    moment = now()
    with store.writing() as session:
        kept = document(session, created=moment).id
    with store.reading() as session:
        assert session.get_one(Document, kept).created == moment


def test_what_fails_halfway_leaves_nothing(store: Store) -> None:
    def fail_halfway() -> None:
        with store.writing() as session:
            document(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with store.reading() as session:
        assert documents.listed(session, 10, 0) == (0, [])


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


def test_every_version_is_kept_and_the_newest_is_current(store: Store) -> None:
    read = unsure(report(), "applications.received.total")
    with store.writing() as session:
        report_id = stored(session, read)
        row = session.get_one(ReportRow, report_id)
        assert (row.to_review, row.revision) == (1, 1)
        of = session.get_one(Document, row.document_id)
        making = versions.Provenance(kind=versions.REVIEWED, author="王", note="核对")
        versions.save(session, of, report(), making)
    with store.reading() as session:
        row = session.get_one(ReportRow, report_id)
        assert (row.to_review, row.revision) == (0, 2)
        first, second = versions.listed(session, report_id)
        assert versions.report_in(first) == read
        assert versions.report_in(versions.current(session, row)) == report()
        assert (second.number, second.kind, second.author, second.note) == (2, "reviewed", "王", "核对")
        assert [c[0] for c in versions.changes(read, report())] == ["applications.received.total"]


def test_a_version_that_is_not_to_be_current_changes_no_list(store: Store) -> None:
    with store.writing() as session:
        report_id = stored(session, report())
        of = session.get_one(Document, session.get_one(ReportRow, report_id).document_id)
        unsure_now = unsure(report(), "applications.received.total")
        versions.save(session, of, unsure_now, versions.Provenance(), current=False)
    with store.reading() as session:
        assert session.get_one(ReportRow, report_id).to_review == 0
        assert [v.number for v in versions.listed(session, report_id)] == [1, 2]
        assert not session.scalars(sa.select(Finding).where(Finding.kind == reports.FIELD)).all()


def test_a_new_reading_does_not_replace_what_a_person_has_done(store: Store) -> None:
    with store.writing() as session:
        untouched, begun, accepted, opened, left = (stored(session, report()) for _ in range(5))
        session.add(Draft(report_id=begun, user="王", sequence=1, kind="value", at=now()))
        session.get_one(ReportRow, accepted).state = reports.ACCEPTED
        session.add(Lease(report_id=opened, user="王", until=now() + MINUTE))
        session.add(Lease(report_id=left, user="王", until=now() - MINUTE))
    with store.reading() as session:
        may = [
            reports.may_be_replaced(session, session.get_one(ReportRow, report_id).document_id)
            for report_id in (untouched, begun, accepted, opened, left)
        ]
    assert may == [True, False, False, False, True]


def test_a_new_reading_waits_for_who_is_just_beginning(postgresql: Store) -> None:
    with postgresql.writing() as session:
        report_id = stored(session, report())
        document_id = session.get_one(ReportRow, report_id).document_id
    may: list[bool] = []

    def ends() -> None:
        with postgresql.writing() as session:
            may.append(reports.may_be_replaced(session, document_id))

    with postgresql.writing() as session:
        leases.hold(session, report_id, "王")
        reading = threading.Thread(target=ends)
        reading.start()
        wait_until_held_up(postgresql, reading)
    reading.join()
    assert may == [False]


def test_nobody_begins_on_a_report_that_is_being_replaced(postgresql: Store) -> None:
    with postgresql.writing() as session:
        report_id = stored(session, report())
        document_id = session.get_one(ReportRow, report_id).document_id
    seen: list[int] = []

    def begins() -> None:
        with postgresql.writing() as session:
            leases.hold(session, report_id, "王")
            seen.append(session.get_one(ReportRow, report_id).revision)

    with postgresql.writing() as session:
        assert reports.may_be_replaced(session, document_id)
        reviewer = threading.Thread(target=begins)
        reviewer.start()
        wait_until_held_up(postgresql, reviewer)
        versions.save(session, session.get_one(Document, document_id), report(), versions.Provenance())
    reviewer.join()
    assert seen == [2]


def wait_until_held_up(store: Store, thread: threading.Thread) -> None:
    """Until a thread waits for a lock of the database, or has ended."""
    waiting = sa.text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    while thread.is_alive():
        with store.reading() as session:
            if session.scalar(waiting):
                return
        thread.join(0.05)


def test_reports_are_found_by_each_filter(store: Store) -> None:
    received, total = "applications.received.total", "applications.received:row_total"
    with store.writing() as session:
        plain = stored(session, report(), name="城管局.pdf")
        other = stored(session, replace(report("qingluo-2019"), organization="某市水利局%", year=2019), name="b.pdf")
        open_one = stored(session, unsure(report(), received))
        wrong = stored(session, failing(report(), total))
        session.get_one(ReportRow, wrong).state = reports.ACCEPTED

    def found(**asked: object) -> list[int]:
        with store.reading() as session:
            query = reports.Query(**asked)  # type: ignore[arg-type]
            count, rows = reports.find(session, query)
            assert count == len(rows)
            assert sorted(row.id for row in rows) == sorted(reports.ids(session, query))
            return sorted(row.id for row in rows)

    everything = sorted([plain, other, open_one, wrong])
    assert found() == everything
    assert found(organization="某市水利局%") == [other]
    assert found(text="水利") == [other]
    assert found(text="局%") == [other]  # no wildcard
    assert found(text="城管局.PDF") == [plain]
    assert found(year=2019) == [other]
    assert found(template=report().template) == sorted([plain, open_one, wrong])
    assert found(state="accepted") == [wrong]
    assert found(to_review=True) == [open_one]
    assert found(to_review=False, state="converted", year=2024) == [plain]
    assert found(failed_checks=True, check=total) == [wrong]
    assert found(check="applications.results.total:row_total") == []
    assert found(field=received) == [open_one]


@pytest.mark.parametrize("order", reports.ORDERS)
def test_pages_of_a_list_are_the_list(store: Store, order: str) -> None:
    with store.writing() as session:
        for year in (2021, 2023, 2022, 2023, 2020):
            stored(session, replace(report(), year=year))
    with store.reading() as session:
        _, whole = reports.find(session, reports.Query(), order)
        pages = [reports.find(session, reports.Query(), order, 2, offset)[1] for offset in (0, 2, 4)]
    assert [row.id for row in whole] == [row.id for page in pages for row in page]
    assert len(whole) == 5


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


def test_the_next_report_has_a_form_and_is_nobody_elses(store: Store) -> None:
    with store.writing() as session:
        formless = stored(session, report())
        taken, mine, accepted = (stored(session, unsure(report(), "applications.received.total")) for _ in range(3))
        for number, gain in ((formless, 9.0), (taken, 8.0), (mine, 7.0), (accepted, 6.0)):
            session.get_one(ReportRow, number).gain = gain
        session.get_one(ReportRow, formless).template = None
        session.get_one(ReportRow, accepted).state = reports.ACCEPTED
        session.add(Lease(report_id=taken, user="李", until=now() + MINUTE))
        session.add(Lease(report_id=mine, user="王", until=now() + MINUTE))
    with store.reading() as session:
        assert reports.next_for_review(session, "王") == mine
        assert reports.next_for_review(session, "李") == taken
        assert reports.next_for_review(session, "赵") is None
    with store.writing() as session:
        session.get_one(Lease, taken).until = now() - MINUTE
    with store.reading() as session:
        assert reports.next_for_review(session, "赵") == taken


def test_texts_that_postgresql_cannot_hold_are_kept_without_what_it_cannot(store: Store) -> None:
    with store.writing() as session:
        report_id = stored(session, replace(report(), organization="某\x00局"))
    with store.reading() as session:
        row = session.get_one(ReportRow, report_id)
        assert row.organization == "某局"
        assert versions.report_in(versions.current(session, row)).organization == "某\x00局"


@settings(max_examples=25)
@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=4), text=st.text(max_size=20))
def test_a_version_holds_exactly_what_was_put_in(value: Decimal, text: str) -> None:
    first, *rest = report().fields
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    made = replace(report(), title=text, fields=(replace(first, value=value, printed=text), *rest))
    kept = Version(content=versions.pack(made))
    assert versions.report_in(kept) == made == load_report(versions.text_of(kept))


def test_the_id_of_a_deleted_report_is_never_anothers(store: Store) -> None:
    with store.writing() as session:
        gone = stored(session, report())
        documents.delete(session, session.get_one(Document, session.get_one(ReportRow, gone).document_id))
    with store.writing() as session:
        assert stored(session, report()) > gone


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is no database, but a text " * 100)
    with pytest.raises(UsageError, match=r"a\.db cannot be used"):
        Store(f"sqlite:///{tmp_path}/a.db").upgrade()
    with pytest.raises(UsageError, match="cannot be used"):
        Store("nothing://at/all")
