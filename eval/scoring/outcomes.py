"""The outcome of each field of a report: right, wrong, for review, or a silent error."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from extraction.document import Field, Report, Status
from extraction.forms.catalogue import field_forms

ACCEPTED = frozenset({Status.READ, Status.CORRECTED, Status.INFERRED, Status.BLANK})
OTHER_TABLE = "other"
"""The table of a field that no form has."""


class Outcome(StrEnum):
    """The outcome of a field."""

    RIGHT = "right"  # as printed, and nobody need look
    SILENT = "silent"  # not as printed, and accepted: the one thing that must not be
    GUESSED = "review_right"  # for a person; the best guess is what is printed
    MISGUESSED = "review_wrong"  # for a person; the best guess is something else
    UNREAD = "review_none"  # for a person; without a guess
    MISSED = "missed"  # printed, and not found in the report
    INVENTED = "invented"  # accepted where the report has no such field: a silent error too
    SURPLUS = "invented_review"  # for a person, where the report has no such field


AS_PRINTED = (Outcome.RIGHT, Outcome.GUESSED)
SILENT = (Outcome.SILENT, Outcome.INVENTED)
FOR_REVIEW = (Outcome.GUESSED, Outcome.MISGUESSED, Outcome.UNREAD, Outcome.SURPLUS)


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """A field of the gold (`wanted`), of the prediction (`found`), or of both, with its outcome."""

    id: str
    outcome: Outcome
    wanted: Field | None
    found: Field | None

    @property
    def in_gold(self) -> bool:
        """Whether the field counts among the report's fields."""
        return self.wanted is not None

    def __str__(self) -> str:
        """The error in one line."""
        found = self.found
        state = f"{found.value} {found.status} ({found.printed!r})" if found else "absent"
        if self.wanted is None:
            return f"{self.id}: {found.value if found else None} {found.status if found else ''}, not in the report"
        return f"{self.id}: {state}, printed {self.wanted.printed!r}"


def compare_fields(gold: Report, report: Report) -> tuple[FieldOutcome, ...]:
    """Return every field of the gold in its order, then every field that only the other report has."""
    found = {f.id: f for f in report.fields}
    known = {f.id for f in gold.fields}
    return (
        *(FieldOutcome(f.id, _outcome(f, found.get(f.id)), f, found.get(f.id)) for f in gold.fields),
        *(
            FieldOutcome(f.id, _where_nothing_is(f), None, f)
            for f in report.fields
            if f.id not in known and f.status is not Status.MISSING
        ),
    )


def is_right(found: Field, wanted: Decimal | None, *, missing: bool = False) -> bool:
    """Whether a field has the printed value. A blank whose value follows from the sums may be inferred."""
    if missing:
        return found.status is Status.MISSING
    if wanted is None:
        return (found.value is None and found.status is not Status.MISSING) or found.status is Status.INFERRED
    return found.value == wanted


def was_misread(outcome: FieldOutcome) -> bool:
    """Whether a printed cell was first read as something else than it prints."""
    wanted, found = outcome.wanted, outcome.found
    if wanted is None or found is None or Status.MISSING in (wanted.status, found.status):
        return False
    if found.reading is not None:
        return plain(found.reading) != plain(wanted.printed)
    return outcome.outcome not in AS_PRINTED


def table_of(field_id: str) -> str:
    """Return the block of the form that a field belongs to."""
    form = field_forms().get(field_id)
    return form.block.id if form else OTHER_TABLE


def plain(text: str) -> str:
    """Return text as it is compared: without white space, full-width forms as half-width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _outcome(wanted: Field, found: Field | None) -> Outcome:
    if found is None:
        return Outcome.MISSED
    missing = wanted.status is Status.MISSING
    right = is_right(found, wanted.value, missing=missing)
    if missing and not right:
        return _where_nothing_is(found)
    if found.status is Status.REVIEW:
        if right:
            return Outcome.GUESSED
        return Outcome.UNREAD if found.value is None else Outcome.MISGUESSED
    if right:
        return Outcome.RIGHT
    return Outcome.SILENT if found.status in ACCEPTED else Outcome.MISSED


def _where_nothing_is(found: Field) -> Outcome:
    return Outcome.INVENTED if found.status in ACCEPTED else Outcome.SURPLUS
