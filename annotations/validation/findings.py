"""Findings about gold, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """A fault must be corrected; open work awaits a person's decision."""

    FAULT = "fault"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `id` is the annotation's, `place` the place in it: a field, a page, a sum, a split."""

    id: str
    place: str
    message: str
    kind: FindingKind = FindingKind.FAULT

    def __str__(self) -> str:
        where = f"{self.id} {self.place}".strip()
        return f"{where}: {'open: ' if self.kind is FindingKind.OPEN else ''}{self.message}"
