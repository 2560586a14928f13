"""The login page, and logging out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.context import Service, Serving
from service.security.accounts import (
    SESSION_DURATION,
    checked,
    close_session,
    logged_in,
    open_session,
    password_hash_of,
)
from service.security.people import COOKIE, authenticated, limits_of
from service.security.roles import Person
from service.store.audit import actor, record

router = APIRouter(include_in_schema=False)

_TEMPLATES = Path(__file__).with_name("templates")
_WRONG, _TOO_OFTEN = "用户名或密码不对，请重新输入。", "尝试次数过多，请 {} 秒后再试。"


def login_address(request: Request) -> str:
    """The address of the login page, which leads back to the requested page."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?{urlencode({'next': wanted})}"


def local_address(wanted: str) -> str:
    """The address if it is one of this service, else "/": nobody is redirected to another site."""
    parts = urlsplit(wanted.replace("\\", "/"))
    clean = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if clean and not parts.netloc and not parts.scheme else "/"


@router.get("/login")
def login_page(next: str = "/") -> HTMLResponse:
    """The login form."""
    return _page(next)


@router.get("/login.css")
def login_style() -> FileResponse:
    """The style sheet of the login page."""
    return FileResponse(_TEMPLATES / "login.css", headers={"Cache-Control": "public, max-age=3600"})


@router.post("/login")
def log_in(
    request: Request,
    service: Serving,
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Open a session, or show that the name or the password is wrong, without telling which."""
    address = request.client.host if request.client else ""
    limits = limits_of(request)
    if wait := max(limits.logins_of.wait(name), limits.logins_from.wait(address)):
        return _page(next, name, _TOO_OFTEN.format(wait), 429, {"Retry-After": str(wait)})
    with service.store.reading() as session:
        kept = password_hash_of(session, name)
    hashed = checked(password, kept)
    with service.store.writing() as session:
        user = logged_in(session, name, kept, hashed)
        if user is None:
            record(session, "login.refused", f"user/{name}", address=address)
        else:
            actor().name = user.name
            opened = open_session(session, user, request.cookies.get(COOKIE, ""))
    if user is None:
        return _page(next, name, _WRONG, 401)
    limits.logins_of.reset(name)
    answer = RedirectResponse(local_address(next), 303)
    answer.set_cookie(
        COOKIE,
        opened.id,
        max_age=int(SESSION_DURATION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout")
def log_out(request: Request, service: Serving, person: Annotated[Person, Depends(authenticated)]) -> RedirectResponse:
    """End the session."""
    _close(service, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _close(service: Service, secret: str) -> None:
    with service.store.writing() as session:
        close_session(session, secret)


def _page(
    wanted: str, name: str = "", fault: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> HTMLResponse:
    text = _environment().get_template("login.html").render(next=local_address(wanted), name=name, fault=fault)
    return HTMLResponse(text, status, headers)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
