"""Type checks of values read from JSON against the declarations of their classes, which Python does not do."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def wrong_types(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, fault) for every value in a dataclass, at any depth, that is not of the declared type.

    Numbers are strict: True is no int, an int is no str; int and Decimal count as float.
    """
    assert dataclasses.is_dataclass(value)
    hints = _hints(value.__class__)
    for field in dataclasses.fields(value):
        yield from _wrong(getattr(value, field.name), hints[field.name], f"{place}.{field.name}".lstrip("."))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _wrong(value: object, hint: Any, place: str) -> Iterator[tuple[str, str]]:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if any(not list(_wrong(value, part, place)) for part in parts):
            return
        fitting = [part for part in parts if _fits(value, get_origin(part) or part)]
        yield from _wrong(value, fitting[0], place) if fitting else [(place, _said(value, hint))]
    elif not _fits(value, origin or hint):
        yield place, _said(value, hint)
    elif origin is tuple and isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _wrong(item, parts[0] if parts[-1] is Ellipsis else parts[number], f"{place}[{number}]")
    elif origin is dict and isinstance(value, dict):
        for key, item in value.items():
            yield from _wrong(key, parts[0], place)
            yield from _wrong(item, parts[1], f"{place}[{key}]")
    elif dataclasses.is_dataclass(hint):
        yield from wrong_types(value, place)


def _fits(value: object, kind: Any) -> bool:
    if kind is None or kind is type(None):
        return value is None
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float, Decimal) if kind is float else kind)


def _said(value: object, hint: Any) -> str:
    return f"{value!r} is no {hint.__name__ if isinstance(hint, type) else hint}"
