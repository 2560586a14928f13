"""Cells of a data row to columns of the form.

A table whose column numbers can be trusted is read through its header: header cells are aligned with the form's columns
as a whole, and a row's cell belongs to the column under whose header it stands. Elsewhere the order within the row
decides, and whatever more than one way of counting would explain differently is in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.document import Cell
from extraction.doubts import DoubtCode, Doubts, doubt
from extraction.figures import Unit, parse_figure
from extraction.forms.catalogue import Column
from extraction.forms.label_similarity import core
from extraction.labelling.header_alignment import Header, UnplacedHeader, values_of
from extraction.labelling.row_alignment import RowMatch
from extraction.labelling.table_rows import PrintedRow

_LEGIBLE = 0.9  # confidence in a header that may state a unit
_HEADERLESS = doubt(DoubtCode.HEADER_UNREADABLE)
_ONE_FOR_ANOTHER = doubt(DoubtCode.COLUMN_UNCERTAIN, "one of the cells may be no column, and another two")
_MAX_SURPLUS = 4  # more surplus cells than this: the row has another shape altogether


@dataclass(frozen=True, slots=True)
class Placed:
    """What a row prints in a column: None where the row has no such cell; `doubts` where the place is not sure.

    `unit_unread` where the header may state a unit and could not be read for sure; `table` is the number of its table.
    """

    cell: Cell | None
    header: str = ""
    doubts: Doubts = ()
    unit_unread: bool = False
    table: int = 0

    @property
    def place(self) -> tuple[int, int, int] | None:
        """Which cell of the report it is: the table's number, row and column; None without a cell."""
        return (self.table, self.cell.row, self.cell.column) if self.cell else None


def place(
    match: RowMatch, row: PrintedRow, header: Header | None, unplaced: UnplacedHeader | None = None
) -> dict[str, Placed]:
    """What one printed row prints in each column of its block, by column id."""
    block = match.line.block
    if row.table.aligned and header is not None:
        astray = () if match.by_shape else _astray(row, header)
        under = {c.id: _under(row, header, c) for c in block.columns}
        return {
            c.id: replace(
                p,
                doubts=p.doubts or astray,
                unit_unread=_unit_unread(c, header.cells.get(c.id), p.cell),
                table=row.table_index,
            )
            for c, p in zip(block.columns, under.values(), strict=True)
        }
    unplaced = unplaced or UnplacedHeader({})
    ordered = _place_by_order(match, row)
    if _nothing_names(match, row, unplaced):
        ordered = _doubted(ordered, _HEADERLESS)
    return {
        c.id: replace(
            ordered[c.id],
            header=unplaced.cells[c.id].text if c.id in unplaced.cells else "",
            doubts=ordered[c.id].doubts or unplaced.doubts,
            unit_unread=_unit_unread(c, unplaced.cells.get(c.id), ordered[c.id].cell),
            table=row.table_index,
        )
        for c in block.columns
    }


def _unit_unread(column: Column, header: Cell | None, cell: Cell | None) -> bool:
    """Whether the unit of a column of money may be another than its header, as it was read from a picture, says."""
    if column.unit is Unit.COUNT or cell is None:
        return False
    if header is None:
        return cell.confidence < 1.0
    if header.confidence >= _LEGIBLE and not header.in_doubt:
        return False
    return "元" not in header.text or core(header.text) not in map(core, (column.label, *column.wordings))


def _place_by_order(match: RowMatch, row: PrintedRow) -> dict[str, Placed]:
    columns = [c.id for c in match.line.block.columns]
    cells = values_of(match, row)
    placed = place_by_order(cells, columns, spare_blanks=bool(row.labels))
    if not row.table.aligned:
        return placed
    if len(cells) != len(columns):
        return _doubted(placed, _HEADERLESS)
    return _doubted(placed, _ONE_FOR_ANOTHER) if _has_no_column(row, cells) else placed


def _doubted(placed: dict[str, Placed], doubts: Doubts) -> dict[str, Placed]:
    return {c: replace(p, doubts=p.doubts or doubts) for c, p in placed.items()}


def _has_no_column(row: PrintedRow, cells: Sequence[Cell]) -> bool:
    """Whether an empty cell of a row may be no column: a streak divides another, or nothing at all heads it. Where
    there are as many cells as columns all the same, a rule is lost and two figures are one."""
    return any(not cell.text and (cell.in_doubt or _is_headless(row, cell)) for cell in cells)


def _is_headless(row: PrintedRow, cell: Cell) -> bool:
    """Whether there are cells above a cell, no wider than it, and nothing is printed in any of them."""
    start, end = cell.column, cell.column + cell.column_span
    above = [c for c in row.table.cells if c.row < cell.row and start <= c.column and c.column + c.column_span <= end]
    return bool(above) and not any(c.text for c in above)


def _nothing_names(match: RowMatch, row: PrintedRow, unplaced: UnplacedHeader) -> bool:
    """Whether neither label nor header says what a row of a scan is: its page may stand on its head. A header is in the
    row's own table, or at the end of the page before."""
    read = any(cell.confidence < 1.0 for cell in row.own)
    headed = row.table_index in unplaced.tables or (row.row == 0 and unplaced.tables)
    return read and row.table.aligned and not (match.by_shape or row.labels or headed)


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
        doubts = doubt(DoubtCode.COLUMN_UNCERTAIN, f"the row has {len(cells)} cells for {len(columns)} columns")
        return {
            c: Placed(cells[min(k, len(cells) - 1)] if surplus > 0 else None, doubts=doubts)
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
        detail = f"the row has {surplus} cells too many: {' or '.join(texts)}"
        placed[column] = Placed(choice[0], doubts=() if len(texts) == 1 else doubt(DoubtCode.COLUMN_UNCERTAIN, detail))
    return placed


def _under(row: PrintedRow, header: Header, column: Column) -> Placed:
    """The cell of a row that stands under a column's header."""
    start, end = header.ranges[column.id]
    text = header.cells[column.id].text if column.id in header.cells else ""
    standing = [c for c in row.cells if c.column < end and c.column + c.column_span > start]
    if not standing:
        return Placed(None, text)
    printed = [c for c in standing if not ((f := parse_figure(c.text)) and f.blank)]
    cell = (printed or standing)[0]
    if len(printed) > 1:
        return Placed(cell, text, doubt(DoubtCode.COLUMN_UNCERTAIN, f"{len(printed)} cells under one header"))
    shared = [o for o, (s, e) in header.ranges.items() if cell.column < e and cell.column + cell.column_span > s]
    if len(shared) > 1:
        return Placed(cell, text, doubt(DoubtCode.CELL_SHARED, f"the cell stands under {len(shared)} headers"))
    return Placed(cell, text, header.doubts)


def _astray(row: PrintedRow, header: Header) -> Doubts:
    """Why a row is in doubt: a figure stands where labels do, or, on a scan, under no header, half of one perhaps.

    What a file states as text has no halves: under no header there is a column that the form does not have.
    """
    start, end = min(s for s, _ in header.ranges.values()), max(e for _, e in header.ranges.values())
    if not row.labels and any(
        cell.column < start and (figure := parse_figure(cell.text)) and not figure.blank for cell in row.own
    ):
        return doubt(DoubtCode.COLUMN_UNCERTAIN, "a figure stands where its label should")
    for cell in row.own:
        inside = start <= cell.column < end and cell.confidence < 1.0
        if inside and not any(
            s < cell.column + cell.column_span and cell.column < e for s, e in header.ranges.values()
        ):
            figure = parse_figure(cell.text)
            if cell.text and (figure is None or not figure.blank):
                return doubt(DoubtCode.COLUMN_UNCERTAIN, "a figure stands under no header")
    return ()


def _without_outer_blanks(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Without the empty cells at the start and the end."""
    printed = [k for k, c in enumerate(cells) if c.text]
    return cells[printed[0] : printed[-1] + 1] if printed else []
