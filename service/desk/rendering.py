"""Render pages from templates, and serve their style sheets and scripts."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service.problems import Problem
from service.security import Person

router = APIRouter(include_in_schema=False)

_TEMPLATES = Path(__file__).with_name("templates")
_STATIC = Path(__file__).with_name("static")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def page(template: str, person: Person, here: str = "", *, status: int = 200, **given: Any) -> HTMLResponse:
    """A page rendered for a person; `here` is the address of its entry in the navigation."""
    text = _environment().get_template(template).render(person=person, here=here, **given)
    return HTMLResponse(text, status)


def embedded(value: Any) -> Markup:
    """A value as JSON for a script element, with every character escaped that could end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # escaped above


@router.get("/static/{edition}/{name}")
def static(edition: str, name: str) -> FileResponse:
    """A static file. Its address changes when any file changes, so that browsers may cache it."""
    if name not in _files():
        raise Problem(404, f"file {name} does not exist")
    kept = "public, max-age=31536000, immutable" if edition == _edition() else "no-cache"
    return FileResponse(_STATIC / name, media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": kept})


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in _STATIC.iterdir() if path.suffix in _TYPES)


@cache
def _edition() -> str:
    content = hashlib.sha256()
    for name in sorted(_files()):
        content.update((_STATIC / name).read_bytes())
    return content.hexdigest()[:12]


@cache
def _environment() -> Environment:
    found = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    found.globals["static"] = lambda name: f"/static/{_edition()}/{name}"
    found.trim_blocks = found.lstrip_blocks = True
    return found
