"""What is wrong with gold, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """A fault is to be put right; open work is left for a person to settle."""

    FAULT = "fault"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `id` is the annotation's, `place` says where in it: a field, a page, a sum, a split."""

    id: str
    place: str
    message: str
    kind: FindingKind = FindingKind.FAULT

    def __str__(self) -> str:
        where = f"{self.id} {self.place}".strip()
        return f"{where}: {'open: ' if self.kind is FindingKind.OPEN else ''}{self.message}"
