"""Cells of a data row to columns of the form.

A table whose column numbers can be trusted is read through its header: header cells are aligned with the form's columns
as a whole, and a row's cell belongs to the column under whose header it stands. Elsewhere the order within the row
decides, and whatever more than one way of counting would explain differently is in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extraction.alignment import NEVER, Scores, align
from extraction.catalogue import Block, Column
from extraction.document import Cell, Table
from extraction.form_lines import LineKind
from extraction.numbers import parse_figure
from extraction.printed import PrintedRow
from extraction.rows import RowMatch
from extraction.similarity import similarity

_SAME_COLUMN = 0.45  # similarity from which a header can be the column's
_MAX_SURPLUS = 4  # more surplus cells than this: the row has another shape altogether


@dataclass(frozen=True, slots=True)
class Placed:
    """What a row prints in a column: None where the row has no such cell; `doubt` where the place is not sure."""

    cell: Cell | None
    header: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """For each column of a block, the grid columns [start, end) that its header covers in one table, and that cell.

    `doubt` where the headers stand in another order than the form's.
    """

    ranges: dict[str, tuple[int, int]]
    cells: dict[str, Cell]
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class UnplacedHeader:
    """The header cells of a block's columns where only their order counts."""

    cells: dict[str, Cell]
    doubt: str = ""


def read_headers(matches: Sequence[RowMatch]) -> dict[tuple[str, int], Header]:
    """The headers of the aligned tables, by block and table; a table without one takes its block's last."""
    headers: dict[tuple[str, int], Header] = {}
    for block, table, table_index in _pieces(matches):
        header_rows = [
            r.row
            for m in matches
            if m.line.kind is LineKind.HEADER and m.line.block is block
            for r in m.rows
            if r.table_index == table_index
        ]
        first_column = _first_value_column(matches, block, table_index)
        found = _header(table, header_rows, block, first_column) if header_rows else None
        if found is None:
            found = _carried_over(headers, block, table_index, table)
        if found is not None:
            headers[block.id, table_index] = found
    return headers


def read_unplaced_headers(matches: Sequence[RowMatch]) -> dict[str, UnplacedHeader]:
    """What the header row of each block says of its columns, for the rows that are read by order."""
    found: dict[str, UnplacedHeader] = {}
    for match in matches:
        if match.line.kind is LineKind.HEADER:
            block = match.line.block
            cells = [c for row in match.rows for c in row.own if c.text]
            if cells and block.corner and similarity(cells[0].text, block.corner) >= _SAME_COLUMN:
                cells = cells[1:]
            texts = [c.text for c in cells]
            matched, _ = align(_likeness(texts, block))
            labels = {block.columns[m.second].id: cells[m.first] for m in matched}
            before = found.get(block.id, UnplacedHeader({}))
            found[block.id] = UnplacedHeader(before.cells | labels, before.doubt or _disorder(texts, block))
    return found


def place(
    match: RowMatch, row: PrintedRow, header: Header | None, unplaced: UnplacedHeader | None = None
) -> dict[str, Placed]:
    """What one printed row prints in each column of its block, by column id."""
    block = match.line.block
    if row.table.aligned and header is not None:
        astray = _astray(row, header)
        under = {c.id: _under(row, header, c) for c in block.columns}
        return {c: replace(p, doubt=p.doubt or astray) for c, p in under.items()} if astray else under
    unplaced = unplaced or UnplacedHeader({})
    return {
        c: replace(p, header=unplaced.cells[c].text if c in unplaced.cells else "", doubt=p.doubt or unplaced.doubt)
        for c, p in _place_by_order(match, row).items()
    }


def _place_by_order(match: RowMatch, row: PrintedRow) -> dict[str, Placed]:
    columns = [c.id for c in match.line.block.columns]
    cells = _value_cells(row)
    placed = place_by_order(cells, columns, spare_blanks=bool(row.labels))
    if row.table.aligned and len(cells) != len(columns):
        return {
            c: Placed(p.cell, p.header, p.doubt or "the table's header could not be read") for c, p in placed.items()
        }
    return placed


def place_by_order(cells: Sequence[Cell], columns: Sequence[str], spare_blanks: bool = False) -> dict[str, Placed]:
    """Cells to columns where only their order is known.

    Surplus cells may be any; with `spare_blanks` and a figure for every column they are the empty ones: beside a label
    these are what is left of merged cells and of columns that the form does not have, while in a row without a label
    they may as well be its first figures. A column is sure only where every way of leaving them out gives it the same
    text. Too few cells leave every column in doubt.
    """
    surplus = len(cells) - len(columns)
    if spare_blanks and surplus > 0:
        if sum(not c.text for c in cells) == surplus:
            return _agreed(cells, columns, [not c.text for c in cells])
        if sum(not c.text for c in cells) < surplus:
            cells = _without_outer_blanks(cells)
            surplus = len(cells) - len(columns)
    if not cells:
        return {c: Placed(None) for c in columns}
    if surplus < 0 or surplus > _MAX_SURPLUS:
        doubt = f"the row has {len(cells)} cells for {len(columns)} columns"
        return {
            c: Placed(cells[min(k, len(cells) - 1)] if surplus > 0 else None, doubt=doubt)
            for k, c in enumerate(columns)
        }
    return _agreed(cells, columns, [True] * len(cells))


def _agreed(cells: Sequence[Cell], columns: Sequence[str], spare: Sequence[bool]) -> dict[str, Placed]:
    """Each column's cell by every way to leave the surplus out among the `spare` cells, in doubt where texts differ."""
    surplus = len(cells) - len(columns)
    placed = {}
    for k, column in enumerate(columns):
        choice = [
            cells[k + dropped]
            for dropped in range(surplus + 1)
            if sum(spare[: k + dropped]) >= dropped and sum(spare[k + dropped + 1 :]) >= surplus - dropped
        ]
        texts = sorted({repr(cell.text) for cell in choice})
        doubt = "" if len(texts) == 1 else f"the row has {surplus} cells too many: {' or '.join(texts)}"
        placed[column] = Placed(choice[0], doubt=doubt)
    return placed


def _pieces(matches: Sequence[RowMatch]) -> list[tuple[Block, Table, int]]:
    """Every block in every table that has rows of it, in reading order."""
    seen: dict[tuple[str, int], tuple[Block, Table, int]] = {}
    for match in matches:
        for row in match.rows:
            if row.table.aligned:
                seen.setdefault((match.line.block.id, row.table_index), (match.line.block, row.table, row.table_index))
    return list(seen.values())


def _first_value_column(matches: Sequence[RowMatch], block: Block, table_index: int) -> int:
    """The grid column right of the block's labels."""
    ends = [
        label.column + label.column_span
        for m in matches
        if m.line.kind is LineKind.DATA and m.line.block is block and m.line.wordings[0] and not m.blind
        for row in m.rows
        if row.table_index == table_index
        for label in row.labels[-1:]
    ]
    return max(set(ends), key=ends.count) if ends else 0


def _header(table: Table, rows: Sequence[int], block: Block, first_column: int) -> Header | None:
    """The columns of a block by the lowest header cell above each grid column; None where they do not fit the form."""
    leaves = _lowest_cells(table, rows, first_column)
    texts = [leaf.text for leaf in leaves]
    scores = _likeness(texts, block)
    if len(leaves) == len(block.columns):
        # Unreadable, but there is one header for each column.
        np.fill_diagonal(scores, np.where(scores.diagonal() <= NEVER, 0.3, scores.diagonal()))
    matches, _ = align(scores)
    if len(matches) < len(block.columns):
        return None
    ranges = {block.columns[m.second].id: _range(leaves[m.first]) for m in matches}
    labels = {block.columns[m.second].id: leaves[m.first] for m in matches}
    return Header(ranges, labels, _disorder([texts[m.first] for m in matches], block))


def _likeness(texts: Sequence[str], block: Block) -> Scores:
    """How alike header texts and the block's columns are, NEVER where they cannot be the same."""
    scores = np.full((len(texts), len(block.columns)), NEVER)
    for i, text in enumerate(texts):
        for j, column in enumerate(block.columns):
            alike = max(similarity(text, w) for w in (column.label, *column.wordings))
            if alike >= _SAME_COLUMN:
                scores[i, j] = alike
    return scores


def _disorder(texts: Sequence[str], block: Block) -> str:
    """Says so where one header for each column is printed and one of them is plainly another column's."""
    if len(texts) != len(block.columns):
        return ""
    scores = _likeness(texts, block)
    own, best = scores.diagonal(), scores.max(axis=1)
    return "the headers are not in the form's order" if ((best >= 0.8) & (own < best - 0.15)).any() else ""


def _lowest_cells(table: Table, rows: Sequence[int], first_column: int) -> list[Cell]:
    """The header cells directly above the data, from left to right, those over the labels left out."""
    lowest: dict[int, Cell] = {}
    for cell in table.cells:
        if any(cell.row <= r < cell.row + cell.row_span for r in rows):
            for column in range(cell.column, cell.column + cell.column_span):
                if column >= first_column and (column not in lowest or lowest[column].row < cell.row):
                    lowest[column] = cell
    leaves: list[Cell] = []
    for column in sorted(lowest):
        if not leaves or leaves[-1] is not lowest[column]:
            leaves.append(lowest[column])
    return leaves


def _carried_over(
    headers: dict[tuple[str, int], Header], block: Block, table_index: int, table: Table
) -> Header | None:
    """The header of the table that this one goes on from, if its columns are as many."""
    earlier = [index for (block_id, index) in headers if block_id == block.id and index < table_index]
    if not earlier:
        return None
    header = headers[block.id, max(earlier)]
    end = max(stop for _, stop in header.ranges.values())
    return header if end == table.column_count else None


def _under(row: PrintedRow, header: Header, column: Column) -> Placed:
    """The cell of a row that stands under a column's header."""
    start, end = header.ranges[column.id]
    text, doubt = header.cells[column.id].text, header.doubt
    standing = [c for c in row.cells if c.column < end and c.column + c.column_span > start]
    if not standing:
        return Placed(None, text)
    printed = [c for c in standing if not ((f := parse_figure(c.text)) and f.blank)]
    cell = (printed or standing)[0]
    if len(printed) > 1:
        return Placed(cell, text, f"{len(printed)} cells stand under this header")
    shared = [o for o, (s, e) in header.ranges.items() if cell.column < e and cell.column + cell.column_span > s]
    if len(shared) > 1:
        return Placed(cell, text, f"the cell stands under {len(shared)} headers")
    return Placed(cell, text, doubt)


def _astray(row: PrintedRow, header: Header) -> str:
    """Why a row is in doubt: a figure stands where labels do, or, on a scan, under no header, half of one perhaps.

    What a file states as text has no halves: under no header there is a column that the form does not have.
    """
    start, end = min(s for s, _ in header.ranges.values()), max(e for _, e in header.ranges.values())
    if not row.labels and any(
        cell.column < start and (figure := parse_figure(cell.text)) and not figure.blank for cell in row.own
    ):
        return "a figure stands where its label should"
    for cell in row.own:
        inside = start <= cell.column < end and cell.confidence < 1.0
        if inside and not any(
            s < cell.column + cell.column_span and cell.column < e for s, e in header.ranges.values()
        ):
            figure = parse_figure(cell.text)
            if cell.text and (figure is None or not figure.blank):
                return "a figure stands under no header"
    return ""


def _value_cells(row: PrintedRow) -> list[Cell]:
    """The cells right of the row's label."""
    start = max((row.cells.index(c) + 1 for c in row.labels), default=0)
    return list(row.cells[start:])


def _without_outer_blanks(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Without the empty cells at the start and the end."""
    printed = [k for k, c in enumerate(cells) if c.text]
    return cells[printed[0] : printed[-1] + 1] if printed else []


def _range(cell: Cell) -> tuple[int, int]:
    return cell.column, cell.column + cell.column_span
