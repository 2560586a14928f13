"""Counts of what came of one report or many. Scores add: the score of many reports is the sum of theirs.

All that a score holds are whole numbers, so that sums are exact in any order.
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
    """What fields are counted by. `in_gold`: the gold has the field, it is no other one that was read."""

    level: str
    field: str
    outcome: Outcome
    in_gold: bool

    @property
    def table(self) -> str:
        """The block of the form that the field stands in."""
        return table_of(self.field)


@dataclass(frozen=True, slots=True)
class Matches:
    """Things that the gold has and the prediction too (`found`) or not (`missed`), and those only it has (`false`)."""

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

    `perfect_reports`: every field, the organization, year and template right, nothing left to a person.
    `sound_reports`: no silent error. `figures`: fields that print something other than zero, and those of them right.
    `confidences`: fields with a value, blank or doubt, by confidence (in `CONFIDENCE_STEPS`) and rightness.
    `source_errors`: sums that are wrong in print and said to be; `source_kept`: those of them whose figures all stayed
    as printed. `corrections`: figures put right by sums that are right; `misreads`: first readings that were wrong, and
    how many of them were put right; `misreads_in_sums`: those of them in a sum and in a cell whose row and column are
    known. `text`: characters of the sections that agree, of all (of both texts together).
    `faults` says in words which fields and headings are not as printed.
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
        """Fields with one of these outcomes."""
        wanted = frozenset(outcomes)
        return sum(n for counted, n in self.cells.items() if counted.outcome in wanted)

    @property
    def fields(self) -> int:
        """Fields of the gold, those that its report does not print among them."""
        return sum(n for counted, n in self.cells.items() if counted.in_gold)

    @property
    def right(self) -> int:
        """Fields that say what is printed, the best guesses of those for review counted too."""
        return self.count(AS_PRINTED)

    @property
    def review(self) -> int:
        """Fields that a person must look at, right or wrong."""
        return self.count(FOR_REVIEW)

    @property
    def silent(self) -> int:
        """Fields that are wrong, or not in the report at all, and accepted."""
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
        """Every field and the heading right, nothing left to a person, in every report."""
        return self.perfect_reports == self.reports


def total(scores: Iterable[Score]) -> Score:
    """All scores added."""
    return sum(scores, Score())
