"""Pages to regions in reading order: titles, text lines, tables, page furniture.

Three witnesses find tables: rules (`extraction.rules`), the layout network through LayoutParser (`models.layout`), and
rows of text in columns. No table is lost because one of them missed it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extraction.document import Box, Page, Raster, Region, RegionKind, Span, Table, union
from extraction.ocr import read_page_lines
from extraction.raster import grey, straighten
from extraction.rules import Grid, find_grids
from extraction.settings import Settings
from extraction.tables import fill_table, loose_table, text_lines
from models.layout import CdlaLayoutModel
from models.loaded import Models

_PAGE_NUMBER = re.compile(r"[-—–·.\s第]*\d{1,3}[-—–·.\s页]*")
_MARGIN = 0.1  # of the page's height, where page numbers and running heads stand
_COLUMNS = 4  # pieces that make a printed row a row of a table


def find_regions(page: Page, models: Models, settings: Settings) -> tuple[Region, ...]:
    """The parts of a page in reading order. A format that states its own structure keeps it."""
    if page.raster is None:
        return page.regions
    raster = page.raster if page.spans else straighten(page.raster)
    grids = find_grids(grey(raster.pixels), raster.scale, settings.tables)
    tables = [fill_table(g, raster, page.spans, page.number, models) for g in grids]
    lines = _lines_outside(page, raster, grids, tables, models)
    blocks = _blocks(raster, models.layout) if settings.reading.layout else []
    loose, lines = _loose_tables(lines, page.number)
    regions = [
        *(Region(RegionKind.TABLE, table=t, page=page.number, box=t.box) for t in [*tables, *loose]),
        *(Region(_kind(line, blocks, page), (line,), page=page.number, box=line.box) for line in lines),
    ]
    return tuple(sorted(regions, key=_reading_order))


def _lines_outside(
    page: Page, raster: Raster, grids: Sequence[Grid], tables: Sequence[Table], models: Models
) -> list[Span]:
    """The printed lines that stand in no table."""
    boxes = [t.box.grown(1.0) for t in tables if t.box]
    if page.spans:
        outside = [s for s in page.spans if s.box and not any(b.holds(s.box.middle) for b in boxes)]
        return text_lines(outside)
    covered = [(g.left, g.top, g.right, g.bottom) for g in grids]
    pieces = [replace(s, page=page.number) for s in read_page_lines(raster, covered, models.recogniser)]
    return [line for row in _rows(pieces) for line in _without_small_gaps(row)]


def _blocks(raster: Raster, layout: CdlaLayoutModel | None) -> list[tuple[str, Box]]:
    """What the network sees: block type and box on the page."""
    if layout is None:
        return []
    return [(block.type, raster.box_on_page(*block.coordinates)) for block in layout.detect(raster.pixels)]


def _loose_tables(lines: list[Span], page: int | None) -> tuple[list[Table], list[Span]]:
    """Tables without rules: runs of two or more printed rows in many pieces; and the lines that are in none."""
    rows = _rows(lines)
    tables, rest, run = [], [], []
    for row in [*rows, []]:
        if len(row) >= _COLUMNS:
            run.append(row)
            continue
        if len(run) >= 2:
            tables.append(loose_table(run, page))
        else:
            rest += [span for pieces in run for span in pieces]
        run = []
        rest += row
    return tables, rest


def _rows(lines: list[Span]) -> list[list[Span]]:
    """Pieces at one height, left to right; a line with wide gaps in it counts as several pieces."""
    rows: list[list[Span]] = []
    for line in sorted(lines, key=lambda s: s.box.middle[1] if s.box else 0.0):
        if rows and line.box and (last := rows[-1][-1].box) and abs(line.box.middle[1] - last.middle[1]) < 4.0:
            rows[-1].append(line)
        else:
            rows.append([line])
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


def _kind(line: Span, blocks: Sequence[tuple[str, Box]], page: Page) -> RegionKind:
    """What a line is: furniture by its place and words, a title where the network says so, else text."""
    assert line.box is not None
    height = page.height or 0.0
    in_margin = line.box.bottom < _MARGIN * height or line.box.top > (1 - _MARGIN) * height
    if in_margin and _PAGE_NUMBER.fullmatch(line.text):
        return RegionKind.FURNITURE
    seen_as = {kind for kind, box in blocks if box.holds(line.box.middle)}
    if in_margin and seen_as & {"header", "footer"}:
        return RegionKind.FURNITURE
    return RegionKind.TITLE if "title" in seen_as else RegionKind.TEXT


def _reading_order(region: Region) -> tuple[float, float]:
    """Top to bottom, and left to right within about a line; these reports are printed in one column."""
    assert region.box is not None
    return round(region.box.top / 6.0), region.box.left
