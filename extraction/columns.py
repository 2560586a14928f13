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
_OFF = 8.0  # points that columns of one table may be off each other from page to page
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
    """The headers of the aligned tables, by block and table.

    A table whose own header is not there, or cannot be read, takes its block's last, if its columns are the same; or
    what its rows of values have in common says where the columns stand.
    """
    headers: dict[tuple[str, int], Header] = {}
    for block, table, table_index in _pieces(matches):
        first_column = _first_value_column(matches, block, table_index)
        known = _header_rows(matches, block, table_index)
        found = _header(table, known, block, first_column or 0) if known else None
        if found is None and (above := _rows_above(matches, block, table, table_index)):
            found = _header(table, above, block, first_column or 0, least=0.5)
        before = _last_header(headers, block, table_index)
        if found is None and before is not None and _goes_on(before, block, table, first_column):
            found = before
        if found is None:
            found = _by_rows(matches, block, table_index, before)
        if found is not None:
            headers[block.id, table_index] = found
    return headers


def _header_rows(matches: Sequence[RowMatch], block: Block, table_index: int) -> list[int]:
    return [
        r.row
        for m in matches
        if m.line.kind is LineKind.HEADER and m.line.block is block
        for r in m.rows
        if r.table_index == table_index
    ]


def _rows_above(matches: Sequence[RowMatch], block: Block, table: Table, table_index: int) -> list[int]:
    """The rows without figures between the first values of a block and what stands above them in the table."""
    taken = {r.row: m for m in matches for r in m.rows if r.table_index == table_index}
    data = [row for row, m in taken.items() if m.line.block is block and m.line.kind is LineKind.DATA]
    first = min(data, default=0)
    start = max((row for row, m in taken.items() if row < first and m.line.block is not block), default=-1) + 1
    with_figures = {c.row for c in table.cells if (f := parse_figure(c.text)) and not f.blank}
    return [row for row in range(start, first) if row not in with_figures]


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
        astray = "" if match.by_shape else _astray(row, header)
        under = {c.id: _under(row, header, c) for c in block.columns}
        return {c: replace(p, doubt=p.doubt or astray) for c, p in under.items()} if astray else under
    unplaced = unplaced or UnplacedHeader({})
    return {
        c: replace(p, header=unplaced.cells[c].text if c in unplaced.cells else "", doubt=p.doubt or unplaced.doubt)
        for c, p in _place_by_order(match, row).items()
    }


def _place_by_order(match: RowMatch, row: PrintedRow) -> dict[str, Placed]:
    columns = [c.id for c in match.line.block.columns]
    cells = _values(match, row)
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


def _first_value_column(matches: Sequence[RowMatch], block: Block, table_index: int) -> int | None:
    """The grid column right of the block's labels, None where no label says so."""
    ends = [
        label.column + label.column_span
        for m in matches
        if m.line.kind is LineKind.DATA and m.line.block is block and m.line.wordings[0] and not m.blind
        for row in m.rows
        if row.table_index == table_index
        for label in _own_label(m, row)
    ]
    return max(set(ends), key=ends.count) if ends else None


def _own_label(match: RowMatch, row: PrintedRow) -> tuple[Cell, ...]:
    """The cell of a row's label, () where it has none that can be read."""
    columns = len(match.line.block.columns)
    return row.cells[:-columns][-1:] if match.by_shape else row.labels[-1:]


def _header(table: Table, rows: Sequence[int], block: Block, first_column: int, least: float = 0.0) -> Header | None:
    """The columns of a block by the lowest header cell above each grid column; None where they do not fit the form.

    `least` is the share of the headers that must be like their columns'.
    """
    leaves = _lowest_cells(table, rows, first_column)
    texts = [leaf.text for leaf in leaves]
    scores = _likeness(texts, block)
    if len(leaves) == len(block.columns) and (scores.diagonal() > NEVER).mean() >= least:
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


def _last_header(headers: dict[tuple[str, int], Header], block: Block, table_index: int) -> Header | None:
    earlier = [index for (block_id, index) in headers if block_id == block.id and index < table_index]
    return headers[block.id, max(earlier)] if earlier else None


def _goes_on(header: Header, block: Block, table: Table, first_column: int | None) -> bool:
    """Whether a table has the columns of the one with this header: as many, and as many of labels among them."""
    start, end = min(s for s, _ in header.ranges.values()), max(e for _, e in header.ranges.values())
    labelled = any(row.label for row in block.rows)
    return end == table.column_count and (not labelled or first_column == start)


def _by_rows(matches: Sequence[RowMatch], block: Block, table_index: int, before: Header | None) -> Header | None:
    """The columns as the rows of values have them, all that can be read alike: a cell for each column, and no other.

    The shape of the table must tell that they are the form's, or the header `before` must stand at the same places.
    """
    rows = [
        (m, r)
        for m in matches
        if m.line.block is block and m.line.kind is LineKind.DATA and not (m.blind or m.doubt) and m.line.wordings[0]
        for r in m.rows
        if r.table_index == table_index and r.table.aligned
    ]
    places = {tuple(map(_range, _values(m, r))) for m, r in rows}
    if len(places) != 1 or len(next(iter(places))) != len(block.columns):
        return None
    below = _values(*rows[0])
    if not (all(m.by_shape for m, _ in rows) or (before is not None and _stand_below(before, block, below))):
        return None
    columns = {c.id: _range(cell) for c, cell in zip(block.columns, below, strict=True)}
    return Header(columns, before.cells if before else {}, before.doubt if before else "")


def _stand_below(header: Header, block: Block, cells: Sequence[Cell]) -> bool:
    """Whether cells stand as far from each other as the headers do; a page as a whole may lie elsewhere."""
    above = [header.cells.get(column.id) for column in block.columns]
    pairs = [(a.box, c.box) for a, c in zip(above, cells, strict=True) if a is not None and a.box and c.box]
    off = [a.middle[0] - b.middle[0] for a, b in pairs]
    return len(off) == len(cells) and max(off) - min(off) < _OFF


def _values(match: RowMatch, row: PrintedRow) -> tuple[Cell, ...]:
    """The cells right of a row's label."""
    return row.cells[-len(match.line.block.columns) :] if match.by_shape else tuple(_value_cells(row))


def _under(row: PrintedRow, header: Header, column: Column) -> Placed:
    """The cell of a row that stands under a column's header."""
    start, end = header.ranges[column.id]
    text, doubt = header.cells[column.id].text if column.id in header.cells else "", header.doubt
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
