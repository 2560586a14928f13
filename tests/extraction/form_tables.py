"""The national forms filled in and spoilt: tables built from the catalogue, each cell knowing its field.

A `Form` is what lies on the pages: one list of `Line`s a table. Every way of spoiling it (`cut`, `drop`, …) is a
function from `Form` to `Form`, so that they can be composed; `tables` prints the result and `placed` says what stands
in which field, whatever was done to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.document import Cell, Table
from extraction.forms.catalogue import Block, Column, FieldForm, Row, Unit, template

RESULTS = "三、本年度办理结果"


@dataclass(frozen=True)
class Slot:
    """A cell to be printed. `tall`: slots below each other with the same key are one merged cell."""

    text: str
    width: int = 1
    tall: str = ""
    field: str = ""
    value: Decimal | None = None
    confidence: float = 1.0
    label: bool = False  # the row's own label


@dataclass(frozen=True)
class Line:
    """A printed row. `kind` is title, header, data or other."""

    kind: str
    slots: tuple[Slot, ...]
    block: str = ""
    row: str = ""

    @property
    def label(self) -> str:
        return next((s.text for s in self.slots if s.label), "")

    def labelled(self, text: str, confidence: float = 1.0) -> Line:
        return replace(
            self, slots=tuple(replace(s, text=text, confidence=confidence) if s.label else s for s in self.slots)
        )


Form = tuple[tuple[Line, ...], ...]
Change = Callable[[Form], Form]


# ---------------------------------------------------------------- filling in


def figures(forms: Sequence[FieldForm], seed: int) -> dict[str, tuple[str, Decimal]]:
    """A different figure for every field, with its printed text: any shift is noticed."""
    numbers = random.Random(seed).sample(range(1, 9999), len(forms))
    filled: dict[str, tuple[str, Decimal]] = {}
    for form, number in zip(forms, numbers, strict=True):
        if form.unit is not Unit.COUNT:
            filled[form.id] = f"{number}.5", Decimal(number) + Decimal("0.5")
        elif form.column.id == "change" and number % 3 == 0:
            filled[form.id] = f"-{number}", Decimal(-number)
        else:
            filled[form.id] = str(number), Decimal(number)
    return filled


def blank_form(template_id: str, seed: int = 0, other_rows: str = "") -> Form:
    """The three tables of a form, filled with `figures`. `other_rows`: print （六） as that template does."""
    form = template(template_id)
    fields = {(f.block.id, f.row.id, f.column.id): f for t in ("2019", "2021") for f in template(t).fields}
    values = figures(list({f.id: f for f in fields.values()}.values()), seed)

    def slot(block: Block, row: Row, column: Column, width: int = 1) -> Slot:
        field = fields[block.id, row.id, column.id]
        return Slot(values[field.id][0], width, field=field.id, value=values[field.id][1])

    proactive: list[Line] = []
    for block in form.blocks:
        if block.section == "proactive":
            proactive += _proactive(block, slot)
    applications = next(b for b in form.blocks if b.id == "applications")
    review = next(b for b in form.blocks if b.id == "review_litigation")
    rows = [
        r
        for r in applications.rows
        if (other_rows or template_id) in r.templates or not r.id.startswith("results.other")
    ]
    return tuple(proactive), tuple(_applications(applications, rows, slot)), tuple(_review(review, slot))


def _proactive(block: Block, slot: Callable[[Block, Row, Column, int], Slot]) -> list[Line]:
    """Seven grid columns: the label, and six that two or three or one value columns share."""
    width = 6 // len(block.columns)
    header = (Slot(block.corner), *(Slot(c.label, width) for c in block.columns))
    return [
        Line("title", (Slot(block.table, 7),), block.id),
        Line("header", header, block.id),
        *(
            Line(
                "data", (Slot(r.label, label=True), *(slot(block, r, c, width) for c in block.columns)), block.id, r.id
            )
            for r in block.rows
        ),
    ]


def _applications(block: Block, rows: Sequence[Row], slot: Callable[[Block, Row, Column, int], Slot]) -> list[Line]:
    corner = Slot(block.corner, 3, "corner")
    names = [c.label for c in block.columns]
    person, total = Slot(names[0], tall="person"), Slot(names[-1], tall="total")
    lines = [
        Line("header", (corner, Slot("申请人情况", 7)), block.id),
        Line("header", (corner, person, Slot("法人或其他组织", 5), total), block.id),
        Line("header", (corner, person, *map(Slot, names[1:-1]), total), block.id),
    ]
    for row in rows:
        if not row.id.startswith("results"):
            labels = (Slot(row.label, 3, label=True),)
        elif row.group:
            labels = (Slot(RESULTS, tall="results"), Slot(row.group, tall=row.group), Slot(row.label, label=True))
        else:
            labels = (Slot(RESULTS, tall="results"), Slot(row.label, 2, label=True))
        values = (slot(block, row, c, 1) for c in block.columns)
        lines.append(Line("data", (*labels, *values), block.id, row.id))
    return lines


def _review(block: Block, slot: Callable[[Block, Row, Column, int], Slot]) -> list[Line]:
    review, direct, after = (block.columns[k : k + 5] for k in (0, 5, 10))
    tall = tuple(Slot(c.label, tall=c.id) for c in review)
    return [
        Line("header", (Slot("行政复议", 5), Slot("行政诉讼", 10)), block.id),
        Line("header", (*tall, Slot("未经复议直接起诉", 5), Slot("复议后起诉", 5)), block.id),
        Line("header", (*tall, *(Slot(c.label) for c in (*direct, *after))), block.id),
        Line("data", tuple(slot(block, block.rows[0], c, 1) for c in block.columns), block.id, block.rows[0].id),
    ]


# ---------------------------------------------------------------- printing


def tables(form: Form, aligned: bool = True, merged: str = "empty") -> list[Table]:
    """The form as tables. Ragged rows print what a merged cell covers as `empty` cells, or have it `dropped`."""
    return [_aligned(lines) if aligned else _ragged(lines, merged) for lines in form if lines]


def _aligned(lines: Sequence[Line]) -> Table:
    cells: list[Cell] = []
    open_cells: dict[tuple[int, str], int] = {}
    for r, line in enumerate(lines):
        column, still_open = 0, {}
        for slot in line.slots:
            key = (column, slot.tall)
            if slot.tall and key in open_cells:
                index = open_cells[key]
                cells[index] = replace(cells[index], row_span=r + 1 - cells[index].row)
                still_open[key] = index
            else:
                still_open[key] = len(cells)
                cells.append(Cell(r, column, slot.text, column_span=slot.width, confidence=slot.confidence))
            column += slot.width
        open_cells = {k: i for k, i in still_open.items() if k[1]}
    return Table(tuple(sorted(cells, key=lambda c: (c.row, c.column))), aligned=True)


def _ragged(lines: Sequence[Line], merged: str) -> Table:
    cells: list[Cell] = []
    above: set[str] = set()
    for r, line in enumerate(lines):
        texts = [
            ("" if slot.tall and slot.tall in above else slot.text, slot.confidence)
            for slot in line.slots
            if merged == "empty" or not (slot.tall and slot.tall in above)
        ]
        cells += [Cell(r, c, text, confidence=confidence) for c, (text, confidence) in enumerate(texts)]
        above = {s.tall for s in line.slots if s.tall}
    return Table(tuple(cells), aligned=False)


def placed(form: Form) -> dict[str, Slot]:
    """What stands in every field that is printed."""
    return {s.field: s for lines in form for line in lines for s in line.slots if s.field}


def data_lines(form: Form) -> list[tuple[int, int]]:
    """Where the data rows with a label are: (table, line)."""
    return [(t, k) for t, lines in enumerate(form) for k, line in enumerate(lines) if line.label]


# ---------------------------------------------------------------- spoiling


def edit(form: Form, table: int, start: int, end: int, lines: Sequence[Line]) -> Form:
    """The form with lines [start, end) of a table replaced."""
    return (*form[:table], (*form[table][:start], *lines, *form[table][end:]), *form[table + 1 :])


def cut(form: Form, table: int, at: int, header: bool = False, groups: str = "empty") -> Form:
    """The table goes on on the next page from line `at`; its header is repeated, group cells are empty or repeated."""
    upper, lower = form[table][:at], form[table][at:]
    if groups == "empty" and lower:
        # Merged cells that the break cuts have their text above it only.
        above = {s.tall for s in upper[-1].slots if s.tall} if upper else set()
        gone: list[Line] = []
        for line in lower:
            above &= {s.tall for s in line.slots}
            gone.append(
                replace(line, slots=tuple(replace(s, text="") if s.tall in above and s.tall else s for s in line.slots))
            )
        lower = tuple(gone)
    if header and lower:
        block = lower[0].block
        repeated = [line for line in upper if line.kind == "header" and line.block == block]
        lower = (*repeated, *lower)
    return (*form[:table], upper, lower, *form[table + 1 :])


def split_row(form: Form, table: int, at: int, characters: int, figures_in: str, two_pages: bool) -> Form:
    """A row in two: its label broken after some characters, its figures in the `upper` or the `lower` half."""
    line = form[table][at]
    hollow = tuple(s if s.label or s.tall else replace(s, text="", field="", value=None) for s in line.slots)
    empty = replace(line, slots=hollow)
    upper, lower = (line, empty) if figures_in == "upper" else (empty, line)
    upper, lower = upper.labelled(line.label[:characters]), lower.labelled(line.label[characters:])
    form = edit(form, table, at, at + 1, (upper, lower))
    return cut(form, table, at + 1) if two_pages else form


def drop(form: Form, table: int, at: int) -> Form:
    """A row missing."""
    return edit(form, table, at, at + 1, ())


def insert(form: Form, table: int, at: int, label: str, texts: Sequence[str]) -> Form:
    """An extra row below line `at`, in that line's columns."""
    line = form[table][at]
    values = iter(texts)
    slots = tuple(
        replace(s, text=label, tall="", confidence=1.0)
        if s.label
        else replace(s, text=next(values), field="", value=None)
        if s.field
        else s
        for s in line.slots
    )
    return edit(form, table, at + 1, at + 1, (replace(line, slots=slots, kind="other", row=""),))


def relabel(form: Form, table: int, at: int, text: str, confidence: float = 1.0) -> Form:
    """A label printed or read otherwise."""
    return edit(form, table, at, at + 1, (form[table][at].labelled(text, confidence),))


def rewrite(form: Form, field: str, text: str, value: Decimal | None) -> Form:
    """Another text in one field."""
    return tuple(
        tuple(
            replace(
                line, slots=tuple(replace(s, text=text, value=value) if s.field == field else s for s in line.slots)
            )
            for line in lines
        )
        for lines in form
    )


def reword(form: Form, block: str, old: str, new: str) -> Form:
    """Another wording of a header cell."""
    return tuple(
        tuple(
            replace(line, slots=tuple(replace(s, text=new) if s.text == old else s for s in line.slots))
            if line.kind == "header" and line.block == block
            else line
            for line in lines
        )
        for lines in form
    )


def surplus(form: Form, table: int, at: int, place: int, text: str) -> Form:
    """A row with a cell too many, before its `place`-th figure."""
    line = form[table][at]
    first = next(k for k, s in enumerate(line.slots) if s.field)
    slots = (*line.slots[: first + place], Slot(text), *line.slots[first + place :])
    return edit(form, table, at, at + 1, (replace(line, slots=slots),))


def joined(form: Form, table: int) -> Form:
    """A table and the next taken as one."""
    return (*form[:table], form[table] + form[table + 1], *form[table + 2 :])
