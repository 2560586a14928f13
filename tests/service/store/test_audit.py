"""The audit log."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.security.accounts import (
    add_user,
    change_user,
)
from service.security.roles import Role
from service.store.audit import Actor, acting
from service.store.engine import Store
from service.store.tables import Audit, Document
from tests.service.security.conftest import app as app
from tests.service.security.conftest import browser as browser
from tests.service.security.conftest import people as people
from tests.service.security.conftest import store as store
from tests.service.security.senders import PASSWORD, audited, bearer, csrf, log_in


def test_every_change_leaves_a_row_that_says_who(browser: TestClient, store: Store, people: dict[str, str]) -> None:
    before = len(audited(store))
    browser.post("/for/admin", headers=bearer(people["admin"]))
    log_in(browser, "a-viewer")
    browser.post("/logout", headers=csrf(browser))
    with acting(Actor("test")), store.writing() as session:
        change_user(session, "a-viewer", role=Role.ADMIN)
        session.execute(sa.update(Document).values(name="b"))
        session.execute(sa.delete(Document))
    assert audited(store)[before:] == [
        ("a-admin", "document.add", "document/1"),
        ("a-viewer", "session.add", "session"),
        ("a-viewer", "session.delete", "session"),
        ("test", "user.change", "user/1"),
        ("test", "document.change", ""),
        ("test", "document.delete", ""),
    ]
    with store.reading() as session:
        changed = session.scalars(sa.select(Audit).where(Audit.user == "test")).first()
    assert changed is not None
    assert changed.detail == {"role": "admin"}


def test_what_is_undone_leaves_no_row(store: Store) -> None:
    def fail() -> None:
        with store.writing() as session:
            add_user(session, "zhang", Role.VIEWER, PASSWORD)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert audited(store) == []


def test_the_log_is_only_ever_added_to(store: Store, people: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="cannot be changed or deleted"), store.writing() as session:
        session.scalars(sa.select(Audit)).all()[0].user = "nobody"
    with pytest.raises(RuntimeError, match="cannot be changed or deleted"), store.writing() as session:
        session.execute(sa.delete(Audit))
    with pytest.raises(RuntimeError, match="cannot be changed or deleted"), store.writing() as session:
        session.execute(sa.update(Audit).values(user="nobody"))
    assert len(audited(store)) == len(people) * 3
