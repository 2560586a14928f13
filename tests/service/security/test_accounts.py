"""Accounts, tokens and sessions in the store."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from extraction.errors import UsageError
from service.security.accounts import (
    add_user,
    checked,
    disable_user,
    logged_in,
    password_hash_of,
)
from service.security.credentials import (
    digest_of,
)
from service.security.people import COOKIE
from service.security.roles import Role
from service.store.engine import Store
from service.store.tables import Audit, LoginSession, Token, User
from tests.service.security.senders import PASSWORD, log_in


def test_only_hashes_are_kept(store: Store, browser: TestClient, people: dict[str, str]) -> None:
    log_in(browser, "a-admin")
    secret = browser.cookies[COOKIE]
    with store.reading() as session:
        kept = [user.password_hash for user in session.scalars(sa.select(User))]
        assert all(hashed is not None and hashed.startswith("$argon2id$") for hashed in kept)
        assert {token.hash for token in session.scalars(sa.select(Token))} == {digest_of(t) for t in people.values()}
        assert [s.id_hash for s in session.scalars(sa.select(LoginSession))] == [digest_of(secret)]
        everything = json.dumps([row.detail for row in session.scalars(sa.select(Audit))])
    assert not any(hidden in everything for hidden in (PASSWORD, secret, *people.values(), "argon2"))


def test_a_password_that_was_changed_while_it_was_checked_opens_nothing(store: Store, people: dict[str, str]) -> None:
    with store.reading() as session:
        was = password_hash_of(session, "a-viewer")
    right = checked(PASSWORD, was)
    assert right == was
    assert checked("another password", was) is None
    with store.writing() as session:
        user = logged_in(session, "a-viewer", was, right)
        assert user is not None
        assert user.name == "a-viewer"
        user.password_hash = "another"
        assert logged_in(session, "a-viewer", was, right) is None
        assert logged_in(session, "nobody", None, checked(PASSWORD, None)) is None


def test_an_outdated_hash_is_made_anew_at_the_login(store: Store, people: dict[str, str]) -> None:
    was = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    better = checked(PASSWORD, was)
    assert better not in (None, was)
    with store.writing() as session:
        session.scalars(sa.select(User).where(User.name == "a-viewer")).one().password_hash = was
        session.flush()
        assert logged_in(session, "a-viewer", was, better) is not None
        assert password_hash_of(session, "a-viewer") == better


@pytest.mark.parametrize("name", ["", "local", "service", "a b", "x" * 101, "../etc", "甲\n", "anonymous"])
def test_names_that_would_mislead_are_refused(store: Store, name: str) -> None:
    with store.writing() as session, pytest.raises(UsageError, match="cannot be a user name"):
        add_user(session, name, Role.VIEWER, None)


def test_a_name_is_never_given_twice(store: Store) -> None:
    with store.writing() as session:
        add_user(session, "张三", Role.VIEWER, None)
        disable_user(session, "张三")
        with pytest.raises(UsageError, match="already"):
            add_user(session, "张三", Role.ADMIN, None)
