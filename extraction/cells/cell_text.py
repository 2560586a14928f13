"""Grids and spans to tables: which text stands in which cell, and tables where no rules are.

The cells of a grid get the native characters whose middle lies in them. A cell with ink but no native character, and
every cell of a scan, is read from the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from extraction.cells.fusion import CellText
from extraction.cells.ink_lines import has_ink
from extraction.cells.reader import read_cells
from extraction.document import Box, Cell, Pixels, Raster, Span, Table, union
from extraction.doubts import Doubt, joined
from extraction.tables.grid import Grid, GridCell
from models.loaded import Models

_DIGITS = re.compile(r"[\d,.，]+")
_SPACE_GAP, _PIECE_GAP = 0.45, 1.6  # character heights
_WRAPPED = 0.7  # share of the cell's width that a line must fill to have been wrapped


def fill_table(
    grid: Grid, raster: Raster, marks: Pixels, spans: Sequence[Span], page: int | None, models: Models
) -> Table:
    """The table of a grid: native text where there is some, the picture read where there is none.

    `marks` is the page's ink (`extraction.cells.ink_lines.page_marks`).
    """
    boxes = [raster.box_on_page(c.left, c.top, c.right, c.bottom) for c in grid.cells]
    native = [native_text(held, box) for held, box in zip(_held(spans, boxes), boxes, strict=True)]
    unread = [
        i
        for i, cell in enumerate(grid.cells)
        if models.reads_cells and not native[i] and (not spans or has_ink(marks, cell))
    ]
    read = read_cells(raster, marks, [grid.cells[i] for i in unread], models) if unread else []
    seen = dict(zip(unread, read, strict=True))
    cells = tuple(
        _cell(cell, seen.get(i, CellText(native[i], 1.0)), boxes[i], page) for i, cell in enumerate(grid.cells)
    )
    box = raster.box_on_page(grid.left, grid.top, grid.right, grid.bottom)
    return Table(tuple(sorted(cells, key=lambda c: (c.row, c.column))), page, box)


def native_text(characters: Sequence[Span], box: Box) -> str:
    """The text of a cell from its characters: lines joined by newline, a number wrapped at its edge made whole."""
    text = ""
    previous: Span | None = None
    for line in text_lines(characters):
        wrapped = (
            previous is not None
            and previous.box is not None
            and _DIGITS.fullmatch(previous.text)
            and _DIGITS.fullmatch(line.text)
            and previous.box.width > _WRAPPED * box.width
        )
        text += line.text if previous is None or wrapped else "\n" + line.text
        previous = line
    return text


def text_lines(spans: Iterable[Span]) -> list[Span]:
    """Spans joined to printed lines, top to bottom; a gap of half a character becomes a space.

    Spans without a box are left out: they are not on a page.
    """
    return sorted(map(whole_line, _grouped_by_line(spans)), key=lambda s: (_box(s).top, _box(s).left))


def text_pieces(spans: Iterable[Span]) -> list[Span]:
    """As `text_lines`, with a line parted wherever two characters or more would fit between."""
    pieces = []
    for parts in _grouped_by_line(spans):
        parts = sorted(parts, key=lambda s: _box(s).left)
        start = 0
        for index, (left, right) in enumerate(pairwise([_box(s) for s in parts]), start=1):
            if _room(left, right) > _PIECE_GAP:
                pieces.append(whole_line(parts[start:index]))
                start = index
        pieces.append(whole_line(parts[start:]))
    return pieces


def whole_line(parts: Sequence[Span]) -> Span:
    """The parts of a printed line as one span."""
    parts = sorted(parts, key=lambda s: _box(s).left)
    boxes = [_box(s) for s in parts]
    text = parts[0].text
    for part, (left, right) in zip(parts[1:], pairwise(boxes), strict=True):
        text += " " + part.text if _room(left, right) > _SPACE_GAP else part.text
    return Span(text, parts[0].page, union(boxes), min(s.confidence for s in parts))


def _grouped_by_line(spans: Iterable[Span]) -> list[list[Span]]:
    lines: list[list[Span]] = []
    lasts: list[Box] = []
    for box, span in sorted(((s.box, s) for s in spans if s.box), key=lambda pair: (sum(pair[0][1::2]), pair[0].left)):
        for index in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
            if _same_line(lasts[index], box):
                lines[index].append(span)
                lasts[index] = box
                break
        else:
            lines.append([span])
            lasts.append(box)
    return lines


def _room(left: Box, right: Box) -> float:
    """The room between two parts of a line, in character heights (the taller's: 一 may have a flat box)."""
    height = max(left.bottom - left.top, right.bottom - right.top) or 1.0  # a damaged font may have none
    return (right.left - left.right) / height


def loose_table(rows: Sequence[Sequence[Span]], page: int | None) -> Table:
    """A table without rules, from the pieces of each printed row: only the order within a row is known."""
    cells = tuple(
        Cell(r, c, span.text, page=page, box=span.box, confidence=span.confidence)
        for r, pieces in enumerate(rows)
        for c, span in enumerate(pieces)
    )
    return Table(cells, page, union([_box(s) for pieces in rows for s in pieces]), aligned=False)


def _held(spans: Sequence[Span], boxes: Sequence[Box]) -> list[list[Span]]:
    """The spans whose middle lies in each box, in the first that holds it; rules take some room, so boxes are grown."""
    held: list[list[Span]] = [[] for _ in boxes]
    if not spans or not boxes:
        return held
    left, top, right, bottom = np.array([b.grown(0.9) for b in boxes]).T
    x, y = np.array([_box(span).middle for span in spans]).T[:, :, None]
    inside = (left <= x) & (x < right) & (top <= y) & (y < bottom)
    for span, first, found in zip(spans, inside.argmax(axis=1).tolist(), inside.any(axis=1).tolist(), strict=True):
        if found:
            held[first].append(span)
    return held


def _cell(cell: GridCell, read: CellText, box: Box, page: int | None) -> Cell:
    doubts = joined((Doubt(cell.doubt),) if cell.doubt else (), read.doubts)
    spans = cell.row_span, cell.column_span
    return Cell(cell.row, cell.column, read.text, *spans, page, box, read.confidence, doubts, read.candidates)


def _same_line(a: Box, b: Box) -> bool:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared > 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _box(span: Span) -> Box:
    assert span.box is not None
    return span.box
