"""Tables to labelled fields: every cell of the national form, as the report prints it.

Rows are aligned with the form as a whole (`row_alignment`), then each row's cells with its columns
(`column_assignment`). Uncertain figures have doubts, fields that the report does not have are `missing`, and rows that
are in no form are kept as extra rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.document import Cell, ExtraRow, Field, Status, Table
from extraction.doubts import DoubtCode, Doubts, doubt, joined
from extraction.figures import Figure, Unit, parse_figure
from extraction.forms.catalogue import FieldForm, Row, Template, field_forms
from extraction.forms.label_similarity import chinese_count
from extraction.geometry import Box
from extraction.labelling.column_assignment import Placed, place
from extraction.labelling.duplicate_rows import with_repeats_doubted
from extraction.labelling.header_alignment import Header, UnplacedHeader, read_headers, read_unplaced_headers
from extraction.labelling.row_alignment import FormMatch, RowMatch, match_form
from extraction.labelling.table_rows import PrintedRow, printed_rows
from extraction.settings import Settings
from models.wordings import Wordings

_MISSING_PROBABILITY = 0.99
_MIN_EXTRA_LABEL_CONFIDENCE = 0.9  # of a row that is in no form
_SIGNED_COLUMN = "change"  # the column whose figures may be below zero
_MIN_MINUS_PROBABILITY = 0.05  # for a figure read without one to be in doubt
_LEADING_ZERO = re.compile(r"\s*0\d")
_MONEY = re.compile(r"[十百千万亿]*元")


@dataclass(frozen=True, slots=True)
class Labelled:
    """The fields of a report in the contract's order, its extra rows, and the template they fit (None: neither).

    `repeated`: the form's tables are there twice, with other figures.
    """

    template: Template | None
    fields: tuple[Field, ...] = ()
    extra_rows: tuple[ExtraRow, ...] = ()
    repeated: bool = False


def label_fields(tables: Sequence[Table], settings: Settings, wordings: Wordings = ()) -> Labelled:
    """The fields that the tables of a report print; learned `wordings` count as the forms' own."""
    fit = match_form(printed_rows(tables), settings.labels, wordings)
    if fit is None:
        return Labelled(None)
    match = with_repeats_doubted(fit)
    headers, unplaced = read_headers(match.rows), read_unplaced_headers(match.rows)
    placed = {i: p for row_match in match.data for i, p in _placed(row_match, headers, unplaced).items()}
    read = {i: read_field(field_forms()[i], p, settings.decision.min_reading) for i, p in _each_once(placed).items()}
    lost = {(line.block.id, line.row) for line in match.lost}
    return Labelled(match.template, _in_order(match.template, read, lost), _extra_rows(match), match.repeated)


def read_field(form: FieldForm, placed: Placed, min_reading: float) -> Field:
    """One field from its cell, with all doubts; `extraction.reconcile.decision` decides what follows from them."""
    cell = placed.cell
    if cell is None:
        return Field(form.id, form.label, None, "", Status.MISSING, _MISSING_PROBABILITY, doubts=placed.doubts)
    figure = parse_figure(cell.text)
    value, faults = (None, doubt(DoubtCode.NOT_A_FIGURE)) if figure is None else _value(figure, form, placed.header)
    if form.unit is Unit.COUNT and _LEADING_ZERO.match(cell.text):
        faults = doubt(DoubtCode.NOT_A_COUNT, "a count that begins with zero: it may be two figures")
    if figure is not None and placed.unit_unread and figure.value and figure.unit is None:
        faults = doubt(DoubtCode.UNIT_UNCERTAIN, "the header may state a unit, and could not be read")
    if value and form.column.id == _SIGNED_COLUMN and _may_be_negative(cell):
        faults = doubt(DoubtCode.SIGN_UNCERTAIN)
    unsure = () if cell.confidence >= min_reading else doubt(DoubtCode.LOW_PROBABILITY)
    return Field(
        id=form.id,
        label=form.label,
        value=value,
        printed=cell.text,
        status=Status.BLANK if value is None else Status.READ,
        confidence=round(cell.confidence, 4),
        page=cell.page,
        box=_rounded(cell.box),
        candidates=() if placed.doubts else cell.candidates,
        doubts=joined(placed.doubts, cell.doubts, faults, unsure),
    )


def _may_be_negative(cell: Cell) -> bool:
    """Whether a figure read without a sign may have one."""
    signs = [c for c in cell.candidates if c.text.startswith("-") and c.text[1:] == cell.text]
    return any(c.probability >= _MIN_MINUS_PROBABILITY for c in signs)


def _rounded(box: Box | None) -> Box | None:
    """To a tenth of a point: finer is noise, and the report's JSON stays readable."""
    return None if box is None else Box(*(round(side, 1) for side in box))


def _value(figure: Figure, form: FieldForm, header: str) -> tuple[Decimal | None, Doubts]:
    """A figure in the field's unit, and the doubts that its unit or value raises."""
    if figure.value is not None and figure.unit is None and form.unit is not Unit.COUNT:
        unit = _header_unit(header)
        if unit is None:
            return figure.value, doubt(DoubtCode.UNIT_UNCERTAIN, "an unknown unit in the header")
        figure = replace(figure, value=figure.value * (unit.value or 1), unit=unit.unit)
    try:
        value = figure.in_unit(form.unit)
    except ValueError:
        return figure.value, doubt(DoubtCode.UNIT_UNCERTAIN, "another unit than the column's")
    if value is None or form.unit is not Unit.COUNT:
        fen = value is None or form.unit is not Unit.YUAN or value == round(value, 2)
        return value, () if fen else doubt(DoubtCode.UNIT_UNCERTAIN, "less than a fen: the unit may be another")
    if value != value.to_integral_value():
        return value, doubt(DoubtCode.NOT_A_COUNT, "a count with decimals")
    if value < 0 and form.column.id != _SIGNED_COLUMN:
        return value, doubt(DoubtCode.NOT_A_COUNT, "a count below zero")
    return value, ()


def _header_unit(header: str) -> Figure | None:
    """One of the unit that a header states, 采购总金额（万元）; 1 without unit for no unit, None for an unknown one."""
    stated = _MONEY.search("".join(header.split()))
    return parse_figure("1" + stated[0]) if stated else Figure(Decimal(1))


def _placed(
    match: RowMatch, headers: dict[tuple[str, int], Header], unplaced: dict[str, UnplacedHeader]
) -> dict[str, Placed]:
    """The cells of a data row by field id; the halves of a split row are merged."""
    block, row_form = match.line.block, match.line.row
    assert row_form is not None
    halves = [place(match, row, headers.get((block.id, row.table_index)), unplaced.get(block.id)) for row in match.rows]
    merged = {c.id: _overlaid([half[c.id] for half in halves]) for c in block.columns}
    return {
        block.field_id(row_form, c): replace(merged[c.id], doubts=merged[c.id].doubts or match.doubts)
        for c in block.columns
    }


def _overlaid(halves: Sequence[Placed]) -> Placed:
    """The half of a split cell that prints something."""
    printed = [h for h in halves if h.cell is not None and h.cell.text]
    if len({h.place for h in printed}) > 1:
        return replace(printed[0], doubts=doubt(DoubtCode.ROW_UNCERTAIN, "both halves of a split row print a figure"))
    present = [h for h in halves if h.cell is not None and not h.doubts]
    return (printed or present or list(halves))[0]


def _each_once(placed: dict[str, Placed]) -> dict[str, Placed]:
    """The cells by field id, those in doubt that are two fields', for want of a grid line between them."""
    uses = Counter(p.place for p in placed.values() if p.cell is not None and p.cell.text)
    return {
        i: replace(p, doubts=p.doubts or doubt(DoubtCode.CELL_SHARED)) if uses[p.place] > 1 else p
        for i, p in placed.items()
    }


def _in_order(form: Template, read: dict[str, Field], lost: Collection[tuple[str, Row | None]]) -> tuple[Field, ...]:
    """All fields of the form, then those of the other form's rows that are printed all the same."""
    own = [read.get(f.id) or _absent(f, (f.block.id, f.row) in lost) for f in form.fields]
    known = {f.id for f in form.fields}
    foreign = [f for f in read.values() if f.id not in known]
    printed = {field_forms()[f.id].row for f in foreign if f.status is not Status.MISSING or f.in_doubt}
    return (*own, *(f for f in foreign if field_forms()[f.id].row in printed))


def _absent(form: FieldForm, lost: bool) -> Field:
    """A field that no row was found for: missing, unless one of the rows left over may be its."""
    doubts = doubt(DoubtCode.ROW_NOT_FOUND, "a row that fits no line may be its") if lost else ()
    return Field(form.id, form.label, None, "", Status.MISSING, _MISSING_PROBABILITY, doubts=doubts)


def _extra_rows(match: FormMatch) -> tuple[ExtraRow, ...]:
    """Rows of the form's tables with a label and figures that are no line of the form."""
    sections = {row.table_index: m.line.block.section for m in match.rows for row in m.rows}
    return tuple(
        ExtraRow(
            _section_above(row, match) or sections[row.table_index],
            row.labels[-1].text.replace("\n", ""),
            tuple(c.text for c in row.values if c.row == row.row),
            row.cells[0].page,
        )
        for row in match.rest
        if row.table_index in sections and _is_extra(row)
    )


def _section_above(row: PrintedRow, match: FormMatch) -> str:
    """The section of the last matched row before this one."""
    before = [
        m.line.block.section for m in match.rows for r in m.rows if (r.table_index, r.row) < (row.table_index, row.row)
    ]
    return before[-1] if before else ""


def _is_extra(row: PrintedRow) -> bool:
    """Whether a row has a legible label and figures beside it. Titles and headers have text alone."""
    if not row.labels or chinese_count(row.labels[-1].text) < 2:
        return False
    label, values = row.labels[-1], [c for c in row.values if c.row == row.row and c.text]
    surely = label.confidence >= _MIN_EXTRA_LABEL_CONFIDENCE and not label.in_doubt
    figures = sum(parse_figure(c.text) is not None for c in values)
    return bool(values) and (surely or label.confidence == 1.0) and 2 * figures >= len(values)
