"""Who makes a request, and whether they may: the dependencies `viewer`, `reviewer` and `admin` of endpoints.

A program shows a token (`Authorization: Bearer gouji_...`), a browser the cookie of its session and, with every change,
the session's CSRF token. On loopback, while nobody has an account, whoever asks is an admin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.context import service_of
from service.security.accounts import LOCAL, any_accounts, person_of_session, person_with_token, seen
from service.security.addresses import is_loopback
from service.security.credentials import is_same
from service.security.gate import SAFE
from service.security.rates import Limits
from service.security.roles import Person, Role
from service.store.audit import actor

COOKIE = "gouji_session"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

_BEARER = HTTPBearer(auto_error=False, description="a token of `gouji users token`")


class NotSignedIn(HTTPException):
    """Nobody has said who they are, or not in a way that counts."""

    def __init__(self, detail: str = "log in, or send a token: Authorization: Bearer gouji_...") -> None:
        super().__init__(401, detail, headers={"WWW-Authenticate": "Bearer"})


def limits_of(request: Request) -> Limits:
    """What the service counts."""
    return cast(Limits, request.app.state.limits)


async def somebody(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)] = None
) -> Person:
    """Who makes the request. Raises NotSignedIn, or HTTPException 403 without the session's CSRF token."""
    person = await found(request)
    if person is None:
        address = request.client.host if request.client else ""
        tried = "authorization" in request.headers or request.cookies.get(COOKIE)
        if tried and (wait := limits_of(request).guesses_from.wait(address)):
            raise HTTPException(429, f"too many tries; wait {wait} s", headers={"Retry-After": str(wait)})
        raise NotSignedIn()
    if person.by == "session" and request.method not in SAFE and not is_same(await _csrf_of(request), person.csrf):
        raise HTTPException(403, f"the form or script did not send the session's CSRF token ({CSRF_HEADER})")
    actor().name = person.name
    request.state.person = person
    return person


async def found(request: Request) -> Person | None:
    """Who sends these headers: by the token, where there is one, else by the session, else by being here."""
    if "authorization" in request.headers:
        scheme, _, secret = request.headers["authorization"].partition(" ")
        return (
            await service_of(request).store.soon(_with_token, request, secret) if scheme.lower() == "bearer" else None
        )
    if secret := request.cookies.get(COOKIE, ""):
        person = await run_in_threadpool(_with_cookie, request, secret)
        if person is not None:
            return person
    return await service_of(request).store.soon(_local, request)


def _with_token(request: Request, secret: str) -> Person | None:
    with service_of(request).store.reading() as session:
        return person_with_token(session, secret.strip())


def _with_cookie(request: Request, secret: str) -> Person | None:
    store = service_of(request).store
    with store.reading() as session:
        found = person_of_session(session, secret)
    if found is None:
        return None
    person, tell = found
    if tell:
        with store.writing() as session:
            seen(session, secret)
    return person


def _local(request: Request) -> Person | None:
    """An admin, where only this machine can ask, nobody asks for somebody else, and nobody has an account."""
    service = service_of(request)
    if not is_loopback(service.settings.host) or any(name in request.headers for name in _FORWARDED):
        return None
    with service.store.reading() as session:
        return None if any_accounts(session) else LOCAL


async def _csrf_of(request: Request) -> str:
    sent = request.headers.get(CSRF_HEADER, "")
    if not sent and request.headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS:
        sent = (await request.form()).get(CSRF_FIELD, "")  # type: ignore[assignment]  # checked below
    return sent if isinstance(sent, str) else ""


def _who_is(role: Role) -> Callable[[Person], Awaitable[Person]]:
    async def allowed(person: Annotated[Person, Depends(somebody)]) -> Person:
        if not person.role.covers(role):
            raise HTTPException(403, f"this takes a {role}; {person.name} is a {person.role}")
        return person

    return allowed


viewer = _who_is(Role.VIEWER)
reviewer = _who_is(Role.REVIEWER)
admin = _who_is(Role.ADMIN)

Viewer = Annotated[Person, Depends(viewer)]
Reviewer = Annotated[Person, Depends(reviewer)]
Admin = Annotated[Person, Depends(admin)]


def person_of(request: Request) -> Person:
    """Who makes the request, in an endpoint with one of the dependencies."""
    return cast(Person, request.state.person)
