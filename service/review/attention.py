"""The order of the queue: how many errors a minute of review is expected to remove from each report.

The risk of a report is the sum of the probabilities that the first candidate of an open cell is wrong, and that one of
the figures of a failed sum was misread. Once some cells are known, sums determine others, which a glance confirms. The
gain is the risk divided by the expected time of the review.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from extraction.document import Field, Report, Status, Verdict
from extraction.forms.catalogue import Identity
from extraction.forms.identities import identities_of
from service.review.choices import KEYS
from service.review.effort import CONFIRM, LOOK_SECONDS, OPEN_SECONDS, PICK, typed

_FAILED_SUM_LOOKS_PER_FIGURE = 0.5  # its figures are compared with the page in one go
_DETERMINED_CELL_LOOKS = 0.5  # a cell whose figure the sums determine takes a glance


@dataclass(frozen=True, slots=True)
class Attention:
    """The cost and benefit of a review. `looked_at` are the open fields that must be read from the page, `following`
    those that the sums then determine; `risk` is the expected number of errors."""

    looked_at: tuple[str, ...]
    following: tuple[str, ...]
    risk: float
    minutes: float

    @property
    def gain(self) -> float:
        """Expected number of errors removed by a minute of review."""
        return self.risk / self.minutes if self.minutes else 0.0


def attention(report: Report) -> Attention:
    """The cost and the benefit of reviewing a report as it is."""
    fields = {f.id: f for f in report.fields}
    unsure = [f for f in report.fields if f.status is Status.REVIEW]
    looked_at, following = _settling([f.id for f in unsure], identities_of(report))
    inconsistent = {c.id for c in report.checks if c.verdict is Verdict.SOURCE_INCONSISTENT}
    failing = [(*i.left, *i.right) for i in identities_of(report) if i.id in inconsistent]
    risk = sum(1 - f.confidence for f in unsure) + sum(1 - prod(fields[i].confidence for i in ids) for ids in failing)
    seconds = sum(expected_seconds(fields[i]) for i in looked_at)
    seconds += _DETERMINED_CELL_LOOKS * len(following) * CONFIRM.seconds + sum(
        _FAILED_SUM_LOOKS_PER_FIGURE * len(ids) * LOOK_SECONDS for ids in failing
    )
    return Attention(looked_at, following, risk, (seconds + OPEN_SECONDS) / 60 if risk else 0.0)


def expected_seconds(field: Field) -> float:
    """Expected seconds for an open field: to confirm its first candidate, to pick another, or to type."""
    offered = field.candidates[: len(KEYS)]
    right = field.confidence if field.value is not None else 0.0
    picked = min(1 - right, sum(c.probability for c in offered if c.text != field.printed))
    width = typed(field.printed or "0").seconds
    return right * CONFIRM.seconds + picked * PICK.seconds + (1 - right - picked) * width


def _settling(unsure: Sequence[str], identities: Sequence[Identity]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The open fields that must be read from the page, and those that the sums then determine; a greedy choice that
    reads first what determines most others.

    A field that is the only open part of a sum must be read: reconciliation knew the sum and did not trust it.
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
        if left:  # the field whose sums have the fewest other open parts determines others soonest
            best = min(left, key=lambda i: min((len(s & left.keys()) for s in in_sums[i]), default=len(unsure) + 1))
            looked_at.append(best)
            del left[best]
    return tuple(looked_at), tuple(following)
