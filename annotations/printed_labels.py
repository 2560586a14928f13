"""The labels of a document as `Label`s, as gold has them, for evaluation and annotation.

In: a document's regions. Out: labels of rows, columns, blocks and groups of its tables, of section headings, and of
title, organization and year where they are printed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence

from extraction.document import Cell, Label, Region, Span
from extraction.forms.catalogue import Block
from extraction.forms.form_lines import LineKind
from extraction.forms.label_similarity import similarity
from extraction.geometry import Box
from extraction.labelling.header_alignment import read_headers, read_unplaced_headers
from extraction.labelling.row_alignment import FormMatch, RowMatch, match_form
from extraction.labelling.table_rows import printed_rows
from extraction.settings import Settings
from extraction.text.report_head import Heading, read_heading
from extraction.text.sections import Text, read_text
from models.wordings import Wordings

_CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_MIN_LABEL_SIMILARITY = 0.55  # of a cell and the title of a block, or a group of rows or columns

Place = tuple[int, int, int]
"""A cell of a report: the number of its table, its row and its column."""


def labels_of(regions: Sequence[Region], settings: Settings, wordings: Wordings = ()) -> tuple[Label, ...]:
    """The labels of a document: those of its running text, then those of its tables, each in reading order.

    Learned `wordings` count as the forms' own.
    """
    text = read_text(regions)
    rows = printed_rows([r.table for r in regions if r.table is not None])
    match = match_form(rows, settings.labels, wordings)
    return (*_text_labels(text, read_heading(text)), *(_table_labels(match) if match else ()))


def _text_labels(text: Text, heading: Heading) -> Iterator[Label]:
    head = [span for paragraph in text.head for span in paragraph.lines]
    every = [span for paragraph in text.paragraphs for span in paragraph.lines]
    title = _found(head, heading.title or "")
    yield from (Label("title", part.text, part.page, part.box) for part in title)
    for name, value in (("organization", heading.organization), ("year", heading.year)):
        parts = (_found(title, str(value)) or _found(every, str(value))) if value else []
        yield from (Label(name, part.text, part.page, part.box) for part in parts)
    for section, paragraph in zip(text.sections, text.headings, strict=True):
        for part in _found(paragraph.lines, section.title):
            yield Label(f"heading.{section.id}", part.text, part.page, part.box)


def _found(lines: Sequence[Span], wanted: str) -> list[Span]:
    """The parts of the lines that print a text, one a line; none where they do not. Widths and spaces do not count."""
    characters = [(n, k, c) for n, line in enumerate(lines) for k, raw in enumerate(line.text) for c in _folded(raw)]
    target = _folded(wanted)
    start = "".join(c for *_, c in characters).find(target) if target else -1
    if start < 0:
        return []
    printed = characters[start : start + len(target)]
    return [
        _part(lines[n], min(k for m, k, _ in printed if m == n), max(k for m, k, _ in printed if m == n) + 1)
        for n in dict.fromkeys(m for m, *_ in printed)
    ]


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_CHINESE_DIGITS)


def _part(line: Span, start: int, end: int) -> Span:
    """Characters [start, end) of a line with their part of its box; ASCII characters count half as wide as others."""
    text = line.text[start:end]
    if line.box is None:
        return Span(text, line.page)
    ends = [0.0]
    for character in line.text:
        ends.append(ends[-1] + (0.5 if character.isascii() else 1.0))
    scale = line.box.width / ends[-1]
    left, right = line.box.left + scale * ends[start], line.box.left + scale * ends[end]
    return Span(text, line.page, Box(left, line.box.top, right, line.box.bottom))


def _table_labels(match: FormMatch) -> Iterator[Label]:
    columns = _column_cells(match)
    yield from (_label(name, cell) for name, cell in columns.values())
    known = set(columns)
    for row_match in match.rows:
        for name, place, cell in _row_cells(row_match, known):
            if place not in known:
                known.add(place)
                yield _label(name, cell)
    yield from (_label(f"block.{block.id}", cell) for block, cell in _block_titles(match))


def _label(name: str, cell: Cell) -> Label:
    return Label(name, cell.text, cell.page, cell.box)


def _column_cells(match: FormMatch) -> dict[Place, tuple[str, Cell]]:
    """The header cell of every column with its label's name, of every table that prints its own header."""
    placed, unplaced = read_headers(match.rows), read_unplaced_headers(match.rows)
    with_header = {block for block, _ in placed}
    found = [(b, column, h.table_index, cell) for (b, _), h in placed.items() for column, cell in h.cells.items()]
    for block, header in unplaced.items():
        if block not in with_header:
            found += [(block, column, header.table_of[column], cell) for column, cell in header.cells.items()]
    return {(table, c.row, c.column): (f"column.{block}.{column}", c) for block, column, table, c in found}


def _block_titles(match: FormMatch) -> Iterator[tuple[Block, Cell]]:
    """The titles of blocks: rows of words alone that are no line of the form, above a row of the block."""
    below = sorted(
        ((r.table_index, r.row, m.line.block) for m in match.rows for r in m.rows), key=lambda place: place[:2]
    )
    for row in match.rest:
        block = next((b for table, number, b in below if (table, number) > (row.table_index, row.row)), None)
        if block is None or not block.titled or not row.labels or row.figures:
            continue
        if similarity(row.labels[0].text, block.table) >= _MIN_LABEL_SIMILARITY:
            yield block, row.labels[0]


def _row_cells(match: RowMatch, columns: Collection[Place]) -> Iterator[tuple[str, Place, Cell]]:
    """The cells of a matched row that name its groups or itself, those of `columns` left out of a header."""
    block, kind = match.line.block, match.line.kind
    for row in match.rows:
        if kind is LineKind.DATA and match.line.row is not None and match.line.wordings[0]:
            named = [(f"group.{_group(cell, block) or _solid(cell)}", cell) for cell in row.labels[:-1]]
            named += [(f"row.{block.id}.{match.line.row.id}", cell) for cell in row.labels[-1:]]
        else:
            over = [cell for cell in row.own if (row.table_index, cell.row, cell.column) not in columns]
            named = [(f"group.{group}", cell) for cell in over if (group := _group(cell, block))]
        yield from ((name, (row.table_index, cell.row, cell.column), cell) for name, cell in named)


def _solid(cell: Cell) -> str:
    return "".join(cell.text.split())


def _group(cell: Cell, block: Block) -> str:
    """The group of rows or columns that a merged cell names, "" for none."""
    groups = [row.group for row in block.rows] + [label for c in block.columns for label in c.super_labels]
    alike = {group: similarity(cell.text, group) for group in groups if group}
    best = max(alike, key=lambda group: alike[group], default="")
    return best if best and alike[best] >= _MIN_LABEL_SIMILARITY else ""
