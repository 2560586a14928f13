"""Pages of native text: what the file itself states is not looked for in the picture.

The rules are those that the file draws; a cell without a character is empty where its picture is plain paper; and the
layout network is left out where rules and text explain the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from extraction.cells.ink_lines import page_marks
from extraction.document import Box, Pixels, Raster, Span
from extraction.layout.prepared_page import PAGE_NUMBER, Sheet
from extraction.preprocess.binarize import grey
from extraction.settings import TableSettings
from extraction.tables.grid import Grid, GridCell
from extraction.tables.line_detection import find_grids
from extraction.tables.vector_grid import grids_of_rules

_PLAIN = 12  # grey values from the lightest to the darkest pixel of bare paper or a coloured band
_INSET = 4  # pixels inside the rules in which their fringe stands
_LARGER = 1.15  # times the usual height of a line: a title


def grids_on(sheet: Sheet, settings: TableSettings, marks: Pixels | None = None) -> list[Grid]:
    """The ruled tables of a sheet in its pixels: from the rules that the file draws, else from its picture.

    `marks` is the sheet's ink, where it is known already.
    """
    if sheet.rules is not None:
        return grids_of_rules(sheet.rules, sheet.raster.scale, settings)
    return find_grids(grey(sheet.raster.pixels), sheet.raster.scale, settings, marks)


def marks_for(sheet: Sheet, grids: Sequence[Grid]) -> Pixels:
    """The sheet's ink; none where its picture need not be read: every cell holds characters or is bare paper."""
    if sheet.spans and all(_is_bare(sheet.raster, cell) for cell in _without_spans(sheet, grids)):
        return np.zeros(sheet.raster.size, np.uint8)
    return page_marks(sheet.raster)


def is_explained(sheet: Sheet, rows: Sequence[Sequence[Span]]) -> bool:
    """Whether the file's rules and text say all that the layout network could.

    `rows` are the printed rows outside the tables in their pieces: none stands in columns, and what stands in the
    page's margins is a page number.
    """
    return sheet.rules is not None and all(
        len(row) == 1 and (not sheet.has_in_margin(row[0].box) or bool(PAGE_NUMBER.fullmatch(row[0].text)))
        for row in rows
    )


def titles_by_size(rows: Sequence[Sequence[Span]]) -> list[tuple[str, Box]]:
    """The rows in larger type than most, as the layout network gives titles: block type and box."""
    boxes = [piece.box for row in rows for piece in row if piece.box]
    usual = median(box.height for box in boxes) if boxes else 0.0
    return [("title", box) for box in boxes if box.height > _LARGER * usual]


def _without_spans(sheet: Sheet, grids: Sequence[Grid]) -> list[GridCell]:
    """The cells in which no character's middle lies."""
    cells = [cell for grid in grids for cell in grid.cells]
    if not cells or not sheet.spans:
        return cells
    across, down = np.diag(sheet.raster.to_page[:, :2])
    x, y = (np.array([s.box.middle for s in sheet.spans if s.box]) / (across, down)).T[:, :, None]
    left, top, right, bottom = np.array([(c.left, c.top, c.right, c.bottom) for c in cells]).T
    held = ((left <= x) & (x < right) & (top <= y) & (y < bottom)).any(axis=0)
    return [cells[i] for i in np.flatnonzero(~held)]


def _is_bare(raster: Raster, cell: GridCell) -> bool:
    """Whether a cell is of one tone inside its rules."""
    inside = raster.part(cell.left + _INSET, cell.top + _INSET, cell.right - _INSET, cell.bottom - _INSET)
    return inside.size == 0 or int(np.ptp(inside, axis=(0, 1)).max()) <= _PLAIN
