"""The sums (勾稽关系) evaluated over the read values, with their verdicts.

A sum that fails is a result, not an error: with all its figures accepted, the report itself is inconsistent and its
figures stay as printed; otherwise they are for review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extraction.document import Check, Field, Report, Status, Verdict
from extraction.forms.catalogue import Identity, template

_ACCEPTED = (Status.READ, Status.CORRECTED, Status.INFERRED)


def check_sums(report: Report) -> Report:
    """The report with its checks and its fields as they are, for a report whose figures are all known (gold)."""
    if report.template is None:
        return report
    by_id = {f.id: f for f in report.fields}
    checks = tuple(evaluate(identity, by_id) for identity in identities_of(report))
    return replace(report, checks=checks)


def identities_of(report: Report) -> tuple[Identity, ...]:
    """The sums of the report's form over the rows that it prints; none for a report without a form."""
    if report.template is None:
        return ()
    form = template(report.template)
    return form.identities({f.id for f in report.fields} - {f.id for f in form.fields})


def evaluate(identity: Identity, fields: Mapping[str, Field]) -> Check:
    """The check of one identity over fields by id: whether it holds, and the verdict."""
    left = [fields[i] for i in identity.left]
    right = [fields[i] for i in identity.right]
    expression = f"{sum_text(left)} = {sum_text(right)}"
    parts = [*left, *right]
    values = [f.value for f in parts]
    if any(v is None for v in values):
        unread = any(f.value is None and f.status is Status.REVIEW for f in parts)
        return Check(identity.id, expression, None, Verdict.UNRESOLVED if unread else Verdict.NOT_APPLICABLE)
    holds = sum(f.value or 0 for f in left) == sum(f.value or 0 for f in right)
    if holds:
        return Check(identity.id, expression, True, Verdict.HOLDS)
    sure = all(f.status in _ACCEPTED for f in parts)
    return Check(identity.id, expression, False, Verdict.SOURCE_INCONSISTENT if sure else Verdict.UNRESOLVED)


def sum_text(fields: Sequence[Field]) -> str:
    """One side of a sum with the figures read."""
    return " + ".join(_figure_text(f) for f in fields)


def _figure_text(field: Field) -> str:
    if field.value is not None:
        return f"({field.value})" if field.value < 0 else str(field.value)
    return "?" if field.status is Status.REVIEW else "—"
