"""Logging in and out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Semaphore

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.security.accounts import (
    change_user,
    disable_user,
)
from service.security.credentials import (
    new_secret,
)
from service.security.pages import local_address
from service.security.people import COOKIE
from service.store.engine import Store
from service.store.tables import LoginSession, now
from tests.service.security.senders import PASSWORD, audited, csrf, log_in


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


def test_the_login_page_has_no_script_and_no_style_in_itself(browser: TestClient) -> None:
    text = browser.get("/login", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script" not in text
    assert "style=" not in text
    assert browser.get("/login.css").headers["content-type"].startswith("text/css")
