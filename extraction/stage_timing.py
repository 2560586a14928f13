"""Where the time of a conversion goes: seconds of processor time by stage. Costs nothing where nobody asks.

with measured() as seconds:
    extract(path, models, settings)
seconds["grid"]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

Seconds = dict[str, float]
"""Processor seconds of this process by stage, each without the stages inside it."""

_SECONDS: ContextVar[Seconds | None] = ContextVar("_SECONDS", default=None)
_INSIDE: ContextVar[list[float] | None] = ContextVar("_INSIDE", default=None)
_TELL: ContextVar[Callable[[], None] | None] = ContextVar("_TELL", default=None)


@contextmanager
def measured() -> Iterator[Seconds]:
    """The seconds of every stage that runs within."""
    seconds: Seconds = {}
    token = _SECONDS.set(seconds)
    try:
        yield seconds
    finally:
        _SECONDS.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What runs within is the stage `name`."""
    seconds = _SECONDS.get()
    if seconds is None:
        yield
        return
    outer, inside = _INSIDE.get(), [0.0]
    token = _INSIDE.set(inside)
    start = time.process_time()
    try:
        yield
    finally:
        spent = time.process_time() - start
        _INSIDE.reset(token)
        seconds[name] = seconds.get(name, 0.0) + spent - inside[0]
        if outer is not None:
            outer[0] += spent


def in_stage(name: str, items: Iterable[T]) -> Iterator[T]:
    """The items, the time that it takes to make each counted for the stage `name`."""
    iterator = iter(items)
    while True:
        with stage(name):
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


@contextmanager
def told_of_pages(tell: Callable[[], None]) -> Iterator[None]:
    """Calls `tell` whenever a page is begun within, for whoever keeps a limit on the time of one."""
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def each_page(pages: Iterable[T]) -> Iterator[T]:
    """The pages, each told of before it is made."""
    iterator = iter(pages)
    while True:
        if (tell := _TELL.get()) is not None:
            tell()
        try:
            page = next(iterator)
        except StopIteration:
            return
        yield page
