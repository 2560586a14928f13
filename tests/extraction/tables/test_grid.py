"""Cells in the pixels of a page: what cannot be one is told."""

from __future__ import annotations

from extraction.tables.grid import Grid, GridCell


def grid(*boxes: tuple[int, int, int, int]) -> Grid:
    return Grid(0, 0, 200, 100, tuple(GridCell(0, k, 1, 1, *box) for k, box in enumerate(boxes)))


def test_a_cell_is_clipped_to_its_page_and_a_sliver_is_doubtful() -> None:
    clipped = grid((-5, 0, 50, 40), (52, 0, 60, 40), (62, 0, 260, 40), (90, 20, 80, 30)).clipped(200, 100, 20)
    assert [(c.left, c.right, c.doubtful) for c in clipped.cells] == [
        (0, 50, False),
        (52, 60, True),
        (62, 200, False),
        (90, 91, True),
    ]


def test_what_fits_a_page() -> None:
    assert grid((0, 0, 50, 40)).fits(200, 100)
    assert not grid((-700, 0, 50, 40)).fits(200, 100)
    assert not grid((50, 0, 40, 40)).fits(200, 100)


def test_overlap() -> None:
    table = grid((0, 0, 50, 40))
    assert table.overlaps(Grid(100, 90, 300, 200, ()))
    assert not table.overlaps(Grid(0, 100, 200, 200, ()))
