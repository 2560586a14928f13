"""Errors as problem details (RFC 9457): `application/problem+json` with a title, a status and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from extraction.errors import GoujiError, InputError

MEDIA_TYPE = "application/problem+json"


class Problem(HTTPException):
    """A request that is refused, with its HTTP status and the reason."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, detail, headers)


def install(app: FastAPI) -> None:
    """Answer every error with problem details."""

    @app.exception_handler(HTTPException)
    def _refused(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        places = [{"at": ".".join(map(str, e["loc"])), "is": e["msg"]} for e in error.errors()]
        return problem(422, "the request is not valid: see errors", errors=places)

    @app.exception_handler(GoujiError)
    def _failed(_: Request, error: GoujiError) -> JSONResponse:
        return problem(422 if isinstance(error, InputError) else 503, str(error))


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """The response for an error; `more` are further members of its JSON."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)
