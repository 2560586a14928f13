"""A report beside its gold: which fields are right, wrong, sent to a person, or wrong and accepted all the same.

Scores add: the score of many reports is the sum of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from extraction.document import Field, Report, Status, Verdict

ACCEPTED = frozenset({Status.READ, Status.CORRECTED, Status.INFERRED, Status.BLANK})


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over fields. `silent` are wrong and accepted: the one thing that must not be. `faults` says which."""

    fields: int = 0
    right: int = 0
    review: int = 0
    silent: int = 0
    heading_wrong: int = 0
    faults: tuple[str, ...] = field(default=())

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Score)))

    @property
    def perfect(self) -> bool:
        """Every field and the heading right, nothing left to a person."""
        return self.right == self.fields and not self.review and not self.heading_wrong and not self.faults


def compare(gold: Mapping[str, Any], report: Report) -> Score:
    """The score of one report against its gold (`annotations/samples/*/gold.json`)."""
    read = {f.id: f for f in report.fields}
    faults: list[str] = []
    right = silent = 0
    for field_id, printed in gold["fields"].items():
        found = read.get(field_id)
        wanted = _decimal(printed["value"])
        if found is not None and is_right(found, wanted, missing=field_id in gold["missing"]):
            right += 1
            continue
        state = f"{found.value} {found.status} ({found.printed!r})" if found else "absent"
        faults.append(f"{field_id}: {state}, printed {printed['printed']!r}")
        silent += bool(found and found.status in ACCEPTED)
    invented = [f for f in report.fields if f.id not in gold["fields"] and f.status is not Status.MISSING]
    faults += [f"{f.id}: {f.value} {f.status}, not in the report" for f in invented]
    heading = [k for k in ("organization", "year", "template") if getattr(report, k) != gold[k]]
    faults += [f"{k}: {getattr(report, k)!r}, printed {gold[k]!r}" for k in heading]
    return Score(
        fields=len(gold["fields"]),
        right=right,
        review=sum(f.status is Status.REVIEW for f in report.fields),
        silent=silent + sum(f.status in ACCEPTED for f in invented),
        heading_wrong=len(heading),
        faults=tuple(faults),
    )


def is_right(found: Field, wanted: Decimal | None, *, missing: bool = False) -> bool:
    """Whether a field says what is printed. A blank that the sums leave one value for may be inferred."""
    if missing:
        return found.status is Status.MISSING
    if wanted is None:
        return (found.value is None and found.status is not Status.MISSING) or found.status is Status.INFERRED
    return found.value == wanted


def inconsistent_totals(report: Report) -> set[str]:
    """The checks that say that the report itself is wrong."""
    return {c.id for c in report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}


def total(scores: Iterable[Score]) -> Score:
    """All scores added."""
    return sum(scores, Score())


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
