"""Regions found against regions of the gold: how many are the same to within an overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extraction.document import Box


@dataclass(frozen=True, slots=True)
class Seen:
    """A region that a network found."""

    kind: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Regions matched, found and wanted; tallies add."""

    matched: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.matched + other.matched, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right."""
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Of what there is, the share that was found."""
        return self.matched / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean; 1 where there is nothing and nothing was found."""
        total = self.found + self.wanted
        return 2 * self.matched / total if total else 1.0


def tally(seen: Iterable[Seen], wanted: Sequence[Box], overlap: float) -> Tally:
    """The regions of one kind on a page; the surest is matched first, with the best that is left."""
    found = sorted(seen, key=lambda s: -s.score)
    left = list(wanted)
    for one in found:
        best = max(left, key=lambda box: intersection_over_union(one.box, box), default=None)
        if best is not None and intersection_over_union(one.box, best) >= overlap:
            left.remove(best)
    return Tally(len(wanted) - len(left), len(found), len(wanted))


def intersection_over_union(one: Box, other: Box) -> float:
    """From 0 to 1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(0.0, width) * max(0.0, height)
    either = one.width * one.height + other.width * other.height - common
    return common / either if either > 0 else 0.0
