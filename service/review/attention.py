"""In which order to look at reports: what a minute of a person's attention puts right in each.

A report's open cells are worth the probability that their best guess is wrong, its failing sums the probability that
one of their figures was misread. Not all of them need the same look: once
some are known, sums leave one figure for others, which a glance then confirms. So the gain of a minute is the risk that
goes away, times the cells settled in that time, over the time it is expected to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from extraction.document import Field, Report, Status, Verdict
from extraction.forms.catalogue import Identity
from extraction.forms.identities import identities_of
from service.review.choices import KEYS
from service.review.effort import CONFIRM, OPEN, PICK, PREPARE, typed

_A_PART = 0.5  # of a look, for each figure of a sum that fails, compared with the page one after the other
_FOLLOWING = 0.5  # share of a look that a cell takes which the sums have settled


@dataclass(frozen=True, slots=True)
class Attention:
    """What a review of a report takes and gives. `looked_at` and `following` are open fields: those that must be read
    from the page, and those for which the sums then leave one figure."""

    looked_at: tuple[str, ...]
    following: tuple[str, ...]
    risk: float
    minutes: float

    @property
    def gain(self) -> float:
        """Mean risk of an open cell times cells settled, a minute."""
        return self.risk / self.minutes if self.minutes else 0.0


def attention(report: Report) -> Attention:
    """What the review of this report, as it is now, would take and give."""
    fields = {f.id: f for f in report.fields}
    unsure = [f for f in report.fields if f.status is Status.REVIEW]
    looked_at, following = _settling([f.id for f in unsure], identities_of(report))
    inconsistent = {c.id for c in report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}
    failing = [(*i.left, *i.right) for i in identities_of(report) if i.id in inconsistent]
    risk = sum(1 - f.confidence for f in unsure) + sum(1 - prod(fields[i].confidence for i in ids) for ids in failing)
    seconds = sum(expected_seconds(fields[i]) for i in looked_at)
    seconds += _FOLLOWING * len(following) * CONFIRM.seconds + sum(_A_PART * len(ids) * PREPARE for ids in failing)
    return Attention(looked_at, following, risk, (seconds + OPEN) / 60 if risk else 0.0)


def expected_seconds(field: Field) -> float:
    """How long an open field takes: to confirm its guess, to pick another candidate, or to type."""
    offered = field.candidates[: len(KEYS)]
    right = field.confidence if field.value is not None else 0.0
    picked = min(1 - right, sum(c.probability for c in offered if c.text != field.printed))
    width = typed(field.printed or "0").seconds
    return right * CONFIRM.seconds + picked * PICK.seconds + (1 - right - picked) * width


def _settling(unsure: Sequence[str], identities: Sequence[Identity]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The open fields that must be looked at, those first that settle most others, and those that then follow.

    What is the only open part of a sum already is among the former: reconciliation saw that sum and did not believe it.
    """
    left, following = dict.fromkeys(unsure), list[str]()
    sums = [frozenset((*identity.left, *identity.right)) for identity in identities]
    in_sums = {i: [s for s in sums if i in s] for i in unsure}
    looked_at = [i for i in unsure if any(s & left.keys() == {i} for s in in_sums[i])]
    for i in looked_at:
        del left[i]
    while left:
        while last := [i for s in sums if len(s & left.keys()) == 1 for i in s & left.keys()]:
            following.append(last[0])
            del left[last[0]]
        if left:  # the one whose sums have fewest other open parts soonest makes another the last of its sum
            best = min(left, key=lambda i: min((len(s & left.keys()) for s in in_sums[i]), default=len(unsure) + 1))
            looked_at.append(best)
            del left[best]
    return tuple(looked_at), tuple(following)
