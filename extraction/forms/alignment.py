"""Monotone alignment: match two sequences as a whole, in order, leaving out elements of either.

Unreadable labels, extra rows, and labels that contain another's name are matched correctly more often than one by one,
because every match must fit all others. The recursion is that of Needleman and Wunsch (1970) with one more step: two
neighbours in the first sequence may match one element of the second (a split cell).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Match:
    """Elements `first` .. `first + count - 1` of the first sequence match element `second` of the second."""

    first: int
    second: int
    count: int = 1


def align(
    single: Scores, double: Scores | None = None, skip_first: Sequence[float] = (), skip_second: Sequence[float] = ()
) -> tuple[list[Match], float]:
    """The matches of highest total score, in order, and that score.

    `single` is n x m; entries at or below NEVER are no match. `double[i, j]` scores i and i + 1 together for j. The
    skip sequences (default 0) are what leaving an element out adds, usually a penalty.
    """
    n, m = single.shape
    skip_a = np.asarray(skip_first if len(skip_first) else np.zeros(n), float)
    skip_b = np.asarray(skip_second if len(skip_second) else np.zeros(m), float)
    best = np.zeros((n + 1, m + 1))
    best[1:, 0], best[0, 1:] = np.cumsum(skip_a), np.cumsum(skip_b)
    for i in range(1, n + 1):
        # All but the step along the row can be taken for the whole row at once.
        reached = np.maximum(best[i - 1, :-1] + single[i - 1], best[i - 1, 1:] + skip_a[i - 1])
        if double is not None and i >= 2:
            reached = np.maximum(reached, best[i - 2, :-1] + double[i - 2])
        here = float(best[i, 0])
        for j, (score, skip) in enumerate(zip(reached.tolist(), skip_b.tolist(), strict=True), start=1):
            here = max(score, here + skip)
            best[i, j] = here
    matches: list[Match] = []
    i, j = n, m
    while i and j:
        _, (di, dj) = max(_steps(best, single, double, skip_a, skip_b, i, j), key=lambda step: step[0])
        i, j = i - di, j - dj
        if di and dj:
            matches.append(Match(i, j, di))
    return matches[::-1], float(best[n, m])


def _steps(
    best: Scores, single: Scores, double: Scores | None, skip_a: Scores, skip_b: Scores, i: int, j: int
) -> list[tuple[float, tuple[int, int]]]:
    """The steps to (i, j), each with its score and how far back it goes; matches come first, so that they win ties."""
    steps = [
        (best[i - 1, j - 1] + single[i - 1, j - 1], (1, 1)),
        (best[i - 1, j] + skip_a[i - 1], (1, 0)),
        (best[i, j - 1] + skip_b[j - 1], (0, 1)),
    ]
    if double is not None and i >= 2:
        steps.append((best[i - 2, j - 1] + double[i - 2, j - 1], (2, 1)))
    return steps
