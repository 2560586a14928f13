"""Security headers of every response."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi.testclient import TestClient


def test_every_answer_has_the_headers(browser: TestClient) -> None:
    for answer in (browser.get("/login"), browser.get("/nothing"), browser.get("/", headers={"Host": "evil.example"})):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
