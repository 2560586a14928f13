"""Versions of a report."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.output.report_json import load_report
from service.store import reports, versions
from service.store.engine import Store
from service.store.tables import Document, Finding, ReportRow, Version
from tests.examples import examples
from tests.service.archive import report, stored, unsure


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


def test_texts_that_postgresql_cannot_hold_are_kept_without_what_it_cannot(store: Store) -> None:
    with store.writing() as session:
        report_id = stored(session, replace(report(), organization="某\x00局"))
    with store.reading() as session:
        row = session.get_one(ReportRow, report_id)
        assert row.organization == "某局"
        assert versions.report_in(versions.current(session, row)).organization == "某\x00局"


@settings(max_examples=examples(25))
@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=4), text=st.text(max_size=20))
def test_a_version_holds_exactly_what_was_put_in(value: Decimal, text: str) -> None:
    first, *rest = report().fields
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    made = replace(report(), title=text, fields=(replace(first, value=value, printed=text), *rest))
    kept = Version(content=versions.pack(made))
    assert versions.report_in(kept) == made == load_report(versions.text_of(kept))
