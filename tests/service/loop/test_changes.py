"""Differences between two readings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.document import Status
from service.loop.changes import (
    Change,
    Changes,
    FieldChange,
    field_changes,
    head_changes,
    read_changes,
    write_changes,
)
from tests.service.archive import report


def test_a_change_is_another_figure_or_another_status() -> None:
    was = report()
    one, other, *rest = was.fields
    assert list(field_changes(was, was)) == []
    assert list(field_changes(was, replace(was, fields=(replace(one, confidence=0.5), other, *rest)))) == []
    now_read = replace(was, fields=(replace(one, value=Decimal("0.10"), status=Status.REVIEW), *rest), year=1999)
    assert list(field_changes(was, now_read)) == [
        FieldChange(one.id, one.label, str(one.value), "read", "0.10", "review"),
        FieldChange(other.id, other.label, str(other.value), "read", "", "missing"),
    ]
    assert list(head_changes(was, now_read)) == [("year", str(was.year), "1999")]


def test_changes_come_back_as_they_were_written(tmp_path: Path) -> None:
    change = FieldChange("a.b", "甲", "1", "read", "", "review")
    changes = Changes(7, (Change(3, "a.pdf", "某局", None, "converted", (change,), (("year", "", "2023"),), "e"),))
    write_changes(tmp_path / "changes.json", changes)
    assert read_changes(tmp_path / "changes.json") == changes
