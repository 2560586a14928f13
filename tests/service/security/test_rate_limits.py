"""Token buckets."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.security.credentials import (
    new_token,
)
from service.security.rate_limits import Limiter, Rate
from tests.service.security.senders import bearer, log_in


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
