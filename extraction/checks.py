"""The sums (勾稽关系) evaluated over the read values, with their verdicts.

A sum that does not hold is an answer, not a fault. Where every cell is read surely the report itself is wrong and its
cells stay as printed; otherwise the cells concerned go to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from extraction.catalogue import Identity, template
from extraction.document import Check, Field, Report, Status, Verdict

SURE = 0.97
"""Confidence from which a reading is taken to be what is printed though no sum bears it out."""

SURER = 0.99
"""The same in a report of which much could not be read: what the others say is less sure as well."""

_MUCH = 0.1  # of a report's fields

_MOST = 0.25
"""Share of a report's fields unread from which no reading is taken to be what is printed unless a sum bears it out: its
tables may be something else altogether, the print of the page's back for one."""

STATED = 1.0
"""Confidence of what the file itself states; no reading of a picture has it."""

PROVEN = 0.999
"""Confidence from which it is taken so even where its sum does not hold.

A worn scan breaks many more sums than agencies do: of a 4 whose thin strokes are lost, 1 is a good reading.
"""


def check_sums(report: Report) -> Report:
    """The report with its checks.

    A reading that is likely but not sure is accepted where a sum bears it out and none that it is in speaks against it;
    otherwise it becomes `review`, as does one that is sure, but not beyond doubt, where a sum speaks against it.

    A sum that fails does not speak against what another sum bears out if one of its own figures is in doubt already. A
    sum with a figure that could not be read says nothing at all. Of a report that is hardly read nothing is accepted
    that no sum bears out, unless the file itself states it.
    """
    if report.template is None:
        return report
    by_id = {f.id: f for f in report.fields}
    form = template(report.template)
    foreign = set(by_id) - {f.id for f in form.fields}
    identities = form.identities(foreign)
    checks = tuple(evaluate(identity, by_id) for identity in identities)
    judged = list(zip(identities, checks, strict=True))
    borne_out = _in_sums(identity for identity, check in judged if check.holds)
    failing = [identity for identity, check in judged if check.verdict is Verdict.UNRESOLVED and check.holds is False]
    explained = [i for i in failing if any(by_id[part].status is Status.REVIEW for part in (*i.left, *i.right))]
    unexplained = _in_sums(i for i in failing if i not in explained)
    broken = unexplained | (_in_sums(explained) - borne_out)
    unread = sum(f.status is Status.REVIEW for f in report.fields) / max(1, len(report.fields))
    sure = STATED if unread > _MOST else SURER if unread > _MUCH else SURE
    suspects = {
        f.id
        for f in report.fields
        if f.status in (Status.READ, Status.BLANK)
        and (f.confidence < PROVEN if f.id in broken else f.confidence < sure and f.id not in borne_out)
    }
    fields = tuple(_doubted(f) if f.id in suspects else f for f in report.fields)
    return replace(report, fields=fields, checks=checks)


def _in_sums(identities: Iterable[Identity]) -> set[str]:
    """The fields of all these sums."""
    return {field_id for identity in identities for field_id in (*identity.left, *identity.right)}


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
    sure = all(f.status is Status.READ and f.confidence >= PROVEN for f in parts)
    return Check(identity.id, expression, False, Verdict.SOURCE_INCONSISTENT if sure else Verdict.UNRESOLVED)


def _sum_text(fields: Sequence[Field]) -> str:
    return " + ".join(_figure_text(f) for f in fields)


def _figure_text(field: Field) -> str:
    if field.value is not None:
        return f"({field.value})" if field.value < 0 else str(field.value)
    return "?" if field.status is Status.REVIEW else "—"


def _doubted(field: Field) -> Field:
    return replace(field, status=Status.REVIEW, confidence=min(field.confidence, 0.5))
