"""What would be read otherwise: every report as other weights read it, beside what the weights in use made of it."""

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
    """A field that would be read otherwise; figures as text, exact, "" for none."""

    id: str
    label: str
    before: str
    status_before: str
    after: str
    status_after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A report that would be read otherwise. `state` says whether a person has accepted it: then it stays as it is.

    `heads` are organization, year and form where they differ: (name, before, after). `error` is why it could not be
    read any more.
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
    """What was compared, and what differs."""

    compared: int
    changed: tuple[Change, ...]


def field_changes(before: Report, after: Report) -> Iterator[FieldChange]:
    """The fields that differ in value or status, in the form's order; confidence alone is no difference."""
    old = {f.id: f for f in before.fields}
    new = {f.id: f for f in after.fields}
    for field_id in dict.fromkeys((*old, *new)):
        one, other = old.get(field_id), new.get(field_id)
        if _said(one) != _said(other):
            label = next(f.label for f in (one, other) if f is not None)
            yield FieldChange(field_id, label, *_said(one), *_said(other))


def head_changes(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    """Organization, year and form, where they differ."""
    for name in ("organization", "year", "template"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield name, str(one or ""), str(other or "")


def _said(field: Field | None) -> tuple[str, str]:
    if field is None:
        return "", "missing"
    return _figure(field.value), str(field.status)


def _figure(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")


def write_changes(path: Path, changes: Changes) -> None:
    """Write them as JSON."""
    path.write_text(json.dumps(asdict(changes), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_changes(path: Path) -> Changes:
    """What a file holds. Raises OSError."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Changes(data["compared"], tuple(_change(c) for c in data["changed"]))


def _change(data: dict[str, Any]) -> Change:
    fields = tuple(FieldChange(**f) for f in data.pop("fields"))
    heads = tuple((name, before, after) for name, before, after in data.pop("heads"))
    return Change(**data, fields=fields, heads=heads)
