"""The tables and their migrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.store import documents
from service.store.engine import Store
from service.store.tables import Base, Document, Instant, ReportRow, now
from tests.service.archive import document, report, stored


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


def test_the_id_of_a_deleted_report_is_never_anothers(store: Store) -> None:
    with store.writing() as session:
        gone = stored(session, report())
        documents.delete(session, session.get_one(Document, session.get_one(ReportRow, gone).document_id))
    with store.writing() as session:
        assert stored(session, report()) > gone
