"""The columns of a table without rules: where small pieces of print stand one below another.

In: the lines of a table, each the boxes of its pieces in points. Out: columns as (from, to), and where they part.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from extraction.document import Box

LETTERS = 6.0
"""Room within a piece, across."""

DUST = 3.2
"""Smaller pieces are no print."""

FIGURE = 48.0
"""No figure is wider."""

_WORD = 30.0  # a longer piece says that a column is there, not how wide it is
_APART = 12.0  # room on both sides of a figure
_FAR = 25.0  # room beside the only figure of a line
_PROSE = 0.75  # of a line's length is covered
_ABOVE = 6.0  # from a column's middle to that of its header
_LABELLED = 0.3  # of the rows have longer pieces where labels stand
_MANY = 11  # small pieces in a line: no row with a label has so many, and here they stand closer
_EVEN, _OFF = 4, 0.12  # spaces between columns that tell whether they are even; of one, how far off it may be

Line = list[Box]
"""The pieces at one height, from left to right."""

Column = tuple[float, float]
"""From where to where its figures stand."""


def figures(line: Line) -> list[Box]:
    """The small pieces of a line that stand apart, right of another one; none in a line that is filled like prose."""
    extent = line[-1].right - line[0].left
    if len(line) < 2 or sum(b.width for b in line) > _PROSE * extent:
        return []
    rooms = [extent, *(b.left - a.right for a, b in pairwise(line)), extent]
    apart = _APART if sum(piece.width <= FIGURE for piece in line) < _MANY else LETTERS
    found = [
        piece for k, piece in enumerate(line) if k and piece.width <= FIGURE and min(rooms[k], rooms[k + 1]) >= apart
    ]
    return found if len(found) > 1 or max(rooms[1:-1]) >= _FAR else []


def columns_of(rows: Sequence[Line]) -> list[Column]:
    """Where figures stand one below another, as (from, to), left to right.

    The row with most of them comes first: a piece of another row that lies below two of its columns is no figure.
    """
    fullest = sorted(rows, key=lambda row: -len(figures(row)))
    first = fullest[0][0]
    found = [[(first.left, first.right)]] if first.width <= FIGURE else []
    for row in fullest:
        for piece in figures(row):
            inset = piece.width / 4
            under = [c for c in found if c[0][0] < piece.right - inset and piece.left + inset < c[0][1]]
            if not under:
                found.append([(piece.left, piece.right)])
            elif len(under) == 1:
                under[0].append((piece.left, piece.right) if piece.width < _WORD else under[0][0])
        if row is fullest[0]:
            firm = len(found)
    alone = len(rows) < 4 or len(figures(fullest[0])) >= _MANY - 1
    shared = [c for k, c in enumerate(found) if len(c) > 1 or (alone and k < firm)]
    columns = sorted((min(a for a, _ in c), max(b for _, b in c)) for c in shared)
    kept = [c for c in columns if not _lies_in_labels(c, rows)]
    return _with_empty_ones(_with_outer_ones(kept, [c[0] for c in found if c not in shared]))


def _with_outer_ones(columns: list[Column], single: Sequence[Column]) -> list[Column]:
    """With what only one row has, a header say, beside evenly spaced columns and as far from the last as they are from
    each other."""
    columns = list(columns)
    while (usual := _even_pitch(columns)) is not None:
        first, last = sum(columns[0]) / 2, sum(columns[-1]) / 2
        beside = [
            c
            for c in single
            if min(abs(sum(c) / 2 - last - usual), abs(first - sum(c) / 2 - usual)) < _OFF * usual
            and (c[0] > columns[-1][1] or c[1] < columns[0][0])
        ]
        if not beside:
            break
        columns = sorted([*columns, beside[0]])
    return columns


def _even_pitch(columns: Sequence[Column]) -> float | None:
    """How far columns are from each other; None where they are few, or not even."""
    pitches = [sum(b) / 2 - sum(a) / 2 for a, b in pairwise(columns)]
    if len(pitches) < _EVEN:
        return None
    usual = median(pitches)
    return usual if all(abs(p / usual - max(1, round(p / usual))) < _OFF * 2 for p in pitches) else None


def _with_empty_ones(columns: list[Column]) -> list[Column]:
    """With the columns in which no row prints anything: where evenly spaced ones leave room for another."""
    middles = [sum(c) / 2 for c in columns]
    pitches = [b - a for a, b in pairwise(middles)]
    if len(pitches) < _EVEN:
        return columns
    usual = median(pitches)
    filled = list(columns)
    for start, pitch in zip(middles, pitches, strict=False):
        missing = round(pitch / usual) - 1
        if missing > 0 and abs(pitch / usual - missing - 1) < _OFF * (missing + 1):
            step = pitch / (missing + 1)
            filled += [(start + k * step - DUST, start + k * step + DUST) for k in range(1, missing + 1)]
    return sorted(filled)


def _lies_in_labels(column: Column, rows: Sequence[Line]) -> bool:
    """Whether longer pieces run through a column in many of the rows, and others stand right of them; not those about
    its middle, which are its headers."""

    def runs_through(piece: Box) -> bool:
        off = abs(piece.middle[0] - sum(column) / 2)
        return piece.width > FIGURE and piece.left < column[1] and column[0] < piece.right and off > _ABOVE

    return sum(any(map(runs_through, row[:-1])) for row in rows) > _LABELLED * len(rows)


def clearest(
    before: Column,
    after: Column,
    columns: Sequence[Column],
    pieces: Sequence[Box],
) -> float:
    """Where to part two columns: half way, or as near to it as the fewest headers reach."""
    middles = np.array([sum(c) / 2 for c in columns])
    here = (sum(before) + sum(after)) / 4
    left, right = np.array([(b.left, b.right) for b in pieces]).reshape(-1, 2, 1).transpose(1, 0, 2)
    narrow = right - left < sum(after) / 2 - sum(before) / 2
    single = narrow[:, 0] & (((left < middles) & (middles < right)).sum(axis=1) < 2)
    at = np.arange(before[1], max(after[0], before[1] + 0.5), 0.5)
    crossed = ((left[single] <= at) & (at <= right[single])).sum(axis=0)
    clear = at[crossed == crossed.min()]
    return float(clear[np.abs(clear - here).argmin()])


def left_of(columns: Sequence[Column], pieces: Sequence[Box]) -> float:
    """Where the room for labels ends: between the first column and what reaches closest to it from the left; as far
    before the first column as its right side is behind it where nothing stands there."""
    first = columns[0]
    ends = [b.right for b in pieces if b.right <= first[0] - 1 and b.width > FIGURE / 2]
    if ends:
        return (max(ends) + first[0]) / 2
    return first[0] - (columns[1][0] - first[1]) / 2 if len(columns) > 1 else first[0] - 3
