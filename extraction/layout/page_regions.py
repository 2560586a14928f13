"""Pages to regions in reading order: titles, text lines, tables, page furniture.

Three witnesses find tables: rules (`extraction.tables.line_detection`), the layout network through LayoutParser
(`models.page_network`), and rows of text in columns. No table is lost because one of them missed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction.cells.cell_text import fill_table, loose_table, text_pieces, whole_line
from extraction.cells.ink_lines import page_marks
from extraction.document import Box, Page, Pixels, Raster, Region, RegionKind, Span, Table, union
from extraction.doubts import Doubts, joined
from extraction.figures import parse_figure
from extraction.layout.digital_page import grids_on, is_explained, marks_for, titles_by_size
from extraction.layout.prepared_page import PAGE_NUMBER, Sheet, sheets_of
from extraction.layout.text_lines import read_page_lines
from extraction.settings import Settings
from extraction.stage_timing import stage
from extraction.tables.borderless import find_open_grids, ink_pieces, native_pieces
from extraction.tables.grid import Grid
from models.loaded import Models
from models.page_network import LayoutNetwork

_BETWEEN = 2  # lines between two rows of a table without rules: a block's title, half of a label
_LEAST = 7.0  # points: no figure has room in less, it is the gap between a rule and a streak beside it
_COLUMNS = 3  # pieces that make a printed row a row of a table, whatever they say


def find_regions(page: Page, models: Models, settings: Settings) -> tuple[Region, ...]:
    """The parts of a page in reading order. A format that states its own structure keeps it."""
    if page.raster is None:
        return page.regions
    with stage("preparation"):
        sheets = sheets_of(page, models)
    return tuple(_doubted(region, page.doubts) for sheet in sheets for region in regions_on(sheet, models, settings))


def _doubted(region: Region, doubts: Doubts) -> Region:
    """The region, its page's doubts said of every cell."""
    if not doubts or region.table is None:
        return region
    cells = tuple(replace(c, doubts=joined(c.doubts, doubts)) for c in region.table.cells)
    return replace(region, table=replace(region.table, cells=cells))


def regions_on(sheet: Sheet, models: Models, settings: Settings) -> tuple[Region, ...]:
    """The parts of a sheet in reading order, their boxes on the page as the file shows it."""
    marks = None if sheet.spans else page_marks(sheet.raster)
    with stage("grid"):
        ruled = grids_on(sheet, settings.tables, marks) if models.steps.ruled_grids else []
        grids = [*ruled, *_open_grids(sheet, marks, ruled)]
    with stage("cells"):
        filled = _filled_tables(sheet, grids, marks, models)
    with stage("lines"):
        rows = _rows_outside(sheet, grids, models)
    with stage("layout network"):
        if is_explained(sheet, rows):
            blocks = titles_by_size(rows)
        else:
            blocks = _blocks(sheet.raster, models.layout) if settings.reading.layout else []
    loose, lines = _loose_tables(rows, _of_kind(blocks, "table"), sheet.number)
    tables = [*filled, *loose]
    regions = [
        *(Region(RegionKind.TABLE, table=t, page=sheet.number, box=t.box) for t in tables),
        *(Region(RegionKind.FIGURE, page=sheet.number, box=b) for b in _unread_tables(blocks, tables)),
        *(Region(_kind(line, blocks, sheet), (line,), page=sheet.number, box=line.box) for line in lines),
    ]
    return tuple(sheet.on_page(region) for region in sorted(regions, key=_reading_order))


def _open_grids(sheet: Sheet, marks: Pixels | None, ruled: Sequence[Grid]) -> list[Grid]:
    """The tables without rules, by how their text stands; what lies across a ruled one or off the page is noise."""
    scale = sheet.raster.scale
    pieces = native_pieces(_outside(sheet, ruled)) if marks is None else ink_pieces(marks, scale, ruled)
    height, width = sheet.raster.size
    return [
        grid
        for grid in find_open_grids(pieces, scale)
        if grid.fits(width, height) and not any(grid.overlaps(other) for other in ruled)
    ]


def _filled_tables(sheet: Sheet, grids: Sequence[Grid], marks: Pixels | None, models: Models) -> list[Table]:
    if not grids:
        return []
    marks = marks_for(sheet, grids) if marks is None else marks
    height, width = sheet.raster.size
    inside = [grid.clipped(width, height, _LEAST / sheet.raster.scale) for grid in grids]
    return [fill_table(grid, sheet.raster, marks, sheet.spans, sheet.number, models) for grid in inside]


def _outside(sheet: Sheet, grids: Sequence[Grid]) -> list[Span]:
    """The native characters that stand in no table."""
    boxes = [sheet.raster.box_on_page(g.left, g.top, g.right, g.bottom).grown(1.0) for g in grids]
    return [s for s in sheet.spans if s.box and not any(b.holds(s.box.middle) for b in boxes)]


def _rows_outside(sheet: Sheet, grids: Sequence[Grid], models: Models) -> list[list[Span]]:
    """The printed rows that stand in no ruled table, each in the pieces that wide gaps part."""
    if sheet.spans:
        return _rows(text_pieces(_outside(sheet, grids)))
    covered = [(g.left, g.top, g.right, g.bottom) for g in grids]
    lines = read_page_lines(sheet.raster, covered, models.recogniser)
    return [_without_small_gaps(row) for row in _rows([replace(s, page=sheet.number) for s in lines])]


def _blocks(raster: Raster, layout: LayoutNetwork | None) -> list[tuple[str, Box]]:
    """What the network sees: block type and box on the page."""
    if layout is None:
        return []
    return [(block.type, raster.box_on_page(*block.coordinates)) for block in layout.detect(raster.pixels)]


def _of_kind(blocks: Sequence[tuple[str, Box]], kind: str) -> list[Box]:
    return [box for seen_as, box in blocks if seen_as == kind]


def _unread_tables(blocks: Sequence[tuple[str, Box]], tables: Sequence[Table]) -> list[Box]:
    """The tables that the network sees and neither rules nor columns have found: a person must know of them."""
    return [box for box in _of_kind(blocks, "table") if not any(t.box and t.box.overlap(box) > 0 for t in tables)]


def _loose_tables(
    rows: Sequence[Sequence[Span]], seen: Sequence[Box], page: int | None
) -> tuple[list[Table], list[Span]]:
    """Tables without rules (two or more rows in columns, with what stands between them), and the other lines.

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


def _runs(in_columns: Sequence[bool]) -> Iterator[range]:
    """Indices of rows that belong together: from one row in columns to the next that is no further than a title off."""
    start = 0
    while start < len(in_columns):
        end = start + 1
        if in_columns[start]:
            for index in range(start + 1, len(in_columns)):
                if in_columns[index]:
                    end = index + 1
                elif index - end >= _BETWEEN:
                    break
        yield range(start, end)
        start = end


def _is_table_row(row: Sequence[Span], seen: Sequence[Box]) -> bool:
    """Whether a printed row stands in columns: several pieces, or a label and a figure, or two in a table seen."""
    if len(row) != 2:
        return len(row) >= _COLUMNS
    figures = sum(parse_figure(piece.text) is not None for piece in row)
    return figures == 1 or any(all(p.box and box.holds(p.box.middle) for p in row) for box in seen)


def _rows(pieces: Sequence[Span]) -> list[list[Span]]:
    """Pieces at one height, left to right."""
    rows: list[list[Span]] = []
    for piece in sorted(pieces, key=lambda s: s.box.middle[1] if s.box else 0.0):
        if rows and piece.box and (last := rows[-1][-1].box) and abs(piece.box.middle[1] - last.middle[1]) < 4.0:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda s: s.box.left if s.box else 0.0) for row in rows]


def _without_small_gaps(row: Sequence[Span]) -> list[Span]:
    """The pieces of a printed row, those taken together that stand no more than a character or two apart."""
    lines: list[Span] = []
    for piece in row:
        last = lines[-1] if lines else None
        if last and last.box and piece.box and piece.box.left - last.box.right < 1.5 * piece.box.height:
            lines[-1] = replace(
                last,
                text=last.text + piece.text,
                box=union([last.box, piece.box]),
                confidence=min(last.confidence, piece.confidence),
            )
        else:
            lines.append(piece)
    return lines


def _kind(line: Span, blocks: Sequence[tuple[str, Box]], sheet: Sheet) -> RegionKind:
    """What a line is: furniture by its place and words, a title where the network says so, else text."""
    assert line.box is not None
    in_margin = sheet.has_in_margin(line.box)
    if in_margin and PAGE_NUMBER.fullmatch(line.text):
        return RegionKind.FURNITURE
    seen_as = {kind for kind, box in blocks if box.holds(line.box.middle)}
    if in_margin and seen_as & {"header", "footer"}:
        return RegionKind.FURNITURE
    return RegionKind.TITLE if seen_as & {"title", "heading"} else RegionKind.TEXT


def _reading_order(region: Region) -> tuple[float, float]:
    """Top to bottom, and left to right within about a line; these reports are printed in one column."""
    assert region.box is not None
    return round(region.box.top / 6.0), region.box.left
