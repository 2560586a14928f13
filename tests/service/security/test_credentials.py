"""Passwords and secrets."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from service.security.credentials import (
    WeakPassword,
    hash_password,
    is_password,
    is_same,
)
from tests.service.security.senders import PASSWORD, hashed


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


def test_a_password_costs_who_guesses_it_what_rfc_9106_says(usual_hasher: PasswordHasher) -> None:
    assert extract_parameters(usual_hasher.hash(PASSWORD)) == RFC_9106_LOW_MEMORY


def test_nothing_is_not_the_same_as_nothing() -> None:
    assert not is_same("", "")
    assert not is_same("甲", "")
    assert is_same("甲", "甲")
