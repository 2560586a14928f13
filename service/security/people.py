"""The person who makes a request, and their role: the dependencies `viewer`, `reviewer` and `admin` of endpoints.

A program sends a token (`Authorization: Bearer gouji_...`), a browser the cookie of its session and, with every change,
the session's CSRF token. On loopback, while there is no account, the sender is an admin.
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
from service.security.rate_limits import Limits
from service.security.request_checks import SAFE
from service.security.roles import Person, Role
from service.store.audit import actor

COOKIE = "gouji_session"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

_BEARER = HTTPBearer(auto_error=False, description="a token of `gouji users token`")


class NotSignedIn(HTTPException):
    """The request has no valid token or session."""

    def __init__(self, detail: str = "log in, or send a token: Authorization: Bearer gouji_...") -> None:
        super().__init__(401, detail, headers={"WWW-Authenticate": "Bearer"})


def limits_of(request: Request) -> Limits:
    """The rate limits of the service."""
    return cast(Limits, request.app.state.limits)


async def authenticated(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)] = None
) -> Person:
    """The person who makes the request. Raises NotSignedIn, or HTTPException 403 (no CSRF token) or 429."""
    person = await identify(request)
    if person is None:
        address = request.client.host if request.client else ""
        tried = "authorization" in request.headers or request.cookies.get(COOKIE)
        if tried and (wait := limits_of(request).guesses_from.wait(address)):
            raise HTTPException(
                429, f"too many invalid tokens or sessions; try again in {wait} s", headers={"Retry-After": str(wait)}
            )
        raise NotSignedIn()
    if person.by == "session" and request.method not in SAFE and not is_same(await _csrf_of(request), person.csrf):
        raise HTTPException(403, f"the session's CSRF token is missing ({CSRF_HEADER}); reload the page")
    actor().name = person.name
    request.state.person = person
    return person


async def identify(request: Request) -> Person | None:
    """The person by the token, if one is sent, else by the session, else by being at this machine; None for nobody."""
    if "authorization" in request.headers:
        scheme, _, secret = request.headers["authorization"].partition(" ")
        return (
            await service_of(request).store.read_inline(_with_token, request, secret)
            if scheme.lower() == "bearer"
            else None
        )
    if secret := request.cookies.get(COOKIE, ""):
        person = await run_in_threadpool(_with_cookie, request, secret)
        if person is not None:
            return person
    return await service_of(request).store.read_inline(_local, request)


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
    """An admin, where only this machine can send requests, no proxy forwards them, and there is no account."""
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


def _require(role: Role) -> Callable[[Person], Awaitable[Person]]:
    async def allowed(person: Annotated[Person, Depends(authenticated)]) -> Person:
        if not person.role.covers(role):
            raise HTTPException(403, f"this requires the role {role}; {person.name} is a {person.role}")
        return person

    return allowed


viewer = _require(Role.VIEWER)
reviewer = _require(Role.REVIEWER)
admin = _require(Role.ADMIN)

Viewer = Annotated[Person, Depends(viewer)]
Reviewer = Annotated[Person, Depends(reviewer)]
Admin = Annotated[Person, Depends(admin)]


def person_of(request: Request) -> Person:
    """The person who makes the request, in an endpoint with one of the dependencies."""
    return cast(Person, request.state.person)
