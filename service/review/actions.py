"""The actions of a reviewer as values. A list of actions is a review, which can be saved, replayed and undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an action does to its targets.

    VALUE gives the printed text of a cell, BLANK says that a cell is blank, MISSING that the report has no such cells;
    SOURCE_ERROR confirms that a sum fails in print (源表有误); ACCEPT_ALL accepts every sure cell; HEADING gives the
    organization or the year; UNDO removes the last action.
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
    """`targets` are ids of fields; the id of a sum for SOURCE_ERROR; `organization` or `year` for HEADING; else empty.

    `text` is what is printed (VALUE, HEADING), or the expression of the confirmed sum (SOURCE_ERROR), which is no
    longer confirmed once its figures change.
    """

    kind: Kind
    targets: tuple[str, ...] = ()
    text: str = ""


class Refused(ValueError):
    """An action that cannot be done; its message tells the reviewer why, in Chinese."""


def standing(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions that were not undone, in order."""
    kept: list[Action] = []
    for action in actions:
        if action.kind is not Kind.UNDO:
            kept.append(action)
        elif kept:
            kept.pop()
    return tuple(kept)
