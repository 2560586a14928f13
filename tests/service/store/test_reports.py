"""Finding reports, the next one for review, and whether a reading may replace one."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from service.store import leases, reports, versions
from service.store.engine import Store
from service.store.tables import Document, Draft, Lease, ReportRow, now
from tests.service.archive import failing, report, stored, unsure
from tests.service.store.locks import wait_until_held_up

MINUTE = timedelta(minutes=1)


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
