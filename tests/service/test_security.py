"""Who gets in, who does not, and what is written down of it: a real service over a real database."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from extraction.cli import main
from extraction.errors import EmptyFile, TooLarge, UnsupportedFormat, UsageError
from extraction.settings import IngestSettings
from service.app import create_app
from service.security import Admin, Reviewer, Viewer, require_account_if_exposed
from service.security.accounts import (
    add_token,
    add_user,
    change_user,
    checked,
    disable_user,
    logged_in,
    password_hash_of,
    revoke_token,
)
from service.security.addresses import is_loopback, same_origin
from service.security.credentials import (
    WeakPassword,
    digest_of,
    hash_password,
    is_password,
    is_same,
    new_secret,
    new_token,
)
from service.security.pages import local_address
from service.security.people import COOKIE, CSRF_HEADER
from service.security.rate_limits import Limiter, Rate
from service.security.roles import Role
from service.security.uploads import received, shown_name
from service.settings import ServiceSettings
from service.store.audit import Actor, acting
from service.store.engine import Store
from service.store.tables import Audit, Document, LoginSession, Token, User, now

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


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return service(tmp_path)


@pytest.fixture
def store(app: FastAPI) -> Store:
    found = app.state.service.store
    assert isinstance(found, Store)
    return found


@cache
def hashed() -> str:
    """Hashing is slow on purpose: once is enough."""
    return hash_password(PASSWORD)


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


# ---------------------------------------------------------------- without accounts


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


# ---------------------------------------------------------------- roles and tokens


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


# ---------------------------------------------------------------- sessions


def test_a_browser_is_sent_to_the_login_page_and_back(browser: TestClient, people: dict[str, str]) -> None:
    answer = browser.get("/for/viewer?a=1", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ffor%2Fviewer%3Fa%3D1")
    page = browser.get(answer.headers["location"])
    assert 'value="/for/viewer?a=1"' in page.text
    answer = browser.post("/login", data={"name": "a-viewer", "password": PASSWORD, "next": "/for/viewer?a=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/for/viewer?a=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.get("/for/viewer").json()["name"] == "a-viewer"


def test_over_https_the_cookie_is_for_https_only(app: FastAPI, people: dict[str, str]) -> None:
    browser = TestClient(app, base_url="https://127.0.0.1:8000", follow_redirects=False)
    answer = browser.post("/login", data={"name": "a-viewer", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize(("name", "password"), [("a-admin", "wrong password"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_or_password_is_refused_in_the_same_words(
    browser: TestClient, store: Store, people: dict[str, str], name: str, password: str
) -> None:
    answer = browser.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert COOKIE not in browser.cookies
    assert audited(store)[-1] == ("anonymous", "login.refused", f"user/{name}")


def test_while_a_password_is_checked_others_may_write(
    browser: TestClient, store: Store, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Event()

    class Busy(Semaphore):
        def __enter__(self) -> bool:
            waits.set()
            return self.acquire()

    busy = Busy(0)  # all that hash at once do
    monkeypatch.setattr("service.security.credentials._CONCURRENT_HASHES", busy)
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(log_in, browser, "a-viewer")
        try:
            assert waits.wait(60)
            with store.writing() as session:  # on SQLite there is one writer at a time
                disable_user(session, "a-admin")
        finally:
            busy.release(9)
        assert status.result() == 303


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


def test_the_session_id_is_new_after_a_login_and_the_old_one_is_dead(
    browser: TestClient, people: dict[str, str]
) -> None:
    planted = new_secret()
    browser.cookies.set(COOKIE, planted, domain="127.0.0.1")
    log_in(browser, "a-viewer")
    first = [cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE]
    assert planted not in first or len(first) > 1
    browser.cookies.clear()
    assert browser.get("/for/viewer", headers={"Cookie": f"{COOKIE}={planted}"}).status_code == 401
    log_in(browser, "a-viewer")
    old = browser.cookies[COOKIE]
    log_in(browser, "a-viewer")
    assert browser.cookies[COOKIE] != old
    browser.cookies.clear()
    assert browser.get("/for/viewer", headers={"Cookie": f"{COOKIE}={old}"}).status_code == 401


def test_a_session_ends_by_logging_out_by_time_by_disuse_and_with_the_password(
    browser: TestClient, store: Store, people: dict[str, str]
) -> None:
    def in_session() -> int:
        return browser.get("/for/viewer").status_code

    log_in(browser, "a-viewer")
    assert browser.post("/logout").status_code == 403  # another site's form logs nobody out
    kept = browser.cookies[COOKIE]
    assert browser.post("/logout", headers=csrf(browser)).status_code == 303
    assert browser.get("/for/viewer", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401
    for values in ({"expires": now()}, {"seen": now() - timedelta(hours=3)}):
        log_in(browser, "a-viewer")
        assert in_session() == 200
        with store.writing() as session:
            session.execute(sa.update(LoginSession).values(**values))
        assert in_session() == 401
        browser.cookies.clear()
    log_in(browser, "a-viewer")
    with store.writing() as session:
        change_user(session, "a-viewer", password="another one, longer")
    assert in_session() == 401
    assert log_in(browser, "a-viewer", "another one, longer") == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "", "/a\nb"],
)
def test_nobody_is_led_to_another_site(wanted: str) -> None:
    assert local_address(wanted) == "/"


# ---------------------------------------------------------------- other sites, other hosts, too much, too often


def test_pages_of_other_sites_change_nothing(browser: TestClient) -> None:
    for sent in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert browser.post("/for/admin", headers=sent).status_code == 403, sent
    for sent in ({}, {"Origin": HERE}, {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert browser.post("/for/admin", headers=sent).status_code == 200, sent


def test_on_loopback_it_answers_to_no_other_name(browser: TestClient, tmp_path: Path) -> None:
    for host in ("evil.example", "gouji.example", "127.0.0.1.evil.example", ""):
        assert browser.get("/for/viewer", headers={"Host": host}).status_code == 421, host
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"):
        assert browser.get("/for/viewer", headers={"Host": host}).status_code == 200, host
    named = TestClient(service(tmp_path / "2", hosts=("gouji.example",)), base_url="http://gouji.example")
    assert named.get("/for/viewer").status_code == 200


def test_every_answer_has_the_headers(browser: TestClient) -> None:
    for answer in (browser.get("/login"), browser.get("/nothing"), browser.get("/", headers={"Host": "evil.example"})):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_login_page_has_no_script_and_no_style_in_itself(browser: TestClient) -> None:
    text = browser.get("/login", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script" not in text
    assert "style=" not in text
    assert browser.get("/login.css").headers["content-type"].startswith("text/css")


def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(tmp_path: Path) -> None:
    browser = TestClient(service(tmp_path, upload_bytes=1000), base_url=HERE)
    large = {"Content-Type": "multipart/form-data; boundary=x"}
    assert browser.post("/for/reviewer", content=b"x" * 1_100_000, headers=large).status_code == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    parts = (b"name=" + b"x" * 600_000 for _ in range(3))  # sent in chunks: nobody says how many
    assert browser.post("/login", content=parts, headers=form).status_code == 413


def test_of_nobody_no_upload_is_taken_and_of_a_viewer_none_is_kept(
    app: FastAPI, browser: TestClient, people: dict[str, str]
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.7'
    large, whole = {"Content-Type": "multipart/form-data; boundary=x"}, head + b"\r\n--x--\r\n"
    # a body that is no form would be 400 or 422, if anybody looked at it before they asked who sends it
    assert browser.post("/api/documents", content=b"no form", headers=large).status_code == 401
    for sent, status in ((bearer(new_token()), 401), (bearer(people["viewer"]), 403)):
        assert browser.post("/api/documents", content=whole, headers=large | sent).status_code == status
    with app.state.service.store.reading() as session:
        assert session.scalars(sa.select(Document)).all() == []


def test_too_many_requests_have_to_wait(tmp_path: Path) -> None:
    browser = TestClient(service(tmp_path, requests_at_once=5, requests_per_second=0.01), base_url=HERE)
    answers = [browser.get("/for/viewer") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0


def test_passwords_and_tokens_cannot_be_tried_for_ever(browser: TestClient, people: dict[str, str]) -> None:
    tries = [log_in(browser, "a-admin", f"guess number {n}") for n in range(10)]
    assert tries[:8] == [401] * 8
    assert tries[8:] == [429] * 2
    assert log_in(browser, "a-admin") == 429  # the right one too: otherwise a guesser would know
    assert log_in(browser, "a-viewer") == 303  # others are not locked out
    answers = {browser.get("/for/viewer", headers=bearer(new_token())).status_code for _ in range(40)}
    assert answers == {401, 429}
    assert browser.get("/for/viewer", headers=bearer(people["viewer"])).status_code == 200


@given(st.lists(st.floats(0, 100), max_size=30))
def test_no_more_is_allowed_than_the_rate_says(pauses: list[float]) -> None:
    at = 0.0
    limiter, allowed = Limiter(Rate(3, 0.5), lambda: at), 0
    for pause in pauses:
        at += pause
        allowed += limiter.wait("a") == 0
    assert allowed <= 3 + 0.5 * at
    assert limiter.wait("b") == 0


# ---------------------------------------------------------------- what is written down


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


# ---------------------------------------------------------------- passwords, names, addresses, uploads


def test_a_password_is_the_one_that_was_hashed_and_no_other() -> None:
    assert is_password(PASSWORD, hashed())
    assert not is_password(PASSWORD + " ", hashed())
    assert not is_password("", hashed())
    assert hash_password(PASSWORD) != hashed()  # each has its own salt
    assert not is_password(PASSWORD, None)
    assert not is_password(PASSWORD, "no hash")
    for wrong in ("short", "x" * 2000):
        with pytest.raises(WeakPassword):
            hash_password(wrong)


def test_nothing_is_not_the_same_as_nothing() -> None:
    assert not is_same("", "")
    assert not is_same("甲", "")
    assert is_same("甲", "甲")


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


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *((host, True) for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")),
        *((host, False) for host in ("0.0.0.0", "::", "192.168.1.2", "localhost.evil.example", "")),
    ],
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://a:8000", "a:8000", True),
        ("https://a", "a", True),
        ("https://a", "a:443", True),
        ("http://a:8000", "a:8001", False),
        ("http://a.b", "a", False),
        ("null", "a", False),
        ("http://a:99999", "a", False),
        ("", "", False),
    ],
)
def test_a_page_is_ours_by_name_and_port(origin: str, host: str, same: bool) -> None:
    assert same_origin(origin, host) is same


def test_what_is_uploaded_is_told_by_its_content(tmp_path: Path) -> None:
    limits = IngestSettings(max_bytes=2000)
    with received(io.BytesIO(b"%PDF-1.7 ..."), "..\\..\\report.exe", limits) as file:
        kept = file.path
        assert (file.media_type, file.suffix, file.name, file.size) == ("application/pdf", ".pdf", "report.exe", 12)
        assert kept.read_bytes() == b"%PDF-1.7 ..."
    assert not kept.exists()
    for content, fault in ((b"", EmptyFile), (b"x" * 2001, TooLarge), (b"\x7fELF\x00\x00\x01", UnsupportedFormat)):
        with pytest.raises(fault), received(io.BytesIO(content), "report.pdf", limits):
            pass


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2023年报.pdf", "2023年报.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("../..", ".."),
        ("a\x1b[31m\nb\u202efdp.pdf", "a[31mbfdp.pdf"),
        ("", "unnamed"),
        ("///", "unnamed"),
    ],
)
def test_a_files_name_is_only_to_be_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown


@given(st.text(max_size=400))
def test_a_shown_name_is_one_short_line_and_no_path(given: str) -> None:
    shown = shown_name(given)
    assert 0 < len(shown) <= 200
    assert "/" not in shown
    assert shown.isprintable()


# ---------------------------------------------------------------- gouji users


def test_accounts_are_kept_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def users(*arguments: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["users", "--data", str(tmp_path), *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert users("add", "zhang", "--role", "viewer", typed="short\n") == (
        2,
        "gouji: a password has 10 to 1000 characters\n",
    )
    assert users("add", "zhang", "--role", "viewer", typed=f"{PASSWORD}\n") == (0, "added zhang, viewer\n")
    assert users("add", "zhang", "--role", "admin", "--no-password", "--data", str(tmp_path))[0] == 2
    assert users("change", "zhang", "--role", "reviewer")[0] == 0
    assert users("add", "harvest", "--role", "viewer", "--no-password")[0] == 0
    _, said = users("token", "harvest", "--label", "nightly", "--days", "9")
    token = said.split()[0]
    app = service(tmp_path)
    browser = TestClient(app, base_url=HERE, follow_redirects=False)
    assert browser.get("/for/viewer", headers=bearer(token)).json() == {"name": "harvest", "by": "token", "csrf": ""}
    assert log_in(browser, "harvest", "") == 401  # no password is not an empty one
    assert log_in(browser, "zhang") == 303
    listed = users("list")[1]
    assert "zhang                reviewer  since" in listed
    assert "  no password" in listed
    assert "nightly" in listed
    assert token not in listed
    assert users("revoke", "1")[0] == 0
    assert users("disable", "zhang")[0] == 0
    assert browser.get("/for/viewer", headers=bearer(token)).status_code == 401
    assert browser.get("/for/viewer").status_code == 401
    assert users("token", "zhang")[0] == 2
    assert users("revoke", "7")[0] == 2
    by = {user for user, *_ in audited(app.state.service.store)}
    assert any(name.endswith("(gouji users)") for name in by)
