"""Reports as they are read from pictures, and the fields that the tests of reconciliation speak of."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings

from extraction.document import Candidate, Field, Report, Status
from tests.examples import examples
from tests.extraction.sums import from_picture, in_order, report, sums_with

few = settings(max_examples=examples(30), deadline=None)


ROW, OTHER, TOTAL = (f"applications.results.granted.{c}" for c in ("natural_person", "enterprise", "total"))
"""In one row; each is in two sums of its own column too."""


ALONE = "proactive.administrative_licensing.decisions"
"""In no sum."""


SURELY = 0.99995


def pictured(form_id: str, values: dict[str, int], **others: Field) -> Report:
    """A report read from pictures, surely where nothing else is said."""
    sure = {i: from_picture(i, (values[i], SURELY)) for i in in_order(form_id) if i not in others}
    return report(form_id, {}, **sure, **others)


def in_a_sum(form_id: str) -> list[str]:
    return [i for i in in_order(form_id) if sums_with(form_id, i)]


def either(field_id: str, status: Status, *readings: tuple[str, float]) -> Field:
    """A cell that prints one of these texts."""
    text, probability = readings[0]
    value = Decimal(text) if text.isdigit() else None
    confidence = probability if status is not Status.REVIEW else 0.5
    return Field(field_id, field_id, value, text, status, confidence, candidates=tuple(Candidate(*r) for r in readings))
