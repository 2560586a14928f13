"""A row under its header: what stands under none of a scan's headers puts the row in doubt."""

from __future__ import annotations

import pytest

from extraction.catalogue import template
from extraction.columns import Header, place
from extraction.document import Cell, Table
from extraction.rows import LineKind, RowMatch, form_lines, printed_rows

LINE = next(
    line
    for line in form_lines(template("2021"))
    if line.kind is LineKind.DATA and line.block.id == "applications" and line.row and line.row.id == "results.granted"
)
COLUMNS = [c.id for c in LINE.block.columns]


def row_of(extra: str, confidence: float) -> tuple[RowMatch, Header]:
    """A label, seven figures, and between the second and third a cell under no header."""
    texts = ["（一）予以公开", "1", "2", extra, "3", "4", "5", "6", "21"]
    cells = tuple(Cell(0, k, text, confidence=confidence) for k, text in enumerate(texts))
    (row,) = printed_rows([Table(cells)])
    at = [1, 2, 4, 5, 6, 7, 8]
    header = Header(
        {c: (k, k + 1) for c, k in zip(COLUMNS, at, strict=True)},
        {c: Cell(0, k, "") for c, k in zip(COLUMNS, at, strict=True)},
    )
    return RowMatch(LINE, (row,)), header


def doubts(extra: str, confidence: float) -> set[str]:
    match, header = row_of(extra, confidence)
    return {p.doubt for p in place(match, match.rows[0], header).values()}


@pytest.mark.parametrize("extra", ["0", "7", "尸"])
def test_half_a_figure_beside_a_streak_puts_the_row_in_doubt(extra: str) -> None:
    assert doubts(extra, 0.99) == {"a figure stands under no header"}


@pytest.mark.parametrize("extra", ["", "/"])
def test_nothing_under_no_header_is_no_doubt(extra: str) -> None:
    assert doubts(extra, 0.99) == {""}


def test_a_column_of_native_text_that_the_form_does_not_have_is_no_doubt() -> None:
    assert doubts("7", 1.0) == {""}
