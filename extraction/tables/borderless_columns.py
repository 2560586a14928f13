"""The columns of a table without grid lines: where small pieces of print stand one below another.

Lines are given as the boxes of their pieces, lengths are in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from extraction.geometry import Box

MAX_GAP_IN_PIECE = 6.0
"""Points between two characters of a piece."""

MIN_PRINT_SIZE = 3.2
"""Points; smaller pieces are dust."""

MAX_FIGURE_WIDTH = 48.0
"""Points."""

MAX_DEFINING_WIDTH = 30.0  # points; a wider piece shows that there is a column, but not how wide it is
MIN_FIGURE_GAP = 12.0  # points on both sides of a figure
MIN_SINGLE_FIGURE_GAP = 25.0  # points beside the only figure of a line
MAX_FILLED_SHARE = 0.75  # of a line's length that pieces cover; more is prose
MAX_HEADER_OFFSET = 6.0  # points from a column's centre to that of its header
MAX_LABELLED_SHARE = 0.3  # of the rows with longer pieces in a column of figures; more is a column of labels
MIN_DENSE_PIECES = 11  # small pieces in a line with closely set columns; a row with a label has fewer
MIN_EVEN_PITCHES, MAX_PITCH_ERROR = 4, 0.12  # pitches that show even spacing; deviation as a share of the pitch

Line = list[Box]
"""The boxes of the pieces on one printed line, left to right."""

Column = tuple[float, float]
"""The left and right end of its figures in points."""


def figures(line: Line) -> list[Box]:
    """The small pieces of a line that stand apart and right of another piece; none in a line filled like prose."""
    extent = line[-1].right - line[0].left
    if len(line) < 2 or sum(b.width for b in line) > MAX_FILLED_SHARE * extent:
        return []
    gaps = [extent, *(b.left - a.right for a, b in pairwise(line)), extent]
    is_dense = sum(piece.width <= MAX_FIGURE_WIDTH for piece in line) >= MIN_DENSE_PIECES
    min_gap = MAX_GAP_IN_PIECE if is_dense else MIN_FIGURE_GAP
    found = [
        piece
        for k, piece in enumerate(line)
        if k and piece.width <= MAX_FIGURE_WIDTH and min(gaps[k], gaps[k + 1]) >= min_gap
    ]
    return found if len(found) > 1 or max(gaps[1:-1]) >= MIN_SINGLE_FIGURE_GAP else []


def columns_of(rows: Sequence[Line]) -> list[Column]:
    """The columns in which figures of several rows stand one below another, left to right.

    The row with the most figures is taken first: a piece of another row below two of its columns is not a figure.
    """
    fullest = sorted(rows, key=lambda row: -len(figures(row)))
    first = fullest[0][0]
    found = [[(first.left, first.right)]] if first.width <= MAX_FIGURE_WIDTH else []
    for row in fullest:
        for piece in figures(row):
            inset = piece.width / 4
            under = [c for c in found if c[0][0] < piece.right - inset and piece.left + inset < c[0][1]]
            if not under:
                found.append([(piece.left, piece.right)])
            elif len(under) == 1:
                under[0].append((piece.left, piece.right) if piece.width < MAX_DEFINING_WIDTH else under[0][0])
        if row is fullest[0]:
            in_fullest = len(found)
    fullest_suffices = len(rows) < 4 or len(figures(fullest[0])) >= MIN_DENSE_PIECES - 1
    shared = [c for k, c in enumerate(found) if len(c) > 1 or (fullest_suffices and k < in_fullest)]
    columns = sorted((min(a for a, _ in c), max(b for _, b in c)) for c in shared)
    kept = [c for c in columns if not _lies_in_labels(c, rows)]
    return _with_empty_columns(_with_outer_columns(kept, [c[0] for c in found if c not in shared]))


def _with_outer_columns(columns: list[Column], single: Sequence[Column]) -> list[Column]:
    """The columns, and those of the pieces in a `single` row (a header) that continue their even spacing outwards."""
    columns = list(columns)
    while (usual := _even_pitch(columns)) is not None:
        first, last = sum(columns[0]) / 2, sum(columns[-1]) / 2
        beside = [
            c
            for c in single
            if min(abs(sum(c) / 2 - last - usual), abs(first - sum(c) / 2 - usual)) < MAX_PITCH_ERROR * usual
            and (c[0] > columns[-1][1] or c[1] < columns[0][0])
        ]
        if not beside:
            break
        columns = sorted([*columns, beside[0]])
    return columns


def _even_pitch(columns: Sequence[Column]) -> float | None:
    """The median pitch of the columns' centres; None where there are few, or they are not evenly spaced."""
    pitches = [sum(b) / 2 - sum(a) / 2 for a, b in pairwise(columns)]
    if len(pitches) < MIN_EVEN_PITCHES:
        return None
    usual = median(pitches)
    is_even = all(abs(p / usual - max(1, round(p / usual))) < MAX_PITCH_ERROR * 2 for p in pitches)
    return usual if is_even else None


def _with_empty_columns(columns: list[Column]) -> list[Column]:
    """The columns, and those without print where evenly spaced ones leave a gap for another."""
    centres = [sum(c) / 2 for c in columns]
    pitches = [b - a for a, b in pairwise(centres)]
    if len(pitches) < MIN_EVEN_PITCHES:
        return columns
    usual = median(pitches)
    filled = list(columns)
    for start, pitch in zip(centres, pitches, strict=False):
        missing = round(pitch / usual) - 1
        if missing > 0 and abs(pitch / usual - missing - 1) < MAX_PITCH_ERROR * (missing + 1):
            step = pitch / (missing + 1)
            added = (start + k * step for k in range(1, missing + 1))
            filled += [(centre - MIN_PRINT_SIZE, centre + MIN_PRINT_SIZE) for centre in added]
    return sorted(filled)


def _lies_in_labels(column: Column, rows: Sequence[Line]) -> bool:
    """Whether longer pieces, with others to their right, run through a column in many of the rows; headers, which are
    centred on it, do not count."""

    def runs_through(piece: Box) -> bool:
        is_header = abs(piece.middle[0] - sum(column) / 2) <= MAX_HEADER_OFFSET
        return piece.width > MAX_FIGURE_WIDTH and piece.left < column[1] and column[0] < piece.right and not is_header

    return sum(any(map(runs_through, row[:-1])) for row in rows) > MAX_LABELLED_SHARE * len(rows)


def edge_between(before: Column, after: Column, columns: Sequence[Column], pieces: Sequence[Box]) -> float:
    """The edge in points between two of the columns: where it crosses the fewest headers, as near to half way as can
    be."""
    centres = np.array([sum(c) / 2 for c in columns])
    half_way = (sum(before) + sum(after)) / 4
    left, right = np.array([(b.left, b.right) for b in pieces]).reshape(-1, 2, 1).transpose(1, 0, 2)
    narrow = right - left < sum(after) / 2 - sum(before) / 2
    single = narrow[:, 0] & (((left < centres) & (centres < right)).sum(axis=1) < 2)
    at = np.arange(before[1], max(after[0], before[1] + 0.5), 0.5)
    crossed = ((left[single] <= at) & (at <= right[single])).sum(axis=0)
    clear = at[crossed == crossed.min()]
    return float(clear[np.abs(clear - half_way).argmin()])


def left_edge(columns: Sequence[Column], pieces: Sequence[Box]) -> float:
    """The edge in points between the labels and the first column: half way to the label that comes closest to it, or as
    far from the column as its right edge where there are no labels."""
    first = columns[0]
    ends = [b.right for b in pieces if b.right <= first[0] - 1 and b.width > MAX_FIGURE_WIDTH / 2]
    if ends:
        return (max(ends) + first[0]) / 2
    return first[0] - (columns[1][0] - first[1]) / 2 if len(columns) > 1 else first[0] - 3
