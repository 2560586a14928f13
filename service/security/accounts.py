"""Accounts, tokens and sessions in the store. Each function takes a session of it; none commits."""

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
"""Whoever is at this machine, while nobody has an account."""

SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
TOKEN_LASTS = timedelta(days=365)
_SEEN_AFTER = timedelta(minutes=1)  # a session's sign of life is written down no oftener
_NAME = re.compile(r"[\w.@-]{1,100}", re.UNICODE)
_TAKEN = frozenset({LOCAL.name, "service", "anonymous"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just been opened: its id for the cookie, which is kept nowhere, and its person."""

    id: str
    person: Person


_ANY = sa.select(User.id).limit(1)  # made once: it is asked with every request


def any_accounts(session: Session) -> bool:
    """Whether anybody has an account, disabled ones too: from the first on, everybody says who they are."""
    return session.scalar(_ANY) is not None


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
        raise UsageError(f"there is no user {name}; gouji users list shows those that there are")
    return user


def add_user(session: Session, name: str, role: Role, password: str | None) -> User:
    """A new account; without a password only its tokens can be used. Raises UsageError, WeakPassword."""
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise UsageError(f"{name!r} is no name for a user: letters, digits and _ . @ - only, and none of {_taken()}")
    if session.scalar(sa.select(User.id).where(User.name == name)) is not None:
        raise UsageError(f"there is a user {name} already; a name is never given twice")
    user = User(name=name, role=role.value, password_hash=None if password is None else hash_password(password))
    session.add(user)
    session.flush()
    return user


def _taken() -> str:
    return ", ".join(sorted(_TAKEN))


def change_user(session: Session, name: str, *, role: Role | None = None, password: str | None = None) -> User:
    """Another role or password for an account; its sessions end, since they were opened as it was. Raises UsageError,
    WeakPassword."""
    user = find_user(session, name)
    if role is not None:
        user.role = role.value
    if password is not None:
        user.password_hash = hash_password(password)
    close_sessions_of(session, user)
    return user


def disable_user(session: Session, name: str) -> User:
    """End an account, its sessions and its tokens. The name stays, since what it did is recorded under it."""
    user = find_user(session, name)
    user.disabled = user.disabled or now()
    for token in session.scalars(sa.select(Token).where(Token.user_id == user.id, Token.revoked.is_(None))):
        token.revoked = now()
    close_sessions_of(session, user)
    return user


def close_sessions_of(session: Session, user: User) -> None:
    """Log an account out everywhere."""
    for opened in session.scalars(sa.select(LoginSession).where(LoginSession.user_id == user.id)):
        session.delete(opened)


# ---- tokens


def add_token(session: Session, name: str, label: str = "", lasts: timedelta = TOKEN_LASTS) -> str:
    """A new token of an account's, in words that are shown this once. Raises UsageError."""
    user = find_user(session, name)
    if user.disabled:
        raise UsageError(f"{name} is disabled")
    token = new_token()
    session.add(Token(user_id=user.id, hash=digest_of(token), label=label[:100], expires=now() + lasts))
    return token


def revoke_token(session: Session, token_id: int) -> Token:
    """End a token. Raises UsageError."""
    token = session.get(Token, token_id)
    if token is None:
        raise UsageError(f"there is no token {token_id}; gouji users list shows those that there are")
    token.revoked = token.revoked or now()
    return token


def tokens_of(session: Session, user: User) -> list[Token]:
    """The tokens of an account, the oldest first."""
    return list(session.scalars(sa.select(Token).where(Token.user_id == user.id).order_by(Token.id)))


def person_with_token(session: Session, secret: str) -> Person | None:
    """Whose token it is, None where it is nobody's, over, revoked or of an account that is disabled."""
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
    """The hash of an account's password; None for one that is disabled, has none, or is not there."""
    return session.scalar(sa.select(User.password_hash).where(User.name == name, User.disabled.is_(None)))


def checked(password: str, kept: str | None) -> str | None:
    """The hash to keep from now on, None for a wrong password. Takes as long where nothing is kept, and so long that it
    is done outside of any transaction."""
    if not is_password(password, kept) or kept is None:
        return None
    return hash_password(password) if is_outdated(kept) else kept


def logged_in(session: Session, name: str, was: str | None, hashed: str | None) -> User | None:
    """The account whose password was `checked`: None where it was wrong (`hashed` None), or the account has been
    disabled or its password changed since its hash `was` read."""
    if hashed is None or password_hash_of(session, name) != was:
        return None
    user = find_user(session, name)
    if hashed != was:
        user.password_hash = hashed
    return user


def open_session(session: Session, user: User, before: str = "") -> Opened:
    """A new session under a new id, whatever id the browser came with: that one (`before`) ends."""
    close_session(session, before)
    secret, csrf = new_secret(), new_secret()
    session.add(LoginSession(id_hash=digest_of(secret), user_id=user.id, csrf=csrf, expires=now() + SESSION_LASTS))
    return Opened(secret, Person(user.id, user.name, Role(user.role), "session", csrf))


def close_session(session: Session, secret: str) -> None:
    """End a session, if there is one of this id."""
    if secret and (opened := session.get(LoginSession, digest_of(secret))) is not None:
        session.delete(opened)


def person_of_session(session: Session, secret: str) -> tuple[Person, bool] | None:
    """Whose session it is, and whether its sign of life should be written down; None where it is over."""
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
    return person, now() - opened.seen > _SEEN_AFTER


def is_over(opened: LoginSession, at: datetime) -> bool:
    """Whether a session has lasted too long, or nobody has used it for too long."""
    return at >= opened.expires or at - opened.seen >= SESSION_IDLE


def seen(session: Session, secret: str) -> None:
    """Write down that a session is in use; sessions that are over are forgotten."""
    if (opened := session.get(LoginSession, digest_of(secret))) is not None:
        opened.seen = now()
    for over in session.scalars(sa.select(LoginSession).where(LoginSession.expires <= now())):
        session.delete(over)
