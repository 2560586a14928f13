"""Errors as RFC 9457 says them: `application/problem+json` with a title, a status and what to do."""

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
    """What a request is refused for."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, detail, headers)


def install(app: FastAPI) -> None:
    """Answer every error in this form."""

    @app.exception_handler(HTTPException)
    def _refused(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        places = [{"at": ".".join(map(str, e["loc"])), "is": e["msg"]} for e in error.errors()]
        return problem(422, "the request is not as it should be", errors=places)

    @app.exception_handler(GoujiError)
    def _failed(_: Request, error: GoujiError) -> JSONResponse:
        return problem(422 if isinstance(error, InputError) else 503, str(error))


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """An error as an answer."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)
