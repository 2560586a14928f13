"""A page's tables to its regions in reading order: titles, text lines, tables, page furniture.

Three witnesses find tables: grid lines (`extraction.tables`), the layout network through LayoutParser
(`models.page_network`), and rows of text in columns. No table is lost because one of them missed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from extraction.cells.readings import CellReadings
from extraction.document import Box, Cell, Raster, Region, RegionKind, Span, Table, union
from extraction.doubts import Doubts, joined
from extraction.figures import parse_figure
from extraction.layout.text_lines import read_page_lines
from extraction.preprocess.prepared_page import PreparedPage
from extraction.settings import Settings
from extraction.span_lines import box_of, grouped_by_line, pieces_of, whole_line
from extraction.tables.structure import TableStructure
from models.loaded import Models
from models.page_network import LayoutNetwork

_PAGE_NUMBER = re.compile(r"[-—–·.\s第]*\d{1,3}[-—–·.\s页]*")
_MARGIN = 0.1  # of the page's height, where page numbers and running heads stand
_MAX_LINES_BETWEEN = 2  # two rows of a table without grid lines: a block's title, half of a label
_MIN_COLUMNS = 3  # pieces that make a printed row a row of a table, whatever they say
_MIN_TITLE_HEIGHT = 1.15  # times the usual height of a line
_LINE_POINTS = 6.0  # within which regions stand beside each other

Block = tuple[str, Box]
"""What the layout network sees: the type and the box on the page."""


def regions_of(readings: CellReadings, models: Models, settings: Settings) -> tuple[Region, ...]:
    """The parts of a page in reading order, their boxes on the page as the file shows it."""
    page = readings.structure.layers.page
    rows = _rows_outside(readings.structure, models)
    if _is_explained(page, rows):
        blocks = _titles_by_size(rows)
    else:
        blocks = _blocks(page.raster, models.layout) if settings.reading.layout else []
    loose, lines = _loose_tables(rows, _of_kind(blocks, "table"), page.number)
    tables = [*readings.tables, *loose]
    regions = [
        *(Region(RegionKind.TABLE, table=t, page=page.number, box=t.box) for t in tables),
        *(Region(RegionKind.FIGURE, page=page.number, box=b) for b in _unread_tables(blocks, tables)),
        *(Region(_kind(line, blocks, page), (line,), page=page.number, box=line.box) for line in lines),
    ]
    return tuple(_doubted(page.on_page(region), page.doubts) for region in sorted(regions, key=_reading_order))


def _doubted(region: Region, doubts: Doubts) -> Region:
    """The region, its page's doubts said of every cell."""
    if not doubts or region.table is None:
        return region
    cells = tuple(replace(c, doubts=joined(c.doubts, doubts)) for c in region.table.cells)
    return replace(region, table=replace(region.table, cells=cells))


def _rows_outside(structure: TableStructure, models: Models) -> list[list[Span]]:
    """The printed rows that stand in no table, each in the pieces that wide gaps part."""
    page, grids = structure.layers.page, structure.grids
    spans = structure.outside
    if not page.spans:
        covered = [(g.left, g.top, g.right, g.bottom) for g in grids]
        lines = read_page_lines(page.raster, structure.layers.shades, covered, models.recogniser)
        spans = [replace(s, page=page.number) for s in lines]
    return [[whole_line(piece) for piece in pieces_of(line)] for line in grouped_by_line(spans)]


def _is_explained(page: PreparedPage, rows: Sequence[Sequence[Span]]) -> bool:
    """Whether the file's own grid lines and text say all that the layout network could: no printed row outside the
    tables stands in columns, and what stands in the page's margins is a page number."""
    return page.rules is not None and all(
        len(row) == 1 and (not _is_in_margin(row[0], page) or bool(_PAGE_NUMBER.fullmatch(row[0].text))) for row in rows
    )


def _titles_by_size(rows: Sequence[Sequence[Span]]) -> list[Block]:
    """The rows in larger type than most, as the layout network gives titles."""
    boxes = [box_of(piece) for row in rows for piece in row]
    usual = median(box.height for box in boxes) if boxes else 0.0
    return [("title", box) for box in boxes if box.height > _MIN_TITLE_HEIGHT * usual]


def _blocks(raster: Raster, layout: LayoutNetwork | None) -> list[Block]:
    if layout is None:
        return []
    return [(block.type, raster.box_on_page(*block.coordinates)) for block in layout.detect(raster.pixels)]


def _of_kind(blocks: Sequence[Block], kind: str) -> list[Box]:
    return [box for seen_as, box in blocks if seen_as == kind]


def _unread_tables(blocks: Sequence[Block], tables: Sequence[Table]) -> list[Box]:
    """The tables that the network sees and neither grid lines nor columns have found: a person must know of them."""
    return [box for box in _of_kind(blocks, "table") if not any(t.box and t.box.overlap(box) > 0 for t in tables)]


def _loose_tables(
    rows: Sequence[Sequence[Span]], seen: Sequence[Box], page: int | None
) -> tuple[list[Table], list[Span]]:
    """Tables without grid lines (two or more rows in columns, with what stands between them), and the other lines.

    Where the network has `seen` a table, two pieces are enough to make a row one of it.
    """
    tables: list[Table] = []
    lines: list[Span] = []
    for run in _runs([_is_table_row(row, seen) for row in rows]):
        if len(run) >= 2:
            tables.append(loose_table([rows[i] for i in run], page))
        else:
            lines += [whole_line(rows[i]) for i in run]
    return tables, lines


def loose_table(rows: Sequence[Sequence[Span]], page: int | None) -> Table:
    """A table without grid lines from the pieces of each printed row: only the order within a row is known."""
    cells = tuple(
        Cell(r, c, span.text, page=page, box=span.box, confidence=span.confidence)
        for r, pieces in enumerate(rows)
        for c, span in enumerate(pieces)
    )
    return Table(cells, page, union([box_of(s) for pieces in rows for s in pieces]), aligned=False)


def _runs(in_columns: Sequence[bool]) -> Iterator[range]:
    """Indices of rows that belong together: from one row in columns to the next that is no further than a title off."""
    start = 0
    while start < len(in_columns):
        end = start + 1
        if in_columns[start]:
            for index in range(start + 1, len(in_columns)):
                if in_columns[index]:
                    end = index + 1
                elif index - end >= _MAX_LINES_BETWEEN:
                    break
        yield range(start, end)
        start = end


def _is_table_row(row: Sequence[Span], seen: Sequence[Box]) -> bool:
    """Whether a printed row stands in columns: several pieces, or a label and a figure, or two in a table seen."""
    if len(row) != 2:
        return len(row) >= _MIN_COLUMNS
    figures = sum(parse_figure(piece.text) is not None for piece in row)
    return figures == 1 or any(all(box.holds(box_of(p).middle) for p in row) for box in seen)


def _kind(line: Span, blocks: Sequence[Block], page: PreparedPage) -> RegionKind:
    """What a line is: furniture by its place and words, a title where the network says so, else text."""
    in_margin = _is_in_margin(line, page)
    if in_margin and _PAGE_NUMBER.fullmatch(line.text):
        return RegionKind.FURNITURE
    seen_as = {kind for kind, box in blocks if box.holds(box_of(line).middle)}
    if in_margin and seen_as & {"header", "footer"}:
        return RegionKind.FURNITURE
    return RegionKind.TITLE if seen_as & {"title", "heading"} else RegionKind.TEXT


def _is_in_margin(line: Span, page: PreparedPage) -> bool:
    """Whether a line stands where page numbers and running heads do."""
    box = box_of(line)
    return box.bottom < _MARGIN * page.height or box.top > (1 - _MARGIN) * page.height


def _reading_order(region: Region) -> tuple[float, float]:
    """Top to bottom, and left to right within about a line; these reports are printed in one column."""
    assert region.box is not None
    return round(region.box.top / _LINE_POINTS), region.box.left
