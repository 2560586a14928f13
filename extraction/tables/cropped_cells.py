"""Cells that the edge of the picture cuts off: what stood in them may be gone, and what is left of it is no reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.doubts import DoubtCode
from extraction.geometry import Pixels
from extraction.tables.grid import Grid, GridCell

_NEAR = 0.03  # of the picture's width or height: no table of a whole page comes so near to its edge
_BESIDE = 3, 9  # pixels inside and outside a cell's side within which its rule lies
_RULED = 0.5  # of a side


def with_cut_off_cells_doubted(grids: Sequence[Grid], level: Pixels, upright: Pixels) -> list[Grid]:
    """The tables with those cells doubtful that lie at the picture's edge and have no rule on that side.

    `level` and `upright` are the picture's rules, height x width, 255 where there is one.
    """
    return [
        replace(grid, cells=tuple(_doubted(c) if _is_cut_off(c, level, upright) else c for c in grid.cells))
        for grid in grids
    ]


def _doubted(cell: GridCell) -> GridCell:
    return replace(cell, doubt=DoubtCode.CELL_CROPPED)


def _is_cut_off(cell: GridCell, level: Pixels, upright: Pixels) -> bool:
    height, width = level.shape
    x, y = _NEAR * width, _NEAR * height
    return (
        (cell.right > width - x and not _has_rule(upright, cell.right, 1, (cell.top, cell.bottom)))
        or (cell.left < x and not _has_rule(upright, cell.left, -1, (cell.top, cell.bottom)))
        or (cell.bottom > height - y and not _has_rule(level.T, cell.bottom, 1, (cell.left, cell.right)))
        or (cell.top < y and not _has_rule(level.T, cell.top, -1, (cell.left, cell.right)))
    )


def _has_rule(rules: Pixels, side: int, outward: int, along: tuple[int, int]) -> bool:
    """Whether upright `rules` run along a cell's side, which lies at this pixel and from the first to the second."""
    inside, outside = _BESIDE
    start, end = sorted((side - outward * inside, side + outward * outside))
    part = rules[slice(*along), max(0, start) : max(0, end)]
    return bool(part.size) and float((part > 0).any(axis=1).mean()) >= _RULED
