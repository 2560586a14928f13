"""A service, its store, an account for each role, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.security.accounts import (
    add_token,
    add_user,
)
from service.security.roles import Role
from service.store.engine import Store
from tests.service.security.senders import HERE, hashed, service


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return service(tmp_path)


@pytest.fixture
def store(app: FastAPI) -> Store:
    found = app.state.service.store
    assert isinstance(found, Store)
    return found


@pytest.fixture
def people(store: Store) -> dict[str, str]:
    """An account for each role, named like it, all with the same password; name -> token."""
    with store.writing() as session:
        for role in Role:
            add_user(session, f"a-{role}", role, None).password_hash = hashed()
        return {str(role): add_token(session, f"a-{role}") for role in Role}


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client
