"""Assign the cells of a data row to the columns of the form.

In a table with reliable column numbers a cell belongs to the column whose header it is under. Elsewhere the order of
the cells decides, and a cell is in doubt where another count of them would give it another column.
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
from extraction.labelling.table_rows import PrintedRow, has_figure

_MIN_HEADER_CONFIDENCE = 0.9  # of a header that may state a unit
_HEADERLESS = doubt(DoubtCode.HEADER_UNREADABLE)
_CELLS_MISCOUNTED = doubt(DoubtCode.COLUMN_UNCERTAIN, "one of the cells may be no column, and another two")
_MAX_SURPLUS_CELLS = 4  # a row with more has another shape


@dataclass(frozen=True, slots=True)
class Placed:
    """The cell of a row in a column, None where it has none; `doubts` where the column is uncertain.

    `unit_unread`: the header may state a unit that could not be read. `table` is the number of the cell's table.
    """

    cell: Cell | None
    header: str = ""
    doubts: Doubts = ()
    unit_unread: bool = False
    table: int = 0

    @property
    def place(self) -> tuple[int, int, int] | None:
        """The position of the cell in the report: number of its table, row and column; None without a cell."""
        return (self.table, self.cell.row, self.cell.column) if self.cell else None


def place(
    match: RowMatch, row: PrintedRow, header: Header | None, unplaced: UnplacedHeader | None = None
) -> dict[str, Placed]:
    """The cells of a printed row, by the id of their column; each column of its block has an entry."""
    block = match.line.block
    if row.table.aligned and header is not None:
        misplaced = () if match.by_shape else _misplaced(row, header)
        under = {c.id: _under(row, header, c) for c in block.columns}
        return {
            c.id: replace(
                p,
                doubts=p.doubts or misplaced,
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
    """Whether the header of a column of money was not read well enough to rely on its unit."""
    if column.unit is Unit.COUNT or cell is None:
        return False
    if header is None:
        return cell.confidence < 1.0
    if header.confidence >= _MIN_HEADER_CONFIDENCE and not header.in_doubt:
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
    return _doubted(placed, _CELLS_MISCOUNTED) if _has_no_column(row, cells) else placed


def _doubted(placed: dict[str, Placed], doubts: Doubts) -> dict[str, Placed]:
    return {c: replace(p, doubts=p.doubts or doubts) for c, p in placed.items()}


def _has_no_column(row: PrintedRow, cells: Sequence[Cell]) -> bool:
    """Whether an empty cell of a row may be no column: a streak may divide another cell, or no header is above it.
    If there are as many cells as columns all the same, two columns are one cell."""
    return any(not cell.text and (cell.in_doubt or _is_headless(row, cell)) for cell in cells)


def _is_headless(row: PrintedRow, cell: Cell) -> bool:
    """Whether there are cells above a cell, no wider than it, and all of them are empty."""
    start, end = cell.column, cell.column + cell.column_span
    above = [c for c in row.table.cells if c.row < cell.row and start <= c.column and c.column + c.column_span <= end]
    return bool(above) and not any(c.text for c in above)


def _nothing_names(match: RowMatch, row: PrintedRow, unplaced: UnplacedHeader) -> bool:
    """Whether a row of a scan has neither label nor header: its page may be upside down. A header is in the row's own
    table, or at the end of the page before."""
    read = any(cell.confidence < 1.0 for cell in row.own)
    headed = row.table_index in unplaced.tables or (row.row == 0 and unplaced.tables)
    return read and row.table.aligned and not (match.by_shape or row.labels or headed)


def place_by_order(cells: Sequence[Cell], columns: Sequence[str], spare_blanks: bool = False) -> dict[str, Placed]:
    """Cells to columns by their order alone.

    Any cell may be a surplus one. With `spare_blanks` and a figure for every column, the surplus cells are the empty
    ones: beside a label these come from merged cells and from columns that the form does not have. A column is certain
    only where every choice of surplus cells gives it the same text. With too few cells every column is in doubt.
    """
    surplus = len(cells) - len(columns)
    if spare_blanks and surplus > 0:
        if sum(not c.text for c in cells) == surplus:
            return _by_every_choice(cells, columns, [not c.text for c in cells])
        if sum(not c.text for c in cells) < surplus:
            cells = _without_outer_blanks(cells)
            surplus = len(cells) - len(columns)
    if not cells:
        return {c: Placed(None) for c in columns}
    if surplus < 0 or surplus > _MAX_SURPLUS_CELLS:
        doubts = doubt(DoubtCode.COLUMN_UNCERTAIN, f"the row has {len(cells)} cells for {len(columns)} columns")
        return {
            c: Placed(cells[min(k, len(cells) - 1)] if surplus > 0 else None, doubts=doubts)
            for k, c in enumerate(columns)
        }
    return _by_every_choice(cells, columns, [True] * len(cells))


def _by_every_choice(cells: Sequence[Cell], columns: Sequence[str], spare: Sequence[bool]) -> dict[str, Placed]:
    """Each column's cell, in doubt where its text depends on which of the `spare` cells are left out as surplus."""
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
    """The cell of a row under a column's header."""
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


def _misplaced(row: PrintedRow, header: Header) -> Doubts:
    """A doubt where a figure stands among the labels, or, on a scan, under no header: it may be half of a figure.

    In a file with text of its own, it is the figure of a column that the form does not have.
    """
    start, end = min(s for s, _ in header.ranges.values()), max(e for _, e in header.ranges.values())
    if not row.labels and any(cell.column < start and has_figure(cell) for cell in row.own):
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
    """The cells without empty ones at the start and the end."""
    printed = [k for k, c in enumerate(cells) if c.text]
    return cells[printed[0] : printed[-1] + 1] if printed else []
