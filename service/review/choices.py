"""The candidates that a reviewer can pick for a field, up to four, each with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extraction.document import Field, Status
from extraction.figures import parse_figure
from extraction.forms.catalogue import Identity

KEYS = ("1", "2", "3", "4")
_MAX_KEYS_FROM_SUMS = 2  # figures that only the sums give: sums may fail in print


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate on a key; `text` "" is a blank cell. `probability` is None for figures that only the sums give."""

    key: str
    text: str
    probability: float | None


def choices(field: Field, implied: Sequence[Decimal] = ()) -> tuple[Choice, ...]:
    """The candidates of an open field and the figures that the sums imply for it, in order of their keys.

    A candidate that is itself the digit of a key gets that key: pressing 1 never enters another figure than 1.
    """
    if field.status is not Status.REVIEW:
        return ()
    read: dict[str, float | None] = {c.text: c.probability for c in field.candidates}
    if not read and field.value is not None:
        read = {field.printed: field.confidence}
    known = [_value(text) for text in read]
    sums = [format(value, "f") for value in implied if value >= 0 and value not in known][:_MAX_KEYS_FROM_SUMS]
    some: list[tuple[str, float | None]] = [*read.items()][: len(KEYS) - len(sums)]
    some += [(text, None) for text in sums]
    taken = {text: text for text, _ in some if text in KEYS}
    free = iter([key for key in KEYS if key not in taken])
    placed = [Choice(taken.get(text) or next(free), text, probability) for text, probability in some]
    return tuple(sorted(placed, key=lambda choice: choice.key))


def implied_by_sums(identities: Sequence[Identity], fields: Mapping[str, Field]) -> dict[str, tuple[Decimal, ...]]:
    """The figures that sums imply for every open field that is the only open part of a sum."""
    found: dict[str, tuple[Decimal, ...]] = {}
    for identity in identities:
        parts = [(i, 1) for i in identity.left] + [(i, -1) for i in identity.right]
        unknown = [(i, sign) for i, sign in parts if fields[i].status is Status.REVIEW]
        known = [(fields[i].value, sign) for i, sign in parts if fields[i].status is not Status.REVIEW]
        if len(unknown) != 1 or any(value is None for value, _ in known):
            continue
        ((field_id, own),) = unknown
        value = -own * sum((value * sign for value, sign in known if value is not None), Decimal(0))
        if value not in found.get(field_id, ()):
            found[field_id] = (*found.get(field_id, ()), value)
    return found


def _value(text: str) -> Decimal | None:
    figure = parse_figure(text)
    return None if figure is None else figure.value
