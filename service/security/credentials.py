"""Make and verify passwords, tokens and session ids, which are stored only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from extraction.errors import UsageError

TOKEN_PREFIX = "gouji_"
"""The prefix of every token, by which leaked tokens can be searched for."""

MIN_PASSWORD_CHARACTERS, MAX_PASSWORD_CHARACTERS = 10, 1000
"""Shorter passwords can be guessed; hashing longer ones would only cost time."""


class WeakPassword(UsageError):
    """The password is too short or too long."""


_CONCURRENT_HASHES = Semaphore(4)  # each takes 64 MB and a core


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the low-memory parameters of RFC 9106


def hash_password(password: str) -> str:
    """The argon2id hash to store, with salt and parameters. Raises WeakPassword."""
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        limits = {"shortest": MIN_PASSWORD_CHARACTERS, "longest": MAX_PASSWORD_CHARACTERS}
        raise WeakPassword("a password has {shortest} to {longest} characters", **limits)
    with _CONCURRENT_HASHES:
        return _hasher().hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Whether a password matches a hash. It takes as long without a hash (None or empty), and is then False."""
    try:
        with _CONCURRENT_HASHES:
            right = _hasher().verify(hashed or _dummy_hash(), password[:MAX_PASSWORD_CHARACTERS])
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(hashed)


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with weaker parameters than the present ones."""
    return _hasher().check_needs_rehash(hashed)


@cache
def _dummy_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))


def new_token() -> str:
    """A token for a program, 256 random bits; shown once, stored as `digest_of`."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """A session id or a CSRF token, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for long random secrets, which are looked up by it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are equal and not empty, compared in constant time."""
    return bool(one) and secrets.compare_digest(one.encode(), other.encode())
