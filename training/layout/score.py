"""Detected regions against regions of the gold, matched by overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extraction.geometry import Box


@dataclass(frozen=True, slots=True)
class Detection:
    """A region that a network detected."""

    kind: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of regions matched, found and wanted; tallies add."""

    matched: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.matched + other.matched, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """Share of the found regions that match."""
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the wanted regions that are matched."""
        return self.matched / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean; 1 where nothing is wanted and nothing found."""
        total = self.found + self.wanted
        return 2 * self.matched / total if total else 1.0


def tally(detections: Iterable[Detection], wanted: Sequence[Box], overlap: float) -> Tally:
    """Return the matches of one kind on a page: by falling score, each with the best remaining overlap."""
    found = sorted(detections, key=lambda s: -s.score)
    left = list(wanted)
    for one in found:
        best = max(left, key=lambda box: intersection_over_union(one.box, box), default=None)
        if best is not None and intersection_over_union(one.box, best) >= overlap:
            left.remove(best)
    return Tally(len(wanted) - len(left), len(found), len(wanted))


def intersection_over_union(one: Box, other: Box) -> float:
    """Return the intersection over union of two boxes, 0 to 1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(0.0, width) * max(0.0, height)
    either = one.width * one.height + other.width * other.height - common
    return common / either if either > 0 else 0.0
