"""Table structure to tables: what stands in each cell.

A cell gets the native characters whose middle lies in it. A cell with ink but no native character, and every cell of a
scan, is read from the picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from extraction.cells.fusion import CellText
from extraction.cells.ink_lines import has_ink
from extraction.cells.reader import read_cells
from extraction.document import Cell, Span, Table
from extraction.doubts import Doubt, joined
from extraction.geometry import Box, Pixels, Raster
from extraction.preprocess.binarize import page_ink
from extraction.preprocess.prepared_page import PageLayers
from extraction.settings import Settings
from extraction.span_lines import box_of, text_lines
from extraction.tables.grid import Grid, GridCell
from extraction.tables.structure import TableStructure
from models.loaded import Models

_DIGITS = re.compile(r"[\d,.，]+")
_MIN_WRAPPED_WIDTH = 0.7  # share of the cell's width that a line must fill to have been wrapped
_MAX_BARE_RANGE = 12  # grey values from the lightest to the darkest pixel of bare paper or a coloured band
_FRINGE_PIXELS = 4  # inside the grid lines
_GROWN_POINTS = 0.9  # added to a cell on every side: its grid lines take some room

ReadPicture = Callable[[Raster, Pixels, Sequence[GridCell]], list[CellText]]
"""The text of cells on a level page with this ink, "" for blank ones, in the same order."""


@dataclass(frozen=True, slots=True, eq=False)
class CellReadings:
    """A page's tables as read."""

    structure: TableStructure
    tables: tuple[Table, ...]


def readings_of(structure: TableStructure, models: Models, settings: Settings) -> CellReadings:
    """The tables: native text where there is some, the picture read where there is none."""
    del settings
    return read_with(structure, lambda raster, ink, cells: read_cells(raster, ink, cells, models))


def read_with(structure: TableStructure, read: ReadPicture) -> CellReadings:
    """The tables, cells without native text read by `read`."""
    ink = _ink_to_read(structure.layers, structure.grids)
    return CellReadings(structure, tuple(_table(grid, structure.layers, ink, read) for grid in structure.grids))


def _ink_to_read(layers: PageLayers, grids: Sequence[Grid]) -> Pixels:
    """The page's ink; none where its picture need not be read: every cell holds characters or is bare paper."""
    raster = layers.page.raster
    if layers.ink is not None:
        return layers.ink
    if all(_is_bare(raster, cell) for cell in _without_spans(layers, grids)):
        return np.zeros(raster.size, np.uint8)
    return page_ink(layers.shades)


def _without_spans(layers: PageLayers, grids: Sequence[Grid]) -> list[GridCell]:
    """The cells in which no character's middle lies."""
    cells = [cell for grid in grids for cell in grid.cells]
    spans = layers.page.spans
    if not cells or not spans:
        return cells
    across, down = np.diag(layers.page.raster.to_page[:, :2])
    x, y = (np.array([s.box.middle for s in spans if s.box]) / (across, down)).T[:, :, None]
    left, top, right, bottom = np.array([(c.left, c.top, c.right, c.bottom) for c in cells]).T
    held = ((left <= x) & (x < right) & (top <= y) & (y < bottom)).any(axis=0)
    return [cells[i] for i in np.flatnonzero(~held)]


def _is_bare(raster: Raster, cell: GridCell) -> bool:
    """Whether a cell is of one tone inside its grid lines."""
    inset = _FRINGE_PIXELS
    inside = raster.part(cell.left + inset, cell.top + inset, cell.right - inset, cell.bottom - inset)
    return inside.size == 0 or int(np.ptp(inside, axis=(0, 1)).max()) <= _MAX_BARE_RANGE


def _table(grid: Grid, layers: PageLayers, ink: Pixels, read: ReadPicture) -> Table:
    """The table of a grid on a page with this ink."""
    page, raster = layers.page, layers.page.raster
    boxes = [raster.box_on_page(c.left, c.top, c.right, c.bottom) for c in grid.cells]
    native = [native_text(held, box) for held, box in zip(_held(page.spans, boxes), boxes, strict=True)]
    unread = [i for i, cell in enumerate(grid.cells) if not native[i] and (not page.spans or has_ink(ink, cell))]
    seen = dict(zip(unread, read(raster, ink, [grid.cells[i] for i in unread]), strict=True)) if unread else {}
    cells = (
        _cell(cell, seen.get(i, CellText(native[i], 1.0)), boxes[i], page.number) for i, cell in enumerate(grid.cells)
    )
    box = raster.box_on_page(grid.left, grid.top, grid.right, grid.bottom)
    return Table(tuple(sorted(cells, key=lambda c: (c.row, c.column))), page.number, box)


def native_text(characters: Sequence[Span], box: Box) -> str:
    """The text of a cell from its characters: lines joined by newline, a number wrapped at its edge made whole."""
    text = ""
    previous: Span | None = None
    for line in text_lines(characters):
        wrapped = (
            previous is not None
            and _DIGITS.fullmatch(previous.text)
            and _DIGITS.fullmatch(line.text)
            and box_of(previous).width > _MIN_WRAPPED_WIDTH * box.width
        )
        text += line.text if previous is None or wrapped else "\n" + line.text
        previous = line
    return text


def _held(spans: Sequence[Span], boxes: Sequence[Box]) -> list[list[Span]]:
    """The spans whose middle lies in each box, in the first that holds it."""
    held: list[list[Span]] = [[] for _ in boxes]
    if not spans or not boxes:
        return held
    left, top, right, bottom = np.array([b.grown(_GROWN_POINTS) for b in boxes]).T
    x, y = np.array([box_of(span).middle for span in spans]).T[:, :, None]
    inside = (left <= x) & (x < right) & (top <= y) & (y < bottom)
    for span, first, found in zip(spans, inside.argmax(axis=1).tolist(), inside.any(axis=1).tolist(), strict=True):
        if found:
            held[first].append(span)
    return held


def _cell(cell: GridCell, read: CellText, box: Box, page: int | None) -> Cell:
    doubts = joined((Doubt(cell.doubt),) if cell.doubt else (), read.doubts)
    spans = cell.row_span, cell.column_span
    return Cell(cell.row, cell.column, read.text, *spans, page, box, read.confidence, doubts, read.candidates)
