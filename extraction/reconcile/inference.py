"""Figures whose place is damaged, where the sums leave one possible value.

One sum is not enough: in print it may be wrong. Where two that cross leave the same value, both would have to be wrong
by the same amount. That the agency misprinted the figure itself nothing excludes: one of several digits, which are
those that are misprinted, is a guess for a person. A cell that is there and blank stays blank: that a sum holds with a
zero in it does not make it one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.document import Field, Status
from extraction.forms.catalogue import Identity

_SUMS = 2  # that must leave the same value
_SLIPS = 10  # from here on digits change places in print, and sums are right that the figure is not in keeping with
_CONFIDENCE, _GUESSED = 0.9995, 0.99
_KNOWN = (Status.READ, Status.CORRECTED)


def with_inferred(fields: Sequence[Field], identities: Sequence[Identity]) -> tuple[Field, ...]:
    """The fields, those of damaged places being inferred where that can be."""
    by_id = {f.id: f for f in fields}
    left_over: defaultdict[str, Counter[Decimal]] = defaultdict(Counter)
    for identity in identities:
        unknown = [p for p in (*identity.left, *identity.right) if by_id[p].status not in _KNOWN]
        if len(unknown) == 1:
            left_over[unknown[0]][_value_left(identity, unknown[0], by_id)] += 1
    blanks = any(f.status is Status.BLANK for i in identities for f in (by_id[p] for p in (*i.left, *i.right)))
    return tuple(_inferred(f, left_over.get(f.id, Counter()), blanks) for f in fields)


def _value_left(identity: Identity, unknown: str, fields: dict[str, Field]) -> Decimal:
    left, right = (
        sum((fields[p].value or Decimal(0) for p in side if p != unknown), Decimal(0))
        for side in (identity.left, identity.right)
    )
    return right - left if unknown in identity.left else left - right


def _inferred(field: Field, left_over: Counter[Decimal], blanks: bool) -> Field:
    """A damaged field with the value that its sums leave; a zero may be a blank where the report has some."""
    if field.status is not Status.REVIEW or field.value is not None or field.candidates or field.printed:
        return field
    if len(left_over) != 1:
        return field
    value, sums = next(iter(left_over.items()))
    if sums < _SUMS or value < 0 or (value == 0 and blanks):
        return field
    if value >= _SLIPS:
        return replace(field, value=value, confidence=_GUESSED)
    return replace(field, value=value, status=Status.INFERRED, confidence=_CONFIDENCE)
