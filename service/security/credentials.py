"""Passwords, tokens and session ids: made here, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from extraction.errors import UsageError

TOKEN_PREFIX = "gouji_"
"""What every token starts with, so that one that has leaked into a file can be found."""

SHORTEST, LONGEST = 10, 1000
"""Characters of a password: under the one it is guessed, over the other hashing it is work for nothing."""


class WeakPassword(UsageError):
    """The password is too short or too long."""


_AT_ONCE = Semaphore(4)  # hashings: each takes 64 MB and a core


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory


def hash_password(password: str) -> str:
    """The argon2id hash to keep, with its salt and its parameters. Raises WeakPassword."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters")
    with _AT_ONCE:
        return _hasher().hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Whether it is the one that was hashed. Takes as long where there is none (`hashed` None or empty)."""
    try:
        with _AT_ONCE:
            right = _hasher().verify(hashed or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(hashed)


def is_outdated(hashed: str) -> bool:
    """Whether it was hashed with less work than is done now."""
    return _hasher().check_needs_rehash(hashed)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))


def new_token() -> str:
    """A token for a program, 256 random bits; shown once, kept as `digest_of`."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """A session id or a CSRF token, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for what is random and long, and looked up by its value."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are equal and not empty, in a time that does not tell where they differ."""
    return bool(one) and secrets.compare_digest(one.encode(), other.encode())
