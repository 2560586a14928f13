"""Refuse uploads of unknown senders before their body is read: an endpoint would have it on the disk by then."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems import problem
from service.security.people import NotSignedIn, identify
from service.security.request_checks import SAFE, is_small


class UploadAdmission:
    """Middleware that passes large bodies on only from known senders; the endpoint then checks the role."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and scope["method"] not in SAFE:
            request = Request(scope)
            if not is_small(request.headers) and await identify(request) is None:
                error = NotSignedIn()
                await problem(401, error.detail, headers=dict(error.headers or {}))(scope, receive, send)
                return
        await self._app(scope, receive, send)
