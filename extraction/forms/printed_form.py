"""The printed tables of both national forms, as rows of cells; every cell has the name of its field or label.

In: the values as printed, and how a report departs from the form (`extraction.forms.catalogue`). Out: up to three
`FormTable`s, without the rows that have no printed value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Literal

from extraction.forms.catalogue import Block, Column, Template, template
from extraction.forms.catalogue import Row as FormRow
from extraction.forms.label_tags import OUTCOMES

Kind = Literal["title", "header", "label", "value"]


@dataclass(frozen=True, slots=True)
class FormCell:
    """One printed cell. Merged cells stand once, where they start, as in HTML.

    `label` is the name of the `Label` that the cell's text is, "" for values, corners and rows that are in no form.
    """

    text: str
    row_span: int = 1
    column_span: int = 1
    kind: Kind = "header"
    field: str | None = None
    vertical: bool = False
    label: str = ""


Row = tuple[FormCell, ...]


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table of the form. `widths` are shares of the table's width; `keys` name the data rows ("" for the others).

    `new_page`: the table starts a page, as the rest of one that a page break has cut does.
    """

    section: str
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    keys: tuple[str, ...]
    header_rows: int = 0
    new_page: bool = False

    def placed(self) -> Iterator[tuple[int, int, FormCell]]:
        """Every cell with its grid row and column."""
        taken: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows):
            column = 0
            for cell in row:
                while (number, column) in taken:
                    column += 1
                yield number, column, cell
                taken |= {
                    (number + down, column + right)
                    for down in range(cell.row_span)
                    for right in range(cell.column_span)
                }


@dataclass(frozen=True, slots=True)
class FormExtraRow:
    """A row that is in no template, printed below the row `after` (a row id)."""

    section: str
    after: str
    label: str
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departures:
    """How a report departs from the national form. `omit` names absent rows.

    `labels` replaces a label as a whole, found by its text or by the name of its `Label`.
    """

    one_row_other: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    omit: tuple[str, ...] = ()
    extra_rows: tuple[FormExtraRow, ...] = ()


def _block(template_id: str, block_id: str) -> Block:
    return next(b for b in template(template_id).blocks if b.id == block_id)


def _rows(block: Block, shape: str) -> list[FormRow]:
    return [row for row in block.rows if shape in row.templates]


APPLICANTS = tuple(column.id for column in _block("2021", "applications").columns)
"""The columns of the 申请 table."""

DISPUTES = tuple(dict.fromkeys(c.id.partition(".")[0] for c in _block("2021", "review_litigation").columns))
"""The three parts of the 复议诉讼 table."""


def outcome_rows(one_row_other: bool) -> list[str]:
    """The row ids of the outcomes （一） to （六）, each of which is a part of （七）总计."""
    rows = _rows(_block("2021", "applications"), "2019" if one_row_other else "2021")
    return [f"applications.{r.id}" for r in rows if r.id.startswith("results.") and r.id != "results.total"]


def rows_of(template_id: str, one_row_other: bool) -> dict[str, tuple[str, ...]]:
    """Row id -> column ids for a whole form, in printed order; a field id is row id + "." + column id."""
    found: dict[str, tuple[str, ...]] = {}
    for block in template(template_id).blocks:
        shape = ("2019" if one_row_other else "2021") if block.id == "applications" else template_id
        for row in _rows(block, shape):
            for column in block.columns:
                row_id, _, column_id = block.field_id(row, column).rpartition(".")
                found[row_id] = (*found.get(row_id, ()), column_id)
    return found


def field_ids(template_id: str, one_row_other: bool | None = None) -> list[str]:
    """Every field id of the national form, or of its variant with （六） in one row or in three."""
    if one_row_other is None:
        one_row_other = template_id == "2019"
    return [f"{row}.{column}" for row, columns in rows_of(template_id, one_row_other).items() for column in columns]


def tables(template_id: str, printed: Mapping[str, str], departures: Departures) -> tuple[FormTable, ...]:
    """The tables of a report with the values `printed` by field id; a table without any is left out."""
    form = template(template_id)
    drawn = [
        _proactive(form, printed, departures.extra_rows),
        _applications(_block(template_id, "applications"), printed),
        _disputes(_block(template_id, "review_litigation"), printed),
    ]
    return tuple(relabelled(table, departures.labels) for table in drawn if any(table.keys))


def relabelled(table: FormTable, labels: Mapping[str, str]) -> FormTable:
    """The table with other labels, found by their text or by the name of their `Label`."""

    def new(cell: FormCell) -> FormCell:
        text = labels.get(cell.label, labels.get(cell.text, cell.text)) if cell.label else labels.get(cell.text)
        return cell if cell.kind == "value" or text is None else replace(cell, text=text)

    return replace(table, rows=tuple(tuple(map(new, row)) for row in table.rows))


def _printed_rows(block: Block, printed: Mapping[str, str]) -> list[FormRow]:
    return [row for row in block.rows if any(block.field_id(row, c) in printed for c in block.columns)]


def _values(block: Block, row: FormRow, printed: Mapping[str, str]) -> list[FormCell]:
    ids = [block.field_id(row, column) for column in block.columns]
    return [FormCell(printed[i], kind="value", field=i) for i in ids]


def _row_label(block: Block, row: FormRow, column_span: int = 1) -> FormCell:
    return FormCell(row.label, column_span=column_span, kind="label", label=f"row.{block.id}.{row.id}")


def _column_label(block: Block, column: Column, row_span: int = 1) -> FormCell:
    return FormCell(column.label, row_span, label=f"column.{block.id}.{column.id}")


def _proactive(form: Template, printed: Mapping[str, str], extra_rows: Sequence[FormExtraRow]) -> FormTable:
    rows: list[Row] = []
    keys: list[str] = []
    for block in form.blocks:
        if block.section != "proactive" or not (printed_rows := _printed_rows(block, printed)):
            continue
        rows.append((FormCell(block.table, column_span=4, kind="title", label=f"block.{block.id}"),))
        rows.append(_stretched([FormCell(block.corner), *(_column_label(block, c) for c in block.columns)]))
        keys += ["", ""]
        for row in printed_rows:
            key = f"{block.prefix}.{row.id}"
            rows.append(_stretched([_row_label(block, row), *_values(block, row, printed)]))
            keys.append(key)
            for extra in extra_rows:
                if extra.after == key:
                    texts = [FormCell(text, kind="value") for text in extra.printed]
                    rows.append(_stretched([FormCell(extra.label, kind="label"), *texts]))
                    keys.append("")
    return FormTable("proactive", (0.31, 0.23, 0.23, 0.23), tuple(rows), tuple(keys))


def _stretched(cells: list[FormCell]) -> Row:
    """The row brought to four columns by widening its last cell."""
    return (*cells[:-1], replace(cells[-1], column_span=5 - len(cells)))


def _applications(block: Block, printed: Mapping[str, str]) -> FormTable:
    header = header_rows(block)
    rows: list[Row] = [(FormCell(block.corner, len(header), 3), *header[0]), *header[1:]]
    keys = [""] * len(header)
    data = _printed_rows(block, printed)
    for result, family in groupby(data, lambda row: row.id.startswith("results.")):
        lines = list(family)
        beside = [FormCell(OUTCOMES, len(lines), kind="label", vertical=True, label=f"group.{OUTCOMES}")]
        for group, members in groupby(lines, lambda row: row.group):
            parts = list(members)
            merged = [FormCell(group, len(parts), kind="label", label=f"group.{group}")] if group else []
            for row in parts:
                label = _row_label(block, row, (1 if group else 2) if result else 3)
                rows.append((*(beside if result else ()), *merged, label, *_values(block, row, printed)))
                keys.append(f"{block.prefix}.{row.id}")
                beside, merged = [], []
    return FormTable("applications", (0.055, 0.105, 0.29, *[0.55 / 7] * 7), tuple(rows), tuple(keys), len(header))


def _disputes(block: Block, printed: Mapping[str, str]) -> FormTable:
    header = header_rows(block)
    data = [tuple(_values(block, row, printed)) for row in _printed_rows(block, printed)]
    keys = ("",) * len(header) + ("disputes",) * len(data)
    return FormTable("review_litigation", (1 / 15,) * 15, (*header, *data), keys, len(header))


def header_rows(block: Block) -> tuple[Row, ...]:
    """The header rows without the corner: merged cells above their columns; a column without one is full height."""
    depth = max(len(column.super_labels) for column in block.columns) + 1
    rows: list[Row] = []
    for level in range(depth):
        cells: list[FormCell] = []
        for over, run in groupby(((c.super_labels[: level + 1], c) for c in block.columns), itemgetter(0)):
            columns = [column for _, column in run]
            leaves = [c for c in columns if len(c.super_labels) == level]
            if len(over) > level:
                cells.append(FormCell(over[-1], column_span=len(columns), label=f"group.{over[-1]}"))
            cells += [_column_label(block, c, depth - level) for c in leaves]
        rows.append(tuple(cells))
    return tuple(rows)


def split(table: FormTable, key: str, head: str) -> tuple[FormTable, FormTable]:
    """The table cut by a page break inside or below the row `key`; see `cut`. Raises ValueError without such a row."""
    return cut(table, table.keys.index(key), head)


def cut(table: FormTable, at: int, head: str) -> tuple[FormTable, FormTable]:
    """The table cut by a page break inside the row `at`, whose label is printed up to `head` before the break.

    The continuation has the rest of the label and no values; merged cells over the break have half their text on
    either side. Without `head` the break is below the row, and merged cells have their text before it.
    """
    first: list[list[FormCell]] = [[] for _ in range(at + 1)]
    torn: list[FormCell] = []  # the cells of the torn row after the break
    merged: list[FormCell] = []  # the part of merged cells after the break
    for row, _, cell in table.placed():
        left = row + cell.row_span - 1 - at
        if row > at:
            continue
        if left > 0:
            half = (len(cell.text) + 1) // 2 if head else len(cell.text)
            first[row].append(replace(cell, text=cell.text[:half], row_span=cell.row_span - left))
            merged.append(replace(cell, text=cell.text[half:], row_span=left + bool(head)))
        elif row == at and head and cell.kind != "value" and cell.text.startswith(head):
            first[row].append(replace(cell, text=head))
            torn.append(replace(cell, text=cell.text[len(head) :]))
        else:
            first[row].append(cell)
            if left == 0:
                torn.append(FormCell("", column_span=cell.column_span, kind="label"))
    rest, keys = list(table.rows[at + 1 :]), table.keys[at + 1 :]
    if head:
        rest, keys = [(*merged, *torn), *rest], ("", *keys)
    else:
        rest[0] = (*merged, *rest[0])
    before = replace(table, rows=tuple(map(tuple, first)), keys=table.keys[: at + 1])
    return before, replace(table, rows=tuple(rest), keys=keys, header_rows=0, new_page=True)
