"""Check every request first, without the store: its host name, its origin, its rate and its size."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem
from service.security.addresses import host_of, is_loopback, same_origin
from service.security.rate_limits import Limiter, Rate
from service.settings import ServiceSettings
from service.store.audit import Actor, acting

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

ANONYMOUS = "anonymous"
_MAX_SMALL_BODY_BYTES = 1_000_000  # of a body that is not an upload
_UPLOAD_OVERHEAD_BYTES = 1_000_000  # of an upload beside its files
_SMALL_BODY_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain")


class RequestChecks:
    """Middleware that refuses requests for other hosts, from other sites, too frequent or too large."""

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
            await self._app(scope, _limited(receive, self._max_bytes(headers)), send)

    def _faults(self, scope: Scope, headers: Headers) -> Iterator[tuple[int, str, int]]:
        """Reasons to refuse a request: HTTP status, message, seconds to wait (0 for none)."""
        host = headers.get("host", "")
        if not self._is_ours(host_of(host)):
            yield (
                421,
                f"this service does not answer to the host name {host!r}; add the name to service.hosts if it should",
                0,
            )
        if scope["method"] not in SAFE and _is_foreign(headers, host):
            yield 403, "the request comes from a page of another site, which may not change anything here", 0
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._max_bytes(headers):
            yield 413, f"the request is larger than {self._max_bytes(headers):,} bytes", 0
        if wait := self._limiter.wait(scope["client"][0] if scope.get("client") else ""):
            yield 429, f"too many requests; try again in {wait} s", wait

    def _is_ours(self, name: str) -> bool:
        """Whether the host name is one of this service's. On loopback others must be configured (DNS rebinding)."""
        open_to_all = not self._settings.hosts and not is_loopback(self._settings.host)
        return open_to_all or is_loopback(name) or name in self._settings.hosts

    def _max_bytes(self, headers: Headers) -> int:
        return _MAX_SMALL_BODY_BYTES if is_small(headers) else self._settings.upload_bytes + _UPLOAD_OVERHEAD_BYTES


def is_small(headers: Headers) -> bool:
    """Whether a body is not an upload, by its content type; without one it is small."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return not kind or kind in _SMALL_BODY_TYPES


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether the browser tells that a page of another site sends the request. Programs send no such header."""
    if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin")
    return origin is not None and not same_origin(origin, host)


def _limited(receive: Receive, max_bytes: int) -> Receive:
    """The same messages, until the body exceeds the limit."""
    count = 0

    async def receive_some() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > max_bytes:
            raise HTTPException(413, f"the request is larger than {max_bytes:,} bytes")
        return message

    return receive_some
