"""Invented reports: sums, switches, gold, and what splits must not share."""

from __future__ import annotations

import pytest

from training.synthetic.content import draft_report
from training.synthetic.draft import Draft, Paragraph


def table_cells(draft: Draft) -> dict[str, list[tuple[int, int]]]:
    """Section -> covered grid positions, of each of its pieces."""
    covered: dict[str, list[tuple[int, int]]] = {}
    for number, part in enumerate(draft.parts):
        if not isinstance(part, Paragraph):
            covered[f"{part.section}/{number}/{len(part.rows)}/{len(part.widths)}"] = [
                (row + down, column + right)
                for row, column, cell in part.placed()
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            ]
    return covered


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_tables_are_rectangular_and_complete(split: str) -> None:
    for seed in range(60):
        draft = draft_report(seed, split)
        for name, covered in table_cells(draft).items():
            rows, columns = map(int, name.split("/")[2:])
            assert sorted(covered) == [(r, c) for r in range(rows) for c in range(columns)], (seed, name)
