"""Counts of outcomes over one report or many. Scores add: the score of many reports is the sum of theirs.

All values are integers, so that sums are exact in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from eval.scoring.outcomes import AS_PRINTED, FOR_REVIEW, SILENT, Outcome, table_of

CONFIDENCE_STEPS = 10_000
"""Confidences are counted in steps of a ten-thousandth."""


class Counted(NamedTuple):
    """What fields are counted by. `in_gold`: the gold has the field; false for surplus fields of the prediction."""

    level: str
    field: str
    outcome: Outcome
    in_gold: bool

    @property
    def table(self) -> str:
        """The block of the form that the field belongs to."""
        return table_of(self.field)


@dataclass(frozen=True, slots=True)
class Matches:
    """Things in the gold that the prediction has (`found`) or lacks (`missed`), and those only it has (`false`)."""

    found: int = 0
    missed: int = 0
    false: int = 0

    def __add__(self, other: Matches) -> Matches:
        return Matches(self.found + other.found, self.missed + other.missed, self.false + other.false)


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over one report or many.

    `perfect_reports`: every field, the organization, year and template right, nothing left for review. `sound_reports`:
    no silent error. `figures`: fields that print something other than zero, and those of them right. `confidences`:
    fields with a value, blank or in review, by confidence (in `CONFIDENCE_STEPS`) and rightness. `source_errors`: sums
    that are wrong in print and reported as such; `source_kept`: those of them whose figures all stayed as printed.
    `corrections`: figures corrected by sums, and those of them right; `misreads`: first readings that were wrong, and
    those of them corrected; `misreads_in_sums`: those of them in a sum and in a cell whose row and column are known.
    `text`: characters of the sections that agree, of all characters of both texts. `faults` names the fields and
    headings that are not as printed.
    """

    reports: int = 0
    unread: int = 0
    perfect_reports: int = 0
    sound_reports: int = 0
    cells: Counter[Counted] = field(default_factory=Counter)
    figures: Share = Share()
    confidences: Counter[tuple[int, bool]] = field(default_factory=Counter)
    headings: Counter[str] = field(default_factory=Counter)
    source_errors: Matches = Matches()
    source_kept: Share = Share()
    corrections: Share = Share()
    misreads: Share = Share()
    misreads_in_sums: Share = Share()
    sections: Matches = Matches()
    sections_in_order: int = 0
    text: Share = Share()
    extra_rows: Matches = Matches()
    narrative: Matches = Matches()
    faults: tuple[str, ...] = ()

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Score)))

    def count(self, outcomes: Iterable[Outcome]) -> int:
        """Return the number of fields with one of these outcomes."""
        wanted = frozenset(outcomes)
        return sum(n for counted, n in self.cells.items() if counted.outcome in wanted)

    @property
    def fields(self) -> int:
        """Fields of the gold, those that its report does not print included."""
        return sum(n for counted, n in self.cells.items() if counted.in_gold)

    @property
    def right(self) -> int:
        """Fields with the printed value, right guesses of those in review included."""
        return self.count(AS_PRINTED)

    @property
    def review(self) -> int:
        """Fields in review, right or wrong."""
        return self.count(FOR_REVIEW)

    @property
    def silent(self) -> int:
        """Silent errors: fields that are wrong, or not in the report, and accepted."""
        return self.count(SILENT)

    @property
    def missed(self) -> int:
        """Fields that are printed and were not found."""
        return self.count((Outcome.MISSED,))

    @property
    def heading_wrong(self) -> int:
        """Organizations, years and templates that are not the printed ones."""
        return sum(self.reports - self.headings[name] for name in ("organization", "year", "template"))

    @property
    def perfect(self) -> bool:
        """Whether every report has all fields and the heading right, and nothing in review."""
        return self.perfect_reports == self.reports


def total(scores: Iterable[Score]) -> Score:
    """Return the sum of all scores."""
    return sum(scores, Score())
