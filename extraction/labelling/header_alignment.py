"""Read the headers of tables: which grid columns belong to which column of the form.

Header cells are aligned with the form's columns as a whole. The continuation of a table takes over its header where
the columns stand at the same places. Where cells are assigned by their order, a header only names the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from extraction.document import Cell, Table
from extraction.doubts import DoubtCode, Doubts, doubt
from extraction.forms.alignment import NEVER, Scores, align
from extraction.forms.catalogue import Block
from extraction.forms.form_lines import LineKind
from extraction.forms.label_similarity import chinese_count, likeness, similarity
from extraction.forms.label_tags import tag_of
from extraction.labelling.row_alignment import RowMatch
from extraction.labelling.table_rows import TAG_SIMILARITY, PrintedRow, has_figure, is_legible, tag_probability

_MIN_COLUMN_SIMILARITY = 0.45  # of a header and its column
_MIN_CONFIDENCE, _MIN_CHINESE = 0.8, 2  # of a legible header; its Chinese characters
_MIN_PLAIN_SIMILARITY, _MIN_LEAD = 0.8, 0.15  # of a header that is plainly a column's; more than with any other column
_MIN_COLUMNS_FOR_ELIMINATION = 5  # of which one may have an illegible header
_MAX_SHIFT_SPREAD_POINTS = 8.0  # of the columns of one table from page to page


@dataclass(frozen=True, slots=True)
class Header:
    """For each column of a block, the grid columns [start, end) that its header covers in one table, and that cell.

    `by_name`: the headers are not in the form's order, and each is plainly one column's. `doubts`: they may be in
    another order. `width` is the number of grid columns of the header's own table, 0 for unknown; `table_index` is the
    number of the table that prints these cells, which may be an earlier one.
    """

    ranges: dict[str, tuple[int, int]]
    cells: dict[str, Cell]
    doubts: Doubts = ()
    by_name: bool = False
    width: int = 0
    table_index: int = 0


@dataclass(frozen=True, slots=True)
class UnplacedHeader:
    """The header cells of a block's columns where only their order counts, and the numbers of the tables they stand in.

    `tables` are all tables with a row of the header, `table_of` is the one that prints a column's cell.
    """

    cells: dict[str, Cell]
    doubts: Doubts = ()
    tables: frozenset[int] = frozenset()
    table_of: dict[str, int] = field(default_factory=dict)


def read_headers(matches: Sequence[RowMatch]) -> dict[tuple[str, int], Header]:
    """The headers of the aligned tables, by block and table.

    A table without a readable header takes over its block's last one, if the columns are the same; or its rows of
    values show where the columns are.
    """
    headers: dict[tuple[str, int], Header] = {}
    for block, table, table_index in _pieces(matches):
        first_column = _first_value_column(matches, block, table_index)
        known = _header_rows(matches, block, table_index)
        found = _header(table, known, block, first_column or 0) if known else None
        if found is None and (above := _rows_above(matches, block, table, table_index)):
            found = _header(table, above, block, first_column or 0, min_share=0.5)
        if found is not None:
            found = replace(found, table_index=table_index)
            if found.by_name:
                headers[block.id, table_index] = found
                continue
        before = _last_header(headers, block, table_index)
        if found is None and before is not None and _has_columns_of(before, block, table, first_column):
            found = before
        if found is None:
            found = _by_rows(matches, block, table_index, before)
        if found is not None:
            doubts = found.doubts or _own_disorder(matches, block, table, table_index)
            headers[block.id, table_index] = replace(found, doubts=doubts)
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
    labels = _first_value_column(matches, block, table_index) or 0  # a label cut into pieces may read as figures
    values = [c for c in table.cells if c.column >= labels]
    with_figures = {c.row for c in values if has_figure(c)}
    return [row for row in range(start, first) if row not in with_figures]


def read_unplaced_headers(matches: Sequence[RowMatch]) -> dict[str, UnplacedHeader]:
    """The header of each block, for rows whose cells are assigned by order, by block."""
    found: dict[str, UnplacedHeader] = {}
    for match in matches:
        if match.line.kind is LineKind.HEADER:
            block = match.line.block
            printed = [(c, r.table_index) for r in match.rows for c in _right_of_labels(matches, block, r) if c.text]
            if printed and block.corner and similarity(printed[0][0].text, block.corner) >= _MIN_COLUMN_SIMILARITY:
                printed = printed[1:]
            cells = [cell for cell, _ in printed]
            matched = {block.columns[m.second].id: printed[m.first] for m in align(_similarities(cells, block))[0]}
            before = found.get(block.id, UnplacedHeader({}))
            found[block.id] = UnplacedHeader(
                before.cells | {column: cell for column, (cell, _) in matched.items()},
                before.doubts or _disorder(cells, block),
                before.tables | {row.table_index for row in match.rows},
                before.table_of | {column: table for column, (_, table) in matched.items()},
            )
    for block, table, table_index in _pieces(matches):
        if block.id in found and (doubts := _own_disorder(matches, block, table, table_index)):
            found[block.id] = replace(found[block.id], doubts=doubts)
    return found


def _right_of_labels(matches: Sequence[RowMatch], block: Block, row: PrintedRow) -> Iterator[Cell]:
    """A header row's own cells without those above the block's labels, if it is known where the labels end."""
    start = _first_value_column(matches, block, row.table_index) if row.table.aligned else None
    return (c for c in row.own if start is None or c.column >= start)


def _pieces(matches: Sequence[RowMatch]) -> list[tuple[Block, Table, int]]:
    """Every block in every table that has rows of it, in reading order."""
    seen: dict[tuple[str, int], tuple[Block, Table, int]] = {}
    for match in matches:
        for row in match.rows:
            if row.table.aligned:
                seen.setdefault((match.line.block.id, row.table_index), (match.line.block, row.table, row.table_index))
    return list(seen.values())


def _first_value_column(matches: Sequence[RowMatch], block: Block, table_index: int) -> int | None:
    """The grid column right of the block's labels, None without labels."""
    ends = [
        label.column + label.column_span
        for m in matches
        if m.line.kind is LineKind.DATA and m.line.block is block and m.line.wordings[0] and not m.by_place
        for row in m.rows
        if row.table_index == table_index
        for label in _own_label(m, row)
    ]
    return max(set(ends), key=ends.count) if ends else None


def _own_label(match: RowMatch, row: PrintedRow) -> tuple[Cell, ...]:
    """The cell of a row's label, () where it has none that can be read."""
    columns = len(match.line.block.columns)
    return row.cells[:-columns][-1:] if match.by_shape else row.labels[-1:]


def _header(
    table: Table, rows: Sequence[int], block: Block, first_column: int, min_share: float = 0.0
) -> Header | None:
    """The columns of a block by the lowest header cell above each grid column; None where they do not fit the form.

    `min_share` is the share of the headers that must be like their columns'.
    """
    leaves = _lowest_cells(table, rows, first_column)
    if (named := _by_name(leaves, block)) is not None:
        return named
    scores, worded = _similarities(leaves, block), _similarities(leaves, block, named=False)
    if len(leaves) == len(block.columns) and (worded.diagonal() > NEVER).mean() >= min_share:
        # Some are unreadable, but there is one header for each column, and none is taken for another's.
        unread = scores.diagonal() <= NEVER
        if any(unread[k] and (scores[k].max() > NEVER or has_figure(leaf)) for k, leaf in enumerate(leaves)):
            return None
        np.fill_diagonal(scores, np.where(unread, 0.3, scores.diagonal()))
    matches, _ = align(scores)
    if len(matches) < len(block.columns):
        return None
    ranges = {block.columns[m.second].id: _range(leaves[m.first]) for m in matches}
    labels = {block.columns[m.second].id: leaves[m.first] for m in matches}
    disorder = _disorder([leaves[m.first] for m in matches], block)
    return Header(ranges, labels, disorder, width=table.column_count)


def _by_name(leaves: Sequence[Cell], block: Block) -> Header | None:
    """The columns as their headers name them, where these are not in the form's order: a report may print the total
    before its parts. None where they are in the form's order, or a header is illegible or not plainly one column's; of
    many columns one may be, and is the one that is left.
    """
    count = len(block.columns)
    if len(leaves) != count or count == 1:
        return None
    scores = _similarities(leaves, block, named=False)
    ranked = np.sort(scores, axis=1)
    plain = (ranked[:, -1] >= _MIN_PLAIN_SIMILARITY) & (ranked[:, -1] - ranked[:, -2] >= _MIN_LEAD)
    plain &= np.array([leaf.confidence >= _MIN_CONFIDENCE and not leaf.in_doubt for leaf in leaves])
    order = np.where(plain, scores.argmax(axis=1), -1)
    left = sorted(set(range(count)) - set(order))
    if (~plain).sum() != len(left) or len(left) > (count >= _MIN_COLUMNS_FOR_ELIMINATION):
        return None
    order[~plain] = left
    if list(order) == list(range(count)):
        return None
    leaf_of = dict(zip(order, leaves, strict=True))
    cells = {column.id: leaf_of[j] for j, column in enumerate(block.columns)}
    return Header({column: _range(leaf) for column, leaf in cells.items()}, cells, by_name=True)


def _similarities(cells: Sequence[Cell], block: Block, named: bool = True) -> Scores:
    """The similarity (cells x columns) of header cells and a block's columns, NEVER where they cannot be the same.

    With `named`, the token classifier's tags count too, less than a header that is word for word the column's.
    """
    scores = np.full((len(cells), len(block.columns)), NEVER)
    for j, column in enumerate(block.columns):
        wordings, tag = (column.label, *column.wordings), tag_of(f"column.{block.id}.{column.id}")
        for i, cell in enumerate(cells):
            alike = likeness((cell.text,), wordings)
            if named:
                alike = max(alike, TAG_SIMILARITY * tag_probability(cell, tag))
            if alike >= _MIN_COLUMN_SIMILARITY:
                scores[i, j] = alike
    return scores


def _disorder(cells: Sequence[Cell], block: Block) -> Doubts:
    """A doubt where there is a header for each column and one is plainly another column's, or most are legible and
    unlike the column in their place: the figures below may be in any order."""
    if len(cells) != len(block.columns) or len(cells) == 1:
        return ()
    scores = _similarities(cells, block)
    own, best = scores.diagonal(), scores.max(axis=1)
    if ((best >= _MIN_PLAIN_SIMILARITY) & (own < best - _MIN_LEAD)).any():
        return doubt(DoubtCode.COLUMN_UNCERTAIN, "the headers are not in the form's order")
    unlike = _similarities(cells, block, named=False).diagonal() <= NEVER
    legible = np.array([is_legible(c, _MIN_CONFIDENCE) and chinese_count(c.text) >= _MIN_CHINESE for c in cells])
    others = 2 * (unlike & legible).sum() > len(cells)
    return doubt(DoubtCode.COLUMN_UNCERTAIN, "the headers are not the form's") if others else ()


def _own_disorder(matches: Sequence[RowMatch], block: Block, table: Table, table_index: int) -> Doubts:
    """The disorder of the cells above the values, whether or not they were taken for the header."""
    first_column = _first_value_column(matches, block, table_index) or 0
    candidates = _header_rows(matches, block, table_index), _rows_above(matches, block, table, table_index)
    found = (_disorder(_lowest_cells(table, rows, first_column), block) for rows in candidates)
    return next(filter(None, found), ())


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


def _has_columns_of(header: Header, block: Block, table: Table, first_column: int | None) -> bool:
    """Whether a table has the same columns, of labels and of values, as the one with this header.

    Empty columns at its right do not count, if all others print something or are as far apart as the headers; nor do
    columns that the form does not have, if the header's own table has them too.
    """
    start, end = min(s for s, _ in header.ranges.values()), max(e for _, e in header.ranges.values())
    if any(row.label for row in block.rows) and first_column != start:
        return False
    if end == table.column_count:
        return True
    ranges = [header.ranges[column.id] for column in block.columns]
    below = [next((c for c in table.cells if _range(c) == place), None) for place in ranges]
    if end > table.column_count or any(c.text for c in table.cells if c.column >= end):
        return header.width == table.column_count and _stand_below(header, block, below)
    printed = {_range(c) for c in table.cells if c.text}
    return printed.issuperset(ranges) or _stand_below(header, block, below)


def _by_rows(matches: Sequence[RowMatch], block: Block, table_index: int, before: Header | None) -> Header | None:
    """The columns as the rows of values show them, None where they do not: most rows must have a cell for each column,
    all at the same places; in the others, cells may be merged.

    The shape of the table must tell its lines, or the header `before` must have its columns at the same places.
    """
    rows = [
        (m, r)
        for m in matches
        if m.line.block is block
        and m.line.kind is LineKind.DATA
        and not (m.by_place or m.doubts)
        and m.line.wordings[0]
        for r in m.rows
        if r.table_index == table_index and r.table.aligned
    ]
    values = [_without_strips(values_of(m, r), len(block.columns)) for m, r in rows]
    whole = [cells for cells in values if len(cells) == len(block.columns)]
    if 2 * len(whole) <= len(values) or len({tuple(map(_range, cells)) for cells in whole}) > 1:
        return None
    below = whole[0]
    if not all(_coarser(cells, below) for cells in values):
        return None
    if not (all(m.by_shape for m, _ in rows) or (before is not None and _stand_below(before, block, below))):
        return None
    columns = {c.id: _range(cell) for c, cell in zip(block.columns, below, strict=True)}
    if before is None:
        return Header(columns, {})
    return Header(columns, before.cells, before.doubts, table_index=before.table_index)


def _without_strips(cells: tuple[Cell, ...], count: int) -> tuple[Cell, ...]:
    """The cells without surplus empty ones at the right: strips between the table's side and a scanner's streak."""
    return cells if any(c.text for c in cells[count:]) else cells[:count]


def _coarser(cells: Sequence[Cell], columns: Sequence[Cell]) -> bool:
    """Whether cells have the sides of columns, several columns merged perhaps, from the first to the last."""
    sides = [side for column in columns for side in _range(column)]
    ends = [side for cell in cells for side in _range(cell)]
    return bool(ends) and set(ends) <= set(sides) and (min(ends), max(ends)) == (min(sides), max(sides))


def _stand_below(header: Header, block: Block, cells: Sequence[Cell | None]) -> bool:
    """Whether cells are as far apart as the headers; all may be shifted together from page to page."""
    above = [header.cells.get(column.id) for column in block.columns]
    pairs = [(a.box, c.box) for a, c in zip(above, cells, strict=True) if a and c and a.box and c.box]
    off = [a.middle[0] - b.middle[0] for a, b in pairs]
    return len(off) == len(cells) and max(off) - min(off) < _MAX_SHIFT_SPREAD_POINTS


def values_of(match: RowMatch, row: PrintedRow) -> tuple[Cell, ...]:
    """The cells right of a row's label."""
    return row.cells[-len(match.line.block.columns) :] if match.by_shape else row.values


def _range(cell: Cell) -> tuple[int, int]:
    return cell.column, cell.column + cell.column_span
