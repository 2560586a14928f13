"""How right the reading before a review was: cells counted by kind, and those that the reviewer confirmed."""

from __future__ import annotations

from collections import Counter

from extraction.document import Field, Report, Status

_SURE = (Status.READ, Status.CORRECTED, Status.INFERRED, Status.BLANK)


def count_right_cells(before: Report, after: Report) -> dict[str, int]:
    """Counts of `sure` and `unsure` cells before a review, and of those that were right (`sure_right`, `unsure_right`).

    A cell was right if the reviewer left its value, or its lack of one, as it was.
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
