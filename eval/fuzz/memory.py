"""Memory of worker processes over a run: whether it grows."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

import psutil

from extraction.bulk.plan import Task


class Memory:
    """Resident MB of the worker that starts on a document, at every document."""

    def __init__(self) -> None:
        self._held: list[float] = []
        self._of: dict[int, list[float]] = defaultdict(list)

    def sample(self, _: Task, worker: int) -> None:
        """Record the memory of the worker that was given a document."""
        held = psutil.Process(worker).memory_info().rss / 1e6
        self._held.append(held)
        self._of[worker].append(held)

    def data(self) -> dict[str, object]:
        """Return medians over the second and the last quarter of all documents, and of those of the largest worker."""
        longest = max(self._of.values(), key=len, default=[])
        return {
            "workers": len(self._of),
            "most_mb": round(max(self._held, default=0.0), 1),
            "run": _growth(self._held),
            "one_worker": _growth(longest),
        }


def _growth(held: list[float]) -> dict[str, float] | None:
    """Return the medians, None where there are too few values."""
    quarter = len(held) // 4
    if not quarter:
        return None
    second, last = median(held[quarter : 2 * quarter]), median(held[-quarter:])
    return {
        "documents": len(held),
        "second_quarter_mb": round(second, 1),
        "last_quarter_mb": round(last, 1),
        "growth": round(last / second - 1, 4),
    }
