"""Accounts, tokens and login sessions in the store. Functions take a database session and do not commit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from extraction.errors import UsageError
from service.security.credentials import (
    digest_of,
    hash_password,
    is_outdated,
    is_password,
    new_secret,
    new_token,
)
from service.security.roles import Person, Role
from service.store.tables import LoginSession, Token, User, now

LOCAL = Person(0, "local", Role.ADMIN, "local")
"""The person at this machine while there is no account."""

SESSION_DURATION = timedelta(hours=12)
MAX_SESSION_IDLE = timedelta(hours=2)
TOKEN_DURATION = timedelta(days=365)
_SEEN_INTERVAL = timedelta(minutes=1)  # a session's use is recorded at most this often
_NAME = re.compile(r"[\w.@-]{1,100}", re.UNICODE)
_RESERVED_NAMES = frozenset({LOCAL.name, "service", "anonymous"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just been opened: its id for the cookie, which is not stored, and its person."""

    id: str
    person: Person


_ANY_ACCOUNT = sa.select(User.id).limit(1)  # built once: executed with every request


def any_accounts(session: Session) -> bool:
    """Whether there is an account, disabled or not: from the first one on, everybody must log in."""
    return session.scalar(_ANY_ACCOUNT) is not None


def open_accounts(session: Session) -> bool:
    """Whether there is an account that is not disabled."""
    return session.scalar(sa.select(User.id).where(User.disabled.is_(None)).limit(1)) is not None


def users(session: Session) -> list[User]:
    """All accounts by name."""
    return list(session.scalars(sa.select(User).order_by(User.name)))


def find_user(session: Session, name: str) -> User:
    """The account of this name. Raises UsageError."""
    user = session.scalar(sa.select(User).where(User.name == name))
    if user is None:
        raise UsageError("user {name} does not exist; gouji users list shows all users", name=name)
    return user


def add_user(session: Session, name: str, role: Role, password: str | None) -> User:
    """A new account; without a password only its tokens can be used. Raises UsageError, WeakPassword."""
    if not _NAME.fullmatch(name) or name in _RESERVED_NAMES:
        raise UsageError(
            "{name!r} cannot be a user name: use letters, digits and _ . @ - only, and none of {reserved}",
            name=name,
            reserved=_reserved(),
        )
    if session.scalar(sa.select(User.id).where(User.name == name)) is not None:
        raise UsageError("user {name} exists already, perhaps disabled; choose another name", name=name)
    user = User(name=name, role=role.value, password_hash=None if password is None else hash_password(password))
    session.add(user)
    session.flush()
    return user


def _reserved() -> str:
    return ", ".join(sorted(_RESERVED_NAMES))


def change_user(session: Session, name: str, *, role: Role | None = None, password: str | None = None) -> User:
    """Change the role or the password of an account, and end its sessions. Raises UsageError, WeakPassword."""
    user = find_user(session, name)
    if role is not None:
        user.role = role.value
    if password is not None:
        user.password_hash = hash_password(password)
    close_sessions_of(session, user)
    return user


def disable_user(session: Session, name: str) -> User:
    """Disable an account and end its sessions and tokens. The name stays reserved, as the audit log refers to it."""
    user = find_user(session, name)
    user.disabled = user.disabled or now()
    for token in session.scalars(sa.select(Token).where(Token.user_id == user.id, Token.revoked.is_(None))):
        token.revoked = now()
    close_sessions_of(session, user)
    return user


def close_sessions_of(session: Session, user: User) -> None:
    """End all sessions of an account."""
    for opened in session.scalars(sa.select(LoginSession).where(LoginSession.user_id == user.id)):
        session.delete(opened)


# ---- tokens


def add_token(session: Session, name: str, label: str = "", lasts: timedelta = TOKEN_DURATION) -> str:
    """A new token of an account, in plain text, which is not stored. Raises UsageError."""
    user = find_user(session, name)
    if user.disabled:
        raise UsageError("user {name} is disabled", name=name)
    token = new_token()
    session.add(Token(user_id=user.id, hash=digest_of(token), label=label[:100], expires=now() + lasts))
    return token


def revoke_token(session: Session, token_id: int) -> Token:
    """Revoke a token. Raises UsageError."""
    token = session.get(Token, token_id)
    if token is None:
        raise UsageError("token {number} does not exist; gouji users list shows all tokens", number=token_id)
    token.revoked = token.revoked or now()
    return token


def tokens_of(session: Session, user: User) -> list[Token]:
    """The tokens of an account, oldest first."""
    return list(session.scalars(sa.select(Token).where(Token.user_id == user.id).order_by(Token.id)))


def person_with_token(session: Session, secret: str) -> Person | None:
    """The person of a token; None if it is unknown, expired, revoked, or its account is disabled."""
    found = session.execute(
        sa.select(Token, User).join(User, User.id == Token.user_id).where(Token.hash == digest_of(secret))
    ).one_or_none()
    if found is None:
        return None
    token, user = found
    if token.revoked or (token.expires and token.expires <= now()) or user.disabled:
        return None
    return Person(user.id, user.name, Role(user.role), "token")


# ---- sessions


def password_hash_of(session: Session, name: str) -> str | None:
    """The hash of an account's password; None if the account is disabled, has no password, or does not exist."""
    return session.scalar(sa.select(User.password_hash).where(User.name == name, User.disabled.is_(None)))


def checked(password: str, kept: str | None) -> str | None:
    """The hash to store from now on, None for a wrong password. It takes as long without a stored hash, and too long to
    be called within a transaction."""
    if not is_password(password, kept) or kept is None:
        return None
    return hash_password(password) if is_outdated(kept) else kept


def logged_in(session: Session, name: str, was: str | None, hashed: str | None) -> User | None:
    """The account of a password that was `checked`; None if it was wrong (`hashed` None), or the account was disabled
    or its password changed after the hash `was` had been read."""
    if hashed is None or password_hash_of(session, name) != was:
        return None
    user = find_user(session, name)
    if hashed != was:
        user.password_hash = hashed
    return user


def open_session(session: Session, user: User, before: str = "") -> Opened:
    """Open a session under a new id, and end the one with the id that the browser sent (`before`)."""
    close_session(session, before)
    secret, csrf = new_secret(), new_secret()
    session.add(LoginSession(id_hash=digest_of(secret), user_id=user.id, csrf=csrf, expires=now() + SESSION_DURATION))
    return Opened(secret, Person(user.id, user.name, Role(user.role), "session", csrf))


def close_session(session: Session, secret: str) -> None:
    """End the session with this id, if there is one."""
    if secret and (opened := session.get(LoginSession, digest_of(secret))) is not None:
        session.delete(opened)


def person_of_session(session: Session, secret: str) -> tuple[Person, bool] | None:
    """The person of a session and whether its use should be recorded now; None if it has ended."""
    found = session.execute(
        sa.select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.id_hash == digest_of(secret))
    ).one_or_none()
    if found is None:
        return None
    opened, user = found
    if is_over(opened, now()) or user.disabled:
        return None
    person = Person(user.id, user.name, Role(user.role), "session", opened.csrf)
    return person, now() - opened.seen > _SEEN_INTERVAL


def is_over(opened: LoginSession, at: datetime) -> bool:
    """Whether a session has expired, or was not used for too long."""
    return at >= opened.expires or at - opened.seen >= MAX_SESSION_IDLE


def seen(session: Session, secret: str) -> None:
    """Record that a session is in use, and delete expired sessions."""
    if (opened := session.get(LoginSession, digest_of(secret))) is not None:
        opened.seen = now()
    for over in session.scalars(sa.select(LoginSession).where(LoginSession.expires <= now())):
        session.delete(over)
