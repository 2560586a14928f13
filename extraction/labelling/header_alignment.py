"""The headers of tables: which grid columns stand under which column of the form.

Header cells are aligned with the form's columns as a whole. A table that goes on from another has its header's columns
if they stand at the same places; where only the order of cells counts, the header says only what they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from extraction.document import Cell, Table
from extraction.doubts import DoubtCode, Doubts, doubt
from extraction.figures import parse_figure
from extraction.forms.alignment import NEVER, Scores, align
from extraction.forms.catalogue import Block
from extraction.forms.form_lines import LineKind
from extraction.forms.label_similarity import chinese_count, likeness, similarity
from extraction.forms.label_tags import tag_of
from extraction.labelling.row_alignment import RowMatch
from extraction.labelling.table_rows import AS_SURE, PrintedRow, chance, is_legible

_SAME_COLUMN = 0.45  # similarity from which a header can be the column's
_LEGIBLE, _WORDS = 0.8, 2  # a header read so surely, with so many Chinese characters, says what it is
_PLAIN, _APART = 0.8, 0.15  # likeness of a header to its column, and how much more than to any other
_MANY = 5  # columns of which one may be told by what is left
_OFF = 8.0  # points that columns of one table may be off each other from page to page


@dataclass(frozen=True, slots=True)
class Header:
    """For each column of a block, the grid columns [start, end) that its header covers in one table, and that cell.

    `by_name` where they stand in another order than the form's and each says plainly which column's it is; `doubts`
    where they do not say so. `width` is how many grid columns its own table has, 0 where it is not told; `table_index`
    is the number of the table that prints these cells, which may be an earlier one.
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
        if found is not None:
            found = replace(found, table_index=table_index)
            if found.by_name:
                headers[block.id, table_index] = found
                continue
        before = _last_header(headers, block, table_index)
        if found is None and before is not None and _goes_on(before, block, table, first_column):
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
    with_figures = {c.row for c in values if (f := parse_figure(c.text)) and not f.blank}
    return [row for row in range(start, first) if row not in with_figures]


def read_unplaced_headers(matches: Sequence[RowMatch]) -> dict[str, UnplacedHeader]:
    """What the header row of each block says of its columns, for the rows that are read by order."""
    found: dict[str, UnplacedHeader] = {}
    for match in matches:
        if match.line.kind is LineKind.HEADER:
            block = match.line.block
            printed = [(c, r.table_index) for r in match.rows for c in _right_of_labels(matches, block, r) if c.text]
            if printed and block.corner and similarity(printed[0][0].text, block.corner) >= _SAME_COLUMN:
                printed = printed[1:]
            cells = [cell for cell, _ in printed]
            matched = {block.columns[m.second].id: printed[m.first] for m in align(_likeness(cells, block))[0]}
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
    """A header row's own cells without those above the block's labels, as far as the table tells where these end."""
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
    if (named := _by_name(leaves, block)) is not None:
        return named
    scores, worded = _likeness(leaves, block), _likeness(leaves, block, named=False)
    if len(leaves) == len(block.columns) and (worded.diagonal() > NEVER).mean() >= least:
        # Some are unreadable, but there is one header for each column, and none is taken for another's.
        unread = scores.diagonal() <= NEVER
        if any(unread[k] and (scores[k].max() > NEVER or _is_figure(leaf)) for k, leaf in enumerate(leaves)):
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
    before what it is of. All must be legible and plainly one column's, or all but one of many, which has what is left.

    None where they are not, or all stand as in the form.
    """
    count = len(block.columns)
    if len(leaves) != count or count == 1:
        return None
    scores = _likeness(leaves, block, named=False)
    ranked = np.sort(scores, axis=1)
    plain = (ranked[:, -1] >= _PLAIN) & (ranked[:, -1] - ranked[:, -2] >= _APART)
    plain &= np.array([leaf.confidence >= _LEGIBLE and not leaf.in_doubt for leaf in leaves])
    order = np.where(plain, scores.argmax(axis=1), -1)
    left = sorted(set(range(count)) - set(order))
    if (~plain).sum() != len(left) or len(left) > (count >= _MANY):
        return None
    order[~plain] = left
    if list(order) == list(range(count)):
        return None
    leaf_of = dict(zip(order, leaves, strict=True))
    cells = {column.id: leaf_of[j] for j, column in enumerate(block.columns)}
    return Header({column: _range(leaf) for column, leaf in cells.items()}, cells, by_name=True)


def _is_figure(cell: Cell) -> bool:
    """Whether a cell prints a figure: what was cut off a table beside it, say, but no header."""
    return bool((figure := parse_figure(cell.text)) and not figure.blank)


def _likeness(cells: Sequence[Cell], block: Block, named: bool = True) -> Scores:
    """How alike header cells and the block's columns are, NEVER where they cannot be the same.

    What the token classifier is sure of is alike as far as it is sure, but less than a header that is word for word
    another column's; not so if `named` is False.
    """
    scores = np.full((len(cells), len(block.columns)), NEVER)
    for j, column in enumerate(block.columns):
        wordings, tag = (column.label, *column.wordings), tag_of(f"column.{block.id}.{column.id}")
        for i, cell in enumerate(cells):
            alike = likeness((cell.text,), wordings)
            if named:
                alike = max(alike, AS_SURE * chance(cell, tag))
            if alike >= _SAME_COLUMN:
                scores[i, j] = alike
    return scores


def _disorder(cells: Sequence[Cell], block: Block) -> Doubts:
    """A doubt where one header for each column is printed and one of them is plainly another column's, or most of them
    are legible and worded like no column in their place: what stands below may be in any order."""
    if len(cells) != len(block.columns) or len(cells) == 1:
        return ()
    scores = _likeness(cells, block)
    own, best = scores.diagonal(), scores.max(axis=1)
    if ((best >= _PLAIN) & (own < best - _APART)).any():
        return doubt(DoubtCode.COLUMN_UNCERTAIN, "the headers are not in the form's order")
    unlike = _likeness(cells, block, named=False).diagonal() <= NEVER
    legible = np.array([is_legible(c, _LEGIBLE) and chinese_count(c.text) >= _WORDS for c in cells])
    others = 2 * (unlike & legible).sum() > len(cells)
    return doubt(DoubtCode.COLUMN_UNCERTAIN, "the headers are not the form's") if others else ()


def _own_disorder(matches: Sequence[RowMatch], block: Block, table: Table, table_index: int) -> Doubts:
    """The disorder of what stands above the values, be it believed to be their header or not."""
    first_column = _first_value_column(matches, block, table_index) or 0
    ways = _header_rows(matches, block, table_index), _rows_above(matches, block, table, table_index)
    return next((said for rows in ways if (said := _disorder(_lowest_cells(table, rows, first_column), block))), ())


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
    """Whether a table has the columns of the one with this header: as many, and as many of labels among them.

    Empty strips at its right are no columns, if all that is left of them prints something, or stands as far from each
    other as the headers do. Nor are columns that the form does not have, where the header's own table has them too.
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
    """The columns as the rows of values have them, all that can be read alike: a cell for each column, and beside
    them nothing but empty strips; in fewer than half of the rows some may have run together.

    The shape of the table must tell that they are the form's, or the header `before` must stand at the same places.
    """
    rows = [
        (m, r)
        for m in matches
        if m.line.block is block and m.line.kind is LineKind.DATA and not (m.blind or m.doubts) and m.line.wordings[0]
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
    """Without the empty cells at the right that are too many: strips between the table's side and a streak."""
    return cells if any(c.text for c in cells[count:]) else cells[:count]


def _coarser(cells: Sequence[Cell], columns: Sequence[Cell]) -> bool:
    """Whether cells are the columns' own, or several of them run together, from the first to the last."""
    sides = [side for column in columns for side in _range(column)]
    ends = [side for cell in cells for side in _range(cell)]
    return bool(ends) and set(ends) <= set(sides) and (min(ends), max(ends)) == (min(sides), max(sides))


def _stand_below(header: Header, block: Block, cells: Sequence[Cell | None]) -> bool:
    """Whether cells stand as far from each other as the headers do; a page as a whole may lie elsewhere."""
    above = [header.cells.get(column.id) for column in block.columns]
    pairs = [(a.box, c.box) for a, c in zip(above, cells, strict=True) if a and c and a.box and c.box]
    off = [a.middle[0] - b.middle[0] for a, b in pairs]
    return len(off) == len(cells) and max(off) - min(off) < _OFF


def values_of(match: RowMatch, row: PrintedRow) -> tuple[Cell, ...]:
    """The cells right of a row's label."""
    return row.cells[-len(match.line.block.columns) :] if match.by_shape else tuple(value_cells(row))


def value_cells(row: PrintedRow) -> list[Cell]:
    """The cells right of the row's label."""
    start = max((row.cells.index(c) + 1 for c in row.labels), default=0)
    return list(row.cells[start:])


def _range(cell: Cell) -> tuple[int, int]:
    return cell.column, cell.column + cell.column_span
