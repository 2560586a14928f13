"""Shared by the readers of flowing formats (DOCX, HTML, text): lines to regions, cells to a grid, regions to a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extraction.document import Cell, Page, Region, RegionKind, Span, Table
from extraction.errors import EmptyFile, TooLarge

MAX_GRID_POSITIONS = 1_000_000
"""Of all tables of a file together. The largest real report has under 1,000."""

_BLANK = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u200b\u200e\u200f\u2060\ufeff"
_FIGURE = re.compile(r"[+＋\-－]?[0-9０-９][0-9０-９,，.．]{0,20}")
_MIN_FIGURES = 4  # of a table of data


def trim(text: str) -> str:
    """The text without white space at its ends, of any width (U+3000, no-break and zero-width spaces)."""
    return text.strip(_BLANK)


def join_lines(lines: Iterable[str]) -> str:
    """The lines of a cell as its text: trimmed, without blank ones."""
    return "\n".join(line for line in map(trim, lines) if line)


def text_regions(text: str, kind: RegionKind = RegionKind.TEXT) -> Iterator[Region]:
    """A region for each line: authors end paragraphs with line breaks too, so that a heading may follow one."""
    for line in map(trim, text.split("\n")):
        if line:
            yield Region(kind, spans=(Span(line),))


def make_page(regions: Iterable[Region], warnings: Iterable[str]) -> Page:
    """The single page of a format without pages. Raises EmptyFile where no region has any text."""
    kept = tuple(regions)
    if not any(r.spans or (r.table and any(c.text for c in r.table.cells)) for r in kept):
        raise EmptyFile("the file holds no text; if the report is a picture inside it, save it as PDF")
    return Page(regions=kept, warnings=tuple(warnings))


# ---- tables


class SourceCell(NamedTuple):
    """A cell as its file states it. `row_span` 0 means down to the end of its row group."""

    text: str
    row_span: int = 1
    column_span: int = 1


class GridBudget:
    """Counts the grid positions of a file's tables: a few bytes can declare a very large grid."""

    def __init__(self) -> None:
        self._left = MAX_GRID_POSITIONS

    def spend(self, positions: int) -> None:
        """Count some positions. Raises TooLarge where the file has too many."""
        self._left -= positions
        if self._left < 0:
            raise TooLarge("the tables have over {limit:,} cells; save the report alone", limit=MAX_GRID_POSITIONS)


def place_cells(groups: Iterable[Sequence[Sequence[SourceCell]]], budget: GridBudget) -> Table:
    """The table of row groups, of rows, of cells in source order, by the HTML standard ("forming a table").

    Where a wide cell would overlap one that spans down from above, browsers print both; here the wide cell ends there,
    so that no grid position belongs to two cells. Raises TooLarge.
    """
    cells: list[Cell] = []
    top = 0
    for group in groups:
        bottom = top + len(group)
        free_from: list[int] = []  # by column, the first row that no cell above spans into
        for row, row_cells in enumerate(group, top):
            column = 0
            for cell in row_cells:
                while column < len(free_from) and free_from[column] > row:
                    column += 1
                width = 1
                while width < cell.column_span and not (
                    column + width < len(free_from) and free_from[column + width] > row
                ):
                    width += 1
                height = min(cell.row_span or bottom - row, bottom - row)
                budget.spend(width * height)
                free_from.extend([0] * (column + width - len(free_from)))
                free_from[column : column + width] = [row + height] * width
                cells.append(Cell(row, column, cell.text, height, width))
                column += width
        top = bottom
    return Table(tuple(cells))


@dataclass(slots=True)
class CellCounts:
    """Counts over the cells of a table, to tell a table of data from one for layout: all, those with text, figures."""

    cells: int = 0
    printed: int = 0
    figures: int = 0

    def count(self, text: str) -> None:
        """Count a cell with this text."""
        text = trim(text)
        self.cells += 1
        self.printed += bool(text)
        self.figures += bool(_FIGURE.fullmatch(text))

    def add(self, other: CellCounts) -> None:
        """Add the counts of another table."""
        self.cells += other.cells
        self.printed += other.printed
        self.figures += other.figures

    @property
    def is_data(self) -> bool:
        """Whether the table has enough figures of its own to be one of data."""
        return self.figures >= _MIN_FIGURES


def is_layout_table(own: CellCounts, inner: CellCounts) -> bool:
    """Whether a table is for layout: `own` counts its cells, `inner` those of the tables nested in it."""
    if not inner.cells:
        return own.cells <= 1
    if own.is_data and own.figures >= inner.figures:
        return False
    return own.printed <= 1 or inner.cells > own.printed or inner.figures > own.figures
