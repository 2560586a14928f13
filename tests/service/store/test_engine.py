"""Transactions, and addresses that are no database."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.errors import UsageError
from service.store import documents
from service.store.engine import Store
from tests.service.archive import document


def test_what_fails_halfway_leaves_nothing(store: Store) -> None:
    def fail_halfway() -> None:
        with store.writing() as session:
            document(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with store.reading() as session:
        assert documents.listed(session, 10, 0) == (0, [])


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is no database, but a text " * 100)
    with pytest.raises(UsageError, match=r"a\.db cannot be used"):
        Store(f"sqlite:///{tmp_path}/a.db").upgrade()
    with pytest.raises(UsageError, match="cannot be used"):
        Store("nothing://at/all")
