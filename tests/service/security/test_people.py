"""Who makes a request: at this machine, by a token, by a session; and what a role may do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from fastapi.testclient import TestClient

from extraction.cli import main
from extraction.errors import UsageError
from service.app import create_app
from service.security import require_account_if_exposed
from service.security.accounts import (
    add_token,
    add_user,
    disable_user,
    revoke_token,
)
from service.security.credentials import (
    new_secret,
    new_token,
)
from service.security.people import CSRF_HEADER
from service.security.roles import Role
from service.settings import ServiceSettings
from service.store.engine import Store
from service.store.tables import Token
from tests.service.security.senders import PASSWORD, bearer, csrf, log_in, service


def test_without_accounts_whoever_is_at_this_machine_is_an_admin(browser: TestClient) -> None:
    assert browser.get("/for/viewer").json()["by"] == "local"
    assert browser.post("/for/admin").json() == {"name": "local"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_who_asks_for_somebody_else_is_not_at_this_machine(browser: TestClient, header: str) -> None:
    assert browser.get("/for/viewer", headers={header: "192.0.2.1"}).status_code == 401


def test_with_the_first_account_everybody_says_who_they_are(browser: TestClient, store: Store) -> None:
    assert browser.post("/for/admin").status_code == 200
    with store.writing() as session:
        add_user(session, "zhang", Role.VIEWER, PASSWORD)
    assert browser.post("/for/admin").status_code == 401
    with store.writing() as session:
        disable_user(session, "zhang")
    assert browser.post("/for/admin").status_code == 401  # not open again


def test_where_others_can_reach_it_nobody_is_local_and_it_starts_with_an_account_only(tmp_path: Path) -> None:
    app = service(tmp_path, host="0.0.0.0")
    store, settings = app.state.service.store, app.state.service.settings
    with pytest.raises(UsageError, match="gouji users add"):
        require_account_if_exposed(settings, store)
    assert TestClient(app, base_url="http://gouji.example").get("/for/viewer").status_code == 401
    with store.writing() as session:
        add_user(session, "zhang", Role.ADMIN, PASSWORD)
    require_account_if_exposed(settings, store)
    with store.writing() as session:
        disable_user(session, "zhang")
    with pytest.raises(UsageError):
        require_account_if_exposed(settings, store)


def test_gouji_serve_refuses_to_stand_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path)]) == 2
    assert "there is no user yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("role", "answers"), [("viewer", (200, 403, 403)), ("reviewer", (200, 200, 403)), ("admin", (200, 200, 200))]
)
def test_a_role_may_do_what_the_ones_below_may(
    browser: TestClient, people: dict[str, str], role: str, answers: tuple[int, ...]
) -> None:
    sent = bearer(people[role])
    looked, reviewed, ruled = (
        browser.get("/for/viewer", headers=sent),
        browser.post("/for/reviewer", headers=sent),
        browser.post("/for/admin", headers=sent),
    )
    assert (looked.status_code, reviewed.status_code, ruled.status_code) == answers
    assert looked.json()["name"] == f"a-{role}"


def test_no_token_a_wrong_one_an_old_one_a_revoked_one_and_one_of_somebody_disabled_are_refused(
    browser: TestClient, store: Store, people: dict[str, str]
) -> None:
    with store.writing() as session:
        expired = add_token(session, "a-admin", "over", timedelta(seconds=-1))
        revoked = add_token(session, "a-admin", "lost")
    assert browser.get("/for/viewer", headers=bearer(revoked)).status_code == 200
    with store.writing() as session:
        number = session.scalars(sa.select(Token.id).where(Token.label == "lost")).one()
        revoke_token(session, number)
        disable_user(session, "a-reviewer")
    refused = [{}, bearer(new_token()), bearer(expired), bearer(revoked), bearer(people["reviewer"])]
    refused += [{"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer  "}]
    for sent in refused:
        answer = browser.get("/for/viewer", headers=sent)
        assert answer.status_code == 401, sent
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wrong_token_is_not_made_good_by_a_session(browser: TestClient, people: dict[str, str]) -> None:
    assert log_in(browser, "a-admin") == 303
    assert browser.get("/for/viewer", headers=bearer(new_token())).status_code == 401


def endpoints(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Method and path of every endpoint, those of routers within routers too."""
    for route in routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from endpoints(inner.routes)
        else:
            yield from ((method, re.sub(r"{\w+}", "1", route.path)) for method in sorted(route.methods or ()))


OPEN = {"/openapi.json", "/health", "/login", "/login.css", "/static/1/1"}


def test_no_endpoint_is_open_to_nobody_and_none_that_changes_anything_to_a_viewer(
    tmp_path: Path, browser: TestClient, people: dict[str, str]
) -> None:
    every = set(endpoints(create_app(ServiceSettings(data=str(tmp_path / "other"), workers=0)).routes))
    assert {("POST", "/api/documents"), ("DELETE", "/api/documents/1"), ("POST", "/api/trainings/1/promote")} <= every
    for method, path in every:
        if path in OPEN:
            continue
        assert browser.request(method, path).status_code == 401, (method, path)
        if (method not in ("GET", "HEAD") and path != "/logout") or path == "/api/audit":
            assert browser.request(method, path, headers=bearer(people["viewer"])).status_code == 403, (method, path)


def test_a_change_without_the_csrf_token_of_its_session_is_refused(browser: TestClient, people: dict[str, str]) -> None:
    log_in(browser, "a-admin")
    right = csrf(browser)
    assert browser.post("/for/admin").status_code == 403
    assert browser.post("/for/admin", headers={CSRF_HEADER: ""}).status_code == 403
    assert browser.post("/for/admin", headers={CSRF_HEADER: new_secret()}).status_code == 403
    assert browser.post("/for/admin", headers=right).status_code == 200
    assert browser.post("/for/admin", data={"csrf": right[CSRF_HEADER]}).status_code == 200
    assert browser.post("/for/admin", data={"csrf": "x"}).status_code == 403
    log_in(browser, "a-admin")
    assert browser.post("/for/admin", headers=right).status_code == 403  # of the session before
