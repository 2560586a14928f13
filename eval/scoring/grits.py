"""GriTS: similarity of two tables in structure and content.

Smock, Pesala, Abraham: GriTS: Grid table similarity metric for table structure recognition, 2022, arXiv:2203.12555. The
score sums the similarity of grid cells over the most similar substructures of the two tables. As in the paper rows and
columns are found separately, each by nested dynamic programming. Text is compared without white space: the line breaks
of a cell are not structure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from extraction.document import Table
from extraction.forms.alignment import align

Rewards = npt.NDArray[np.float64]
"""Similarity (0..1) of every pair of grid cells of two tables, float64: rows x columns x rows x columns."""


def similar_cells(one: Table, other: Table) -> tuple[float, float]:
    """Return the similarity summed over the grid cells of the most similar substructures: by topology, by content."""
    ours, theirs = _Grid.of(one), _Grid.of(other)
    return _factored_mss(_same_spans(ours, theirs)), _factored_mss(_same_texts(ours, theirs))


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """For each grid cell (rows x columns) the span of its cell around it, and the index of its text in `texts`."""

    spans: npt.NDArray[np.float64]  # rows x columns x (left, top, right, bottom), relative to the grid cell
    text: npt.NDArray[np.int64]
    texts: tuple[str, ...]

    @staticmethod
    def of(table: Table) -> _Grid:
        """Return the grid of a table; places without a cell count as empty cells."""
        shape = (table.row_count, table.column_count)
        spans, text = np.tile(np.array([0.0, 0, 1, 1]), (*shape, 1)), np.zeros(shape, np.int64)
        texts: dict[str, int] = {"": 0}
        for cell in table.cells:
            number = texts.setdefault("".join(cell.text.split()), len(texts))
            right, bottom = cell.column + cell.column_span, cell.row + cell.row_span
            for row in range(cell.row, bottom):
                for column in range(cell.column, right):
                    spans[row, column] = (cell.column - column, cell.row - row, right - column, bottom - row)
                    text[row, column] = number
        return _Grid(spans, text, tuple(texts))


def _same_spans(ours: _Grid, theirs: _Grid) -> Rewards:
    """Return the IoU of the relative spans (GriTS_Top)."""
    a, b = ours.spans[:, :, None, None], theirs.spans[None, None]
    across = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    down = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    areas = [(x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1]) for x in (a, b)]
    shared = across * down  # spans of a grid cell hold it: they always overlap
    return np.asarray(shared / (areas[0] + areas[1] - shared))


def _same_texts(ours: _Grid, theirs: _Grid) -> Rewards:
    """Return twice the longest common subsequence over the sum of lengths (GriTS_Con); 1 for two empty cells."""
    likeness = cdist(ours.texts, theirs.texts, scorer=Indel.normalized_similarity)
    return np.asarray(likeness, float)[ours.text[:, :, None, None], theirs.text[None, None]]


def _factored_mss(rewards: Rewards) -> float:
    """Return the similarity over the most similar rows and columns, found separately (the paper's factored 2D-MSS)."""
    if not rewards.size:
        return 0.0
    rows, _ = align(_line_scores(rewards.transpose(1, 3, 0, 2)))
    columns, _ = align(_line_scores(rewards.transpose(0, 2, 1, 3)))
    return float(sum(rewards[r.first, c.first, r.second, c.second] for r in rows for c in columns))


def _line_scores(rewards: Rewards) -> npt.NDArray[np.float64]:
    """Return the best alignment score of every line of ours and every one of theirs, all pairs at once.

    `rewards` is indexed by position in our line, position in theirs, our line, their line.
    """
    best = np.zeros((len(rewards) + 1, rewards.shape[1] + 1, *rewards.shape[2:]))
    for i in range(len(rewards)):
        for j in range(rewards.shape[1]):
            step = best[i + 1, j + 1]
            np.add(best[i, j], rewards[i, j], out=step)
            np.maximum(step, best[i, j + 1], out=step)
            np.maximum(step, best[i + 1, j], out=step)
    return np.asarray(best[-1, -1])
