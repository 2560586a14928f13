"""Tables from strokes in points: their cells, merged, open, and what is no table."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extraction.geometry import Box
from extraction.settings import TableSettings
from extraction.tables.grid import Grid
from extraction.tables.vector_grid import grids_of_rules

XS, YS = (100.0, 200.0, 260.0, 320.0), (100.0, 130.0, 160.0, 190.0)


def level(y: float, left: float = XS[0], right: float = XS[-1]) -> Box:
    return Box(left, y, right, y)


def upright(x: float, top: float = YS[0], bottom: float = YS[-1]) -> Box:
    return Box(x, top, x, bottom)


FULL = [*map(level, YS), *map(upright, XS)]


def grids(*rules: Box, scale: float = 0.36) -> list[Grid]:
    return grids_of_rules(rules, scale, TableSettings())


def spans(grid: Grid) -> list[tuple[int, int, int, int]]:
    return [(c.row, c.column, c.row_span, c.column_span) for c in grid.cells]


NINE = [(r, c, 1, 1) for r in range(3) for c in range(3)]


def test_cells_lie_inside_their_rules() -> None:
    (grid,) = grids(*FULL)
    assert spans(grid) == NINE
    assert not any(c.doubtful for c in grid.cells)
    first = grid.cells[0]
    assert [v * 0.36 for v in (first.left, first.top, first.right, first.bottom)] == pytest.approx(
        [101.44, 101.44, 198.56, 128.56], abs=0.2
    )
    assert [v * 0.36 for v in (grid.left, grid.bottom)] == pytest.approx([98.56, 191.44], abs=0.2)


def test_rules_drawn_cell_by_cell_are_one() -> None:
    parts = [level(y + d, a + 0.4, b - 0.4) for y in YS for a, b in pairwise(XS) for d in (0.0, 0.7)]
    parts += [upright(x, a + 0.4, b - 0.4) for x in XS for a, b in pairwise(YS)]
    (grid,) = grids(*parts)
    assert spans(grid) == NINE


def test_cells_that_nothing_divides_are_one() -> None:
    (grid,) = grids(*(r for r in FULL if r != upright(200)), upright(200, 130))
    assert spans(grid) == [(0, 0, 1, 2), (0, 2, 1, 1), *NINE[3:]]


def test_a_cell_over_rows() -> None:
    (grid,) = grids(*(r for r in FULL if r != level(130)), level(130, 200))
    assert spans(grid)[0] == (0, 0, 2, 1)
    assert len(grid.cells) == 8


def test_squares_that_make_no_rectangle_are_doubtful() -> None:
    """In the first two rows and columns, nothing divides three of the four squares."""
    wide = [level(y, right=380) for y in (*YS, 220)] + [upright(x, bottom=220) for x in (*XS, 380)]
    rest = [r for r in wide if r not in (level(130, right=380), upright(200, bottom=220))]
    (grid,) = grids(*rest, level(130, 200, 380), upright(200, 130, 220))
    assert len(grid.cells) == 16
    assert sorted((c.row, c.column) for c in grid.cells if c.doubtful) == [(0, 0), (0, 1), (1, 0)]


def test_where_many_cells_are_doubtful_all_are() -> None:
    rest = [r for r in FULL if r not in (level(130), upright(200))]
    (grid,) = grids(*rest, level(130, 200), upright(200, 130))
    assert all(c.doubtful for c in grid.cells)


def test_a_table_may_be_open_at_a_page_break() -> None:
    (grid,) = grids(*map(level, YS[:-1]), *map(upright, XS))
    assert spans(grid) == NINE


def test_two_tables_are_two() -> None:
    below = [level(y + 150) for y in YS] + [upright(x, YS[0] + 150, YS[-1] + 150) for x in XS]
    assert [spans(g) for g in grids(*below, *FULL)] == [NINE, NINE]


@pytest.mark.parametrize(
    "strokes",
    [
        [level(115, 110, 190)],  # a line to be filled in: it touches no upright rule
        [upright(150, 104, 126)],  # a stroke of a drawn letter
        [level(115, 110, 120), level(115, 124, 134)],
        [level(60), level(80)],
    ],
)
def test_other_strokes_divide_nothing(strokes: list[Box]) -> None:
    (grid,) = grids(*FULL, *strokes)
    assert spans(grid) == NINE


@pytest.mark.parametrize(
    "rules", [[], [level(100)], [upright(100)], [level(100), level(130)], [level(130), upright(150)]]
)
def test_no_table(rules: list[Box]) -> None:
    assert grids(*rules) == []


def test_a_frame_is_no_table() -> None:
    assert grids(level(100), level(190), upright(100), upright(320)) == []
