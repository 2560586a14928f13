"""The sums (勾稽关系) evaluated over the read values, with their verdicts.

A sum that does not hold is an answer, not a fault. Where every cell is read surely the report itself is wrong and its
cells stay as printed; otherwise the cells concerned go to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.catalogue import Identity, template
from extraction.document import Check, Field, Report, Status, Verdict

SURE = 0.97
"""Confidence from which a reading is taken to be what is printed even where its sum does not hold."""


def check_sums(report: Report) -> Report:
    """The report with its checks; cells of sums that a doubtful reading may have broken become `review`."""
    if report.template is None:
        return report
    by_id = {f.id: f for f in report.fields}
    form = template(report.template)
    foreign = set(by_id) - {f.id for f in form.fields}
    identities = form.identities(foreign)
    checks = tuple(evaluate(identity, by_id) for identity in identities)
    suspects = {
        field_id
        for identity, check in zip(identities, checks, strict=True)
        if check.verdict is Verdict.UNRESOLVED and check.holds is False
        for field_id in (*identity.left, *identity.right)
        if by_id[field_id].status is Status.READ and by_id[field_id].confidence < SURE
    }
    fields = tuple(_doubted(f) if f.id in suspects else f for f in report.fields)
    return replace(report, fields=fields, checks=checks)


def evaluate(identity: Identity, fields: dict[str, Field]) -> Check:
    """One identity with the values read: whether it holds, and what that says."""
    left = [fields[i] for i in identity.left]
    right = [fields[i] for i in identity.right]
    expression = f"{_sum_text(left)} = {_sum_text(right)}"
    parts = [*left, *right]
    values = [f.value for f in parts]
    if any(v is None for v in values):
        unread = any(f.value is None and f.status is Status.REVIEW for f in parts)
        return Check(identity.id, expression, None, Verdict.UNRESOLVED if unread else Verdict.NOT_APPLICABLE)
    holds = sum(f.value or 0 for f in left) == sum(f.value or 0 for f in right)
    if holds:
        return Check(identity.id, expression, True, Verdict.HOLDS)
    sure = all(f.status is Status.READ and f.confidence >= SURE for f in parts)
    return Check(identity.id, expression, False, Verdict.SOURCE_INCONSISTENT if sure else Verdict.UNRESOLVED)


def _sum_text(fields: Sequence[Field]) -> str:
    return " + ".join(_figure_text(f) for f in fields)


def _figure_text(field: Field) -> str:
    if field.value is not None:
        return f"({field.value})" if field.value < 0 else str(field.value)
    return "?" if field.status is Status.REVIEW else "—"


def _doubted(field: Field) -> Field:
    return replace(field, status=Status.REVIEW, confidence=min(field.confidence, 0.5))
