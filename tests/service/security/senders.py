"""A service with an endpoint for each role, and people who send requests to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.app import create_app
from service.security import Admin, Reviewer, Viewer
from service.security.credentials import (
    hash_password,
    new_secret,
)
from service.security.people import CSRF_HEADER
from service.settings import ServiceSettings
from service.store.engine import Store
from service.store.tables import Audit, Document

HERE = "http://127.0.0.1:8000"


PASSWORD = "勾稽 sums that hold"


def service(data: Path, **settings: object) -> FastAPI:
    """A service with an endpoint for each role, beside its own."""
    app = create_app(ServiceSettings(data=str(data), workers=0, **settings))  # type: ignore[arg-type]

    @app.get("/for/viewer")
    def look(person: Viewer) -> dict[str, str]:
        return {"name": person.name, "by": person.by, "csrf": person.csrf}

    @app.post("/for/reviewer")
    def review(person: Reviewer) -> dict[str, str]:
        return {"name": person.name}

    @app.post("/for/admin")
    def rule(person: Admin) -> dict[str, str]:
        with app.state.service.store.writing() as session:
            session.add(
                Document(sha256=new_secret(), name="a", media_type="b", size=1, place="c", uploaded_by=person.name)
            )
        return {"name": person.name}

    return app


@cache
def hashed() -> str:
    """Hashing is slow on purpose: once is enough."""
    return hash_password(PASSWORD)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(browser: TestClient, name: str, password: str = PASSWORD, next: str = "/") -> int:
    answer = browser.post("/login", data={"name": name, "password": password, "next": next})
    return answer.status_code


def csrf(browser: TestClient) -> dict[str, str]:
    return {CSRF_HEADER: browser.get("/for/viewer").json()["csrf"]}


def audited(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as session:
        rows = session.scalars(sa.select(Audit).order_by(Audit.id))
        return [(row.user, row.action, row.subject) for row in rows]
