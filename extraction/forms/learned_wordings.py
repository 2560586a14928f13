"""Wordings of rows and columns that annotated reports have taught: `wordings.json` beside the token classifier in use.

They count as the form's own. Retraining writes them (`training.labeller.data.wordings`); the shipped weights have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from models.weights import WeightsError, weights

FILE = "wordings.json"
_WEIGHTS = "labeller"

Wordings = Mapping[str, tuple[str, ...]]
"""By the name of a label, `row.<block>.<row>` or `column.<block>.<column>`."""

_others: ContextVar[Wordings | None] = ContextVar("wordings", default=None)


def learned() -> Wordings:
    """The wordings beyond the form's, of rows and columns that have any. Raises ValueError where the file is none."""
    others = _others.get()
    return _in_use() if others is None else others


@contextmanager
def reading_with(wordings: Wordings) -> Iterator[None]:
    """Read with these in place of those in use: for measuring what they are worth."""
    token = _others.set(wordings)
    try:
        yield
    finally:
        _others.reset(token)


def _in_use() -> Wordings:
    try:
        return _read(weights(_WEIGHTS).path().with_name(FILE))
    except WeightsError:  # without a classifier there is nobody who has learnt
        return {}


@cache
def _read(path: Path) -> Wordings:
    if not path.is_file():
        return {}
    return {name: tuple(texts) for name, texts in json.loads(path.read_text(encoding="utf-8")).items()}
