"""Sides of unit squares to cells: whatever rectangles divide a table, its sides give them back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.doubts import DoubtCode
from extraction.tables.grid_solver import (
    FAINT,
    RULED,
    GridSides,
    Numbers,
    cells_of,
    confirmed,
    joined_edges,
    with_outer_edges,
)

Rectangle = tuple[int, int, int, int]
"""Row, column, row end, column end."""

SIZE = 40.0


@st.composite
def divided(draw: st.DrawFn) -> tuple[int, int, list[Rectangle]]:
    """A table of rows x columns, cut in two again and again: rectangles that cover it."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    pending, done = [(0, 0, rows, columns)], list[Rectangle]()
    while pending:
        r0, c0, r1, c1 = pending.pop()
        places = [("row", r) for r in range(r0 + 1, r1)] + [("column", c) for c in range(c0 + 1, c1)]
        cut = draw(st.sampled_from([None, *places]))
        if cut is None:
            done.append((r0, c0, r1, c1))
        elif cut[0] == "row":
            pending += [(r0, c0, cut[1], c1), (cut[1], c0, r1, c1)]
        else:
            pending += [(r0, c0, r1, cut[1]), (r0, cut[1], r1, c1)]
    return rows, columns, done


def sides(rows: int, columns: int, cells: list[Rectangle]) -> tuple[GridSides, GridSides]:
    """The sides of a table so divided, all of them printed whole."""
    above, beside = np.zeros((rows + 1, columns)), np.zeros((columns + 1, rows))
    for r0, c0, r1, c1 in cells:
        above[[r0, r1], c0:c1] = 1.0
        beside[[c0, c1], r0:r1] = 1.0
    return _of(above), _of(beside)


def _of(cover: Numbers) -> GridSides:
    edges = SIZE * np.arange(len(cover), dtype=float)
    at = np.repeat(edges[:, None], cover.shape[1], axis=1)
    return GridSides(edges, cover, at, cover >= 1.0, np.zeros(cover.shape, bool))


@given(divided())
def test_the_cells_are_the_rectangles_that_divide_a_table(table: tuple[int, int, list[Rectangle]]) -> None:
    found = cells_of(*sides(*table), inset=2)
    boxes = {(c.top - 2, c.left - 2, c.bottom + 2, c.right + 2) for c in found}
    assert boxes == {tuple(int(SIZE * side) for side in cell) for cell in table[2]}
    assert not any(c.doubtful for c in found)


@given(divided())
def test_numbers_count_only_edges_at_which_cells_begin(table: tuple[int, int, list[Rectangle]]) -> None:
    found = cells_of(*sides(*table), inset=2)
    assert {c.row for c in found} == set(range(len({r0 for r0, *_ in table[2]})))
    assert {c.column for c in found} == set(range(len({c0 for _, c0, *_ in table[2]})))


@given(divided(), st.data())
def test_a_side_that_is_lost_is_never_passed_over_in_silence(
    table: tuple[int, int, list[Rectangle]], data: st.DataObject
) -> None:
    """A faint rest of a side between two cells makes what they become doubtful."""
    rows, columns = sides(*table)
    inner = np.argwhere(rows.cover[1:-1] == 1.0)
    if not len(inner):
        return
    edge, unit = data.draw(st.sampled_from(inner.tolist()))
    rows.cover[edge + 1, unit] = data.draw(st.floats(FAINT, RULED - 0.01))
    assert any(c.doubt is DoubtCode.GRID_LINE_BROKEN for c in cells_of(rows, columns, inset=2))


def test_squares_that_make_no_rectangle_are_parted_and_doubtful() -> None:
    rows, columns = sides(2, 2, [(0, 0, 1, 1), (0, 1, 1, 2), (1, 0, 2, 1), (1, 1, 2, 2)])
    rows.cover[1, 0] = columns.cover[1, 0] = 0.0  # an L of three squares
    assert [c.doubtful for c in cells_of(rows, columns, inset=2)] == [True] * 4


def test_an_edge_that_hardly_any_side_confirms_is_none() -> None:
    """Of twelve columns, one short stroke of text lies on the middle edge."""
    rows, columns = sides(2, 12, [(r, c, r + 1, c + 1) for r in range(2) for c in range(12)])
    rows.cover[1] = 0.0
    rows.cover[1, 5] = 0.9
    whole = GridSides(rows.edges, rows.cover, rows.at, rows.cover >= 1.0, rows.guessed)
    assert confirmed(whole, columns).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("strokes", "edges"),
    [
        ([(10.0, 1.0)], [10.0]),
        ([(10.0, 3.0), (12.0, 1.0)], [10.5]),
        ([(30.0, 1.0), (10.0, 1.0)], [10.0, 30.0]),
    ],
)
def test_strokes_closer_than_snap_are_one_edge(strokes: list[tuple[float, float]], edges: list[float]) -> None:
    assert joined_edges(strokes, 2.0).tolist() == edges


def test_a_table_open_at_a_side_ends_where_the_other_lines_do() -> None:
    assert with_outer_edges(np.array([10.0, 50.0]), 9.0, 90.0, 2.0).tolist() == [10.0, 50.0, 90.0]
