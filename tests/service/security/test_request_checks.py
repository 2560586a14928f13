"""Requests of other sites, to other hosts, too large or too frequent."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi.testclient import TestClient

from tests.service.security.senders import HERE, service


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


def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(tmp_path: Path) -> None:
    browser = TestClient(service(tmp_path, upload_bytes=1000), base_url=HERE)
    large = {"Content-Type": "multipart/form-data; boundary=x"}
    assert browser.post("/for/reviewer", content=b"x" * 1_100_000, headers=large).status_code == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    parts = (b"name=" + b"x" * 600_000 for _ in range(3))  # sent in chunks: nobody says how many
    assert browser.post("/login", content=parts, headers=form).status_code == 413


def test_too_many_requests_have_to_wait(tmp_path: Path) -> None:
    browser = TestClient(service(tmp_path, requests_at_once=5, requests_per_second=0.01), base_url=HERE)
    answers = [browser.get("/for/viewer") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
