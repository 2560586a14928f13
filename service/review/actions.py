"""What a reviewer does to a report, as values: a list of actions is a review, and can be kept, replayed and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an action does to its targets.

    VALUE says what is printed in a cell, BLANK that nothing is, MISSING that the report has no such cells;
    SOURCE_ERROR that a sum fails in print (源表有误); ACCEPT_ALL takes every sure cell as it is; HEADING says who
    reports, or on which year; UNDO takes back the last action that stands.
    """

    VALUE = "value"
    BLANK = "blank"
    MISSING = "missing"
    SOURCE_ERROR = "source_error"
    ACCEPT_ALL = "accept_all"
    HEADING = "heading"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Action:
    """`targets` are ids of fields; of a sum for SOURCE_ERROR; `organization` or `year` for HEADING; else none.

    `text` is what is printed (VALUE, HEADING), or the sum as it was confirmed (SOURCE_ERROR): should its figures change
    afterwards, it is not confirmed any more.
    """

    kind: Kind
    targets: tuple[str, ...] = ()
    text: str = ""


class Refused(ValueError):
    """An action that cannot be done; says why in Chinese, for who tried."""


def standing(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions that were not taken back, in order."""
    kept: list[Action] = []
    for action in actions:
        if action.kind is not Kind.UNDO:
            kept.append(action)
        elif kept:
            kept.pop()
    return tuple(kept)
