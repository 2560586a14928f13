"""Differences between reports as read by new weights and by the weights in use, and their JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extraction.document import Field, Report


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that new weights read differently; values as exact text, "" for none."""

    id: str
    label: str
    before: str
    status_before: str
    after: str
    status_after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A report that new weights read differently. If its `state` is accepted, promotion does not change it.

    `heads` are organization, year and form where they differ: (name, before, after). `error` tells why the report could
    not be read with the new weights.
    """

    report_id: int
    name: str
    organization: str
    year: int | None
    state: str
    fields: tuple[FieldChange, ...] = ()
    heads: tuple[tuple[str, str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """How many reports were compared, and those that differ."""

    compared: int
    changed: tuple[Change, ...]


def field_changes(before: Report, after: Report) -> Iterator[FieldChange]:
    """The fields that differ in value or status, in the form's order; differences of confidence do not count."""
    old = {f.id: f for f in before.fields}
    new = {f.id: f for f in after.fields}
    for field_id in dict.fromkeys((*old, *new)):
        one, other = old.get(field_id), new.get(field_id)
        if _value_and_status(one) != _value_and_status(other):
            label = next(f.label for f in (one, other) if f is not None)
            yield FieldChange(field_id, label, *_value_and_status(one), *_value_and_status(other))


def head_changes(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    """Organization, year and form where they differ: (name, before, after)."""
    for name in ("organization", "year", "template"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield name, str(one or ""), str(other or "")


def _value_and_status(field: Field | None) -> tuple[str, str]:
    if field is None:
        return "", "missing"
    return _figure(field.value), str(field.status)


def _figure(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")


def write_changes(path: Path, changes: Changes) -> None:
    """Write changes as JSON."""
    path.write_text(json.dumps(asdict(changes), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_changes(path: Path) -> Changes:
    """The changes in a file. Raises OSError."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Changes(data["compared"], tuple(_change(c) for c in data["changed"]))


def _change(data: dict[str, Any]) -> Change:
    fields = tuple(FieldChange(**f) for f in data.pop("fields"))
    heads = tuple((name, before, after) for name, before, after in data.pop("heads"))
    return Change(**data, fields=fields, heads=heads)
