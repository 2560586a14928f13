"""The regions of a page in reading order: tables, titles, lines of text, page furniture.

Tables are found in three ways, so that none is lost because one of them misses it: by grid lines and by columns of
figures (`extraction.tables`), by rows of text in columns, and by the layout network (`models.page_network`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from extraction.cells.readings import CellReadings
from extraction.document import Cell, Region, RegionKind, Span, Table
from extraction.doubts import Doubts, joined
from extraction.figures import parse_figure
from extraction.geometry import Box, Raster, union
from extraction.layout.text_lines import read_page_lines
from extraction.preprocess.prepared_page import PreparedPage
from extraction.settings import Settings
from extraction.span_lines import box_of, grouped_by_line, pieces_of, whole_line
from extraction.tables.structure import TableStructure
from models.loaded import Models
from models.page_network import LayoutNetwork

_PAGE_NUMBER = re.compile(r"[-—–·.\s第]*\d{1,3}[-—–·.\s页]*")
MARGIN_SHARE = 0.1  # of the page's height, at its top and bottom, where page numbers and running heads stand
MAX_LINES_BETWEEN = 2  # other lines between two rows of a table without grid lines: a block's title, half of a label
MIN_COLUMNS = 3  # pieces from which a printed row is a row of a table, whatever they say
MIN_TITLE_HEIGHT = 1.15  # of the median height of a line
SAME_LINE_POINTS = 6.0  # difference in height up to which regions stand beside each other

Block = tuple[str, Box]
"""A detection of the layout network: its type and its box on the page in points."""


def regions_of(readings: CellReadings, models: Models, settings: Settings) -> tuple[Region, ...]:
    """The stage `regions`: the regions of a page in reading order, their boxes on the page as the file shows it."""
    page = readings.structure.layers.page
    rows = _rows_outside(readings.structure, models)
    if _is_explained(page, rows):
        blocks = _titles_by_size(rows)
    else:
        blocks = _blocks(page.raster, models.layout) if settings.reading.layout else []
    unaligned, lines = _unaligned_tables(rows, _of_kind(blocks, "table"), page.number)
    tables = [*readings.tables, *unaligned]
    regions = [
        *(Region(RegionKind.TABLE, table=t, page=page.number, box=t.box) for t in tables),
        *(Region(RegionKind.FIGURE, page=page.number, box=b) for b in _unread_tables(blocks, tables)),
        *(Region(_kind(line, blocks, page), (line,), page=page.number, box=line.box) for line in lines),
    ]
    return tuple(_doubted(page.on_page(region), page.doubts) for region in sorted(regions, key=_reading_order))


def _doubted(region: Region, doubts: Doubts) -> Region:
    """The region, with the page's doubts added to every cell."""
    if not doubts or region.table is None:
        return region
    cells = tuple(replace(c, doubts=joined(c.doubts, doubts)) for c in region.table.cells)
    return replace(region, table=replace(region.table, cells=cells))


def _rows_outside(structure: TableStructure, models: Models) -> list[list[Span]]:
    """The printed rows outside the tables, each as the pieces that wide gaps part."""
    page, grids = structure.layers.page, structure.grids
    spans = structure.outside
    if not page.spans:
        covered = [(g.left, g.top, g.right, g.bottom) for g in grids]
        lines = read_page_lines(page.raster, structure.layers.shades, covered, models.recogniser)
        spans = [replace(s, page=page.number) for s in lines]
    return [[whole_line(piece) for piece in pieces_of(line)] for line in grouped_by_line(spans)]


def _is_explained(page: PreparedPage, rows: Sequence[Sequence[Span]]) -> bool:
    """Whether the layout network has nothing to add to the file's own grid lines and text: no printed row outside the
    tables is in columns, and the page's margins hold nothing but a page number."""
    return page.rules is not None and all(
        len(row) == 1 and (not _is_in_margin(row[0], page) or bool(_PAGE_NUMBER.fullmatch(row[0].text))) for row in rows
    )


def _titles_by_size(rows: Sequence[Sequence[Span]]) -> list[Block]:
    """The pieces in larger type than most, as detections of titles."""
    boxes = [box_of(piece) for row in rows for piece in row]
    usual = median(box.height for box in boxes) if boxes else 0.0
    return [("title", box) for box in boxes if box.height > MIN_TITLE_HEIGHT * usual]


def _blocks(raster: Raster, layout: LayoutNetwork | None) -> list[Block]:
    if layout is None:
        return []
    return [(block.type, raster.box_on_page(*block.coordinates)) for block in layout.detect(raster.pixels)]


def _of_kind(blocks: Sequence[Block], kind: str) -> list[Box]:
    return [box for detected, box in blocks if detected == kind]


def _unread_tables(blocks: Sequence[Block], tables: Sequence[Table]) -> list[Box]:
    """The tables that only the network detects, as regions for a person to look at."""
    return [box for box in _of_kind(blocks, "table") if not any(t.box and t.box.overlap(box) > 0 for t in tables)]


def _unaligned_tables(
    rows: Sequence[Sequence[Span]], detected: Sequence[Box], page: int | None
) -> tuple[list[Table], list[Span]]:
    """Tables without grid lines (two or more rows in columns, with the lines between them), and the other lines.

    In a table `detected` by the network two pieces suffice for a row.
    """
    tables: list[Table] = []
    lines: list[Span] = []
    for run in _runs([_is_table_row(row, detected) for row in rows]):
        if len(run) >= 2:
            tables.append(unaligned_table([rows[i] for i in run], page))
        else:
            lines += [whole_line(rows[i]) for i in run]
    return tables, lines


def unaligned_table(rows: Sequence[Sequence[Span]], page: int | None) -> Table:
    """A table without grid lines from the pieces of each printed row; their order in the row is all that is known."""
    cells = tuple(
        Cell(r, c, span.text, page=page, box=span.box, confidence=span.confidence)
        for r, pieces in enumerate(rows)
        for c, span in enumerate(pieces)
    )
    return Table(cells, page, union([box_of(s) for pieces in rows for s in pieces]), aligned=False)


def _runs(in_columns: Sequence[bool]) -> Iterator[range]:
    """Ranges of rows that form one table or none, from whether each stands `in_columns`."""
    start = 0
    while start < len(in_columns):
        end = start + 1
        if in_columns[start]:
            for index in range(start + 1, len(in_columns)):
                if in_columns[index]:
                    end = index + 1
                elif index - end >= MAX_LINES_BETWEEN:
                    break
        yield range(start, end)
        start = end


def _is_table_row(row: Sequence[Span], detected: Sequence[Box]) -> bool:
    """Whether a printed row stands in columns: several pieces, a label and a figure, or two in a `detected` table."""
    if len(row) != 2:
        return len(row) >= MIN_COLUMNS
    figures = sum(parse_figure(piece.text) is not None for piece in row)
    return figures == 1 or any(all(box.holds(box_of(p).middle) for p in row) for box in detected)


def _kind(line: Span, blocks: Sequence[Block], page: PreparedPage) -> RegionKind:
    """The kind of a line: furniture by its place and words, a title where the network detects one, else text."""
    in_margin = _is_in_margin(line, page)
    if in_margin and _PAGE_NUMBER.fullmatch(line.text):
        return RegionKind.FURNITURE
    detected = {kind for kind, box in blocks if box.holds(box_of(line).middle)}
    if in_margin and detected & {"header", "footer"}:
        return RegionKind.FURNITURE
    return RegionKind.TITLE if detected & {"title", "heading"} else RegionKind.TEXT


def _is_in_margin(line: Span, page: PreparedPage) -> bool:
    """Whether a line stands in the top or bottom margin."""
    box = box_of(line)
    return box.bottom < MARGIN_SHARE * page.height or box.top > (1 - MARGIN_SHARE) * page.height


def _reading_order(region: Region) -> tuple[float, float]:
    """Sorts regions top to bottom, and left to right within about a line; these reports are printed in one column."""
    assert region.box is not None
    return round(region.box.top / SAME_LINE_POINTS), region.box.left
