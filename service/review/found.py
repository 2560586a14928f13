"""What a review found of the reading before it: how many cells there were of each kind, and how many were right."""

from __future__ import annotations

from collections import Counter

from extraction.document import Field, Report, Status

_SURE = (Status.READ, Status.CORRECTED, Status.INFERRED, Status.BLANK)


def found(before: Report, after: Report) -> dict[str, int]:
    """Counts of cells that were `sure` and `unsure`, and of those of either that were right: `sure_right` and so on.

    A cell is right where the value, or that there is none, was what the reviewer left.
    """
    counts: Counter[str] = Counter(sure=0, sure_right=0, unsure=0, unsure_right=0)
    for old, new in zip(before.fields, after.fields, strict=True):
        kind = "unsure" if old.status is Status.REVIEW else "sure" if old.status in _SURE else ""
        if kind:
            counts[kind] += 1
            counts[f"{kind}_right"] += _same(old, new)
    return dict(counts)


def _same(old: Field, new: Field) -> bool:
    return old.value == new.value and (old.value is not None or new.status is not Status.READ)
