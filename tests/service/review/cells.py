"""Cells of a sample whose sums all hold, and actions on them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.document import Report, Verdict
from service.review.actions import Action, Kind
from tests.service.archive import report

UPHELD, CORRECTED, OTHER, PENDING, TOTAL = (
    f"review.{part}" for part in ("upheld", "corrected", "other", "pending", "total")
)


SUM = "review:total"


ALL = Action(Kind.ACCEPT_ALL)


def value(field_id: str, text: str) -> Action:
    return Action(Kind.VALUE, (field_id,), text)


def gold() -> Report:
    """A sample of which every sum holds, with 3 + 1 + 0 + 1 = 5 among them."""
    return report("qingluo-2019")


def check(of: Report, check_id: str) -> Verdict:
    return next(c.verdict for c in of.checks if c.id == check_id)


def replace_value(of: Report, field_id: str, text: str) -> Report:
    fields = (replace(f, value=Decimal(text), printed=text) if f.id == field_id else f for f in of.fields)
    return replace(of, fields=tuple(fields))
