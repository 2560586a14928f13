"""What every request passes before anything looks at it: which host it means, which page it is from, how often its
sender asks, how much it sends. Cheap, and without the store."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem
from service.security.addresses import host_of, is_loopback, same_origin
from service.security.rates import Limiter, Rate
from service.settings import ServiceSettings
from service.store.audit import Actor, acting

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

ANONYMOUS = "anonymous"
_SMALL = 1_000_000  # bytes of a body that is no upload
_AROUND = 1_000_000  # bytes of an upload beside its files
_SMALL_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain")


class Gate:
    """Refuses what is not meant for this service, comes from another site's page, too often, or is too much."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app, self._settings = app, settings
        self._limiter = Limiter(Rate(settings.requests_at_once, settings.requests_per_second))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        for status, detail, wait in self._faults(scope, headers):
            await problem(status, detail, headers={"Retry-After": str(wait)} if wait else None)(scope, receive, send)
            return
        with acting(Actor(ANONYMOUS)):
            await self._app(scope, _limited(receive, self._most(headers)), send)

    def _faults(self, scope: Scope, headers: Headers) -> Iterator[tuple[int, str, int]]:
        """HTTP status, what is wrong, and the seconds to wait."""
        host = headers.get("host", "")
        if not self._is_ours(host_of(host)):
            yield 421, f"this service is not {host or 'without a name'}; service.hosts names others that it has", 0
        if scope["method"] not in SAFE and _is_foreign(headers, host):
            yield 403, "a page of another site may change nothing here", 0
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._most(headers):
            yield 413, f"this is more than {self._most(headers):,} bytes", 0
        if wait := self._limiter.wait(scope["client"][0] if scope.get("client") else ""):
            yield 429, f"too many requests; wait {wait} s", wait

    def _is_ours(self, name: str) -> bool:
        """On loopback, other names must be given: a page elsewhere could have its name lead here (DNS rebinding)."""
        open_to_all = not self._settings.hosts and not is_loopback(self._settings.host)
        return open_to_all or is_loopback(name) or name in self._settings.hosts

    def _most(self, headers: Headers) -> int:
        return _SMALL if is_small(headers) else self._settings.upload_bytes + _AROUND


def is_small(headers: Headers) -> bool:
    """Whether a body is no upload, by what it says that it is; one that says nothing is small."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return not kind or kind in _SMALL_TYPES


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site's page asks. Programs say nothing of the kind."""
    if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin")
    return origin is not None and not same_origin(origin, host)


def _limited(receive: Receive, most: int) -> Receive:
    """The same messages, until the body has more bytes than it may."""
    count = 0

    async def receive_some() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > most:
            raise HTTPException(413, f"this is more than {most:,} bytes")
        return message

    return receive_some
