"""Cells placed on a grid, and lines made regions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.errors import EmptyFile, TooLarge
from extraction.ingest.flow import (
    MAX_GRID_POSITIONS,
    CellCounts,
    GridBudget,
    SourceCell,
    is_layout_table,
    join_lines,
    make_page,
    place_cells,
    text_regions,
    trim,
)

spans = st.sampled_from([0, 1, 1, 1, 2, 3, 7, 65534])
printed = st.builds(SourceCell, st.just("x"), spans, spans.map(lambda n: max(1, min(n, 40))))
groups = st.lists(st.lists(st.lists(printed, max_size=6), max_size=5), max_size=3)


@given(groups)
def test_layout_never_overlaps_and_keeps_every_cell(given_groups: list[list[list[SourceCell]]]) -> None:
    named = [
        [[c._replace(text=f"{g}.{r}.{i}") for i, c in enumerate(row)] for r, row in enumerate(group)]
        for g, group in enumerate(given_groups)
    ]
    got = place_cells(named, GridBudget()).cells
    slots = [
        (r, c)
        for cell in got
        for r in range(cell.row, cell.row + cell.row_span)
        for c in range(cell.column, cell.column + cell.column_span)
    ]
    assert len(slots) == len(set(slots))
    assert [c.text for c in got] == [c.text for group in named for row in group for c in row]
    assert [(c.row, c.column) for c in got] == sorted((c.row, c.column) for c in got)
    tops = [(top, cell) for top, row in enumerate(r for group in named for r in group) for cell in row]
    assert [c.row for c in got] == [top for top, _ in tops]
    assert all(c.column_span <= cell.column_span for c, (_, cell) in zip(got, tops, strict=True))


def test_a_file_may_have_so_many_grid_positions_and_no_more() -> None:
    budget = GridBudget()
    budget.spend(MAX_GRID_POSITIONS)
    with pytest.raises(TooLarge, match="save the report alone"):
        budget.spend(1)


def test_white_space_of_any_width_is_trimmed_and_blank_lines_left_out() -> None:
    assert trim("\u3000 甲\u00a0乙\u200b\ufeff") == "甲\u00a0乙"
    assert join_lines(["\u3000甲 ", "", "\u00a0", "乙"]) == "甲\n乙"
    assert [region.text for region in text_regions("甲\n\u3000\n乙")] == ["甲", "乙"]


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(EmptyFile, match="save it as PDF"):
        make_page(text_regions("\u3000\n"), ())


def counted(*texts: str) -> CellCounts:
    counts = CellCounts()
    for text in texts:
        counts.count(text)
    return counts


@pytest.mark.parametrize(
    ("own", "inner", "layout"),
    [
        (["正文"], [], True),  # one cell
        (["规章", "1", "2", "3", "4"], [], False),
        (["规章", "", "许可"], [], False),
        (["索引", "注"], ["1", "2", "3", "4", "5"], True),
        (["1", "2", "3", "4"], ["1", "2"], False),
    ],
)
def test_a_table_is_for_layout_where_what_is_nested_in_it_weighs_more(
    own: list[str], inner: list[str], layout: bool
) -> None:
    assert is_layout_table(counted(*own), counted(*inner)) is layout
