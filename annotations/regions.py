"""An annotation as regions of its pages, each with a box, a text and a name, and back.

A cell, the field in it and its label are one region. Content without a place on a page stays in the rest of the
annotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from annotations.store import Annotation
from annotations.validation.constraints import column_headers, form_of, printed_values, same_box, solid
from extraction.document import Cell, Check, Field, Label, Report, Status, Table
from extraction.figures import parse_figure
from extraction.forms.catalogue import FieldForm, field_forms
from extraction.forms.identities import evaluate
from extraction.geometry import Box

_PLACE = re.compile(r"(\d+)/(\d+)/(\d+)(?:\s+(\d+)x(\d+))?")
_LABEL_ID = re.compile(r".*l(\d+)")
_UNSURE = 0.5

T = TypeVar("T")

FIGURE, UNSURE, CELL = "figure", "unsure", "cell"


@dataclass(frozen=True, slots=True)
class Region:
    """A box on a page.

    `kind` is `figure` for a field, `unsure` for one to review, `cell`, or the first part of a label's name. `name` is a
    field's id or a label's name, "" for a mere cell. `place` is "table/row/column rows x columns" of a cell (tables
    from 1 in the annotation's order, rows and columns from 0), "" outside tables.
    """

    id: str
    kind: str
    page: int
    box: Box
    text: str
    name: str = ""
    place: str = ""
    confidence: float = 1.0


# ---- to regions


def regions_of(annotation: Annotation) -> tuple[list[Region], Annotation]:
    """Return everything with a place on a page as regions, and the annotation without cells and labels (fields
    stay)."""
    fields = [f for f in annotation.report.fields if f.page is not None and f.box is not None]
    labels = [(n, label) for n, label in enumerate(annotation.labels) if label.page is not None and label.box]
    regions: list[Region] = []
    for number, table in enumerate(annotation.tables, 1):
        for index, cell in enumerate(table.cells):
            if cell.page is not None and cell.box is not None:
                field = _take(fields, [f for f in fields if _stands_in(f.page, f.box, f.printed, cell)])
                named = _take(labels, [n for n in labels if _stands_in(n[1].page, n[1].box, n[1].text, cell)])
                if field and named:
                    labels.append(named)
                    named = None
                regions.append(_cell_region(number, index, cell, field, named))
    regions += [_region(f"f{f.id}", f.page, f.box, f.printed, _field_kind(f), f.id, f.confidence) for f in fields]
    regions += [_region(f"l{n}", label.page, label.box, label.text, _kind(label), label.name) for n, label in labels]
    rest = replace(
        annotation,
        tables=tuple(replace(t, cells=tuple(c for c in t.cells if not _placed(c))) for t in annotation.tables),
        labels=tuple(label for label in annotation.labels if label.page is None or label.box is None),
    )
    return regions, rest


def _placed(cell: Cell) -> bool:
    return cell.page is not None and cell.box is not None


def _take(stock: list[T], fitting: list[T]) -> T | None:
    if fitting:
        stock.remove(fitting[0])
    return fitting[0] if fitting else None


def _stands_in(page: int | None, box: Box | None, text: str, cell: Cell) -> bool:
    if page != cell.page or box is None or cell.box is None:
        return False
    return same_box(box, cell.box) and solid(text) == solid(cell.text)


def _cell_region(number: int, index: int, cell: Cell, field: Field | None, named: tuple[int, Label] | None) -> Region:
    place = f"{number}/{cell.row}/{cell.column} {cell.row_span}x{cell.column_span}"
    if field is not None:
        kind, name = _field_kind(field), field.id
    elif named is not None:
        kind, name = _kind(named[1]), named[1].name
    else:
        kind, name = CELL, ""
    region_id = f"t{number}c{index}" + (f"l{named[0]}" if named else "")
    return replace(_region(region_id, cell.page, cell.box, cell.text, kind, name, cell.confidence), place=place)


def _region(
    region_id: str, page: int | None, box: Box | None, text: str, kind: str, name: str, confidence: float = 1.0
) -> Region:
    assert page is not None
    assert box is not None
    return Region(region_id, kind, page, box, text, name, confidence=confidence)


def _field_kind(field: Field) -> str:
    return UNSURE if field.status is Status.REVIEW else FIGURE


def _kind(label: Label) -> str:
    return label.name.partition(".")[0]


# ---- from regions


def with_regions(rest: Annotation, regions: Sequence[Region]) -> Annotation:
    """Return the annotation whose places are these regions; `rest` is what `regions_of` left.

    A figure with unchanged text keeps its value and status, unless a person has changed its kind; another one is parsed
    anew. A field whose region was removed is `missing`. The sums are evaluated again. Raises ValueError where two
    regions are one field, or a cell has no place in its table.
    """
    fields: dict[str, Region] = {}
    for region in regions:
        if region.name in field_forms():
            if region.name in fields:
                raise ValueError(
                    f"{region.name} has two regions, on pages {fields[region.name].page} and {region.page}"
                )
            fields[region.name] = region
    labels = (*rest.labels, *_labels(regions))
    annotation = replace(rest, tables=_tables(rest.tables, regions), labels=labels)
    headers = column_headers(annotation)
    read = {f.id: _reread(f, fields.get(f.id), headers) for f in rest.report.fields}
    for field_id, region in fields.items():
        if field_id not in read:
            form = field_forms()[field_id]
            new = Field(field_id, form.label, None, "", Status.MISSING, 1.0)
            read[field_id] = _reread(new, region, headers)
    report = replace(rest.report, fields=_in_order(rest.report, read))
    if report.fields != rest.report.fields:
        report = replace(report, checks=evaluated(report))
    unsure = {f.id for f in report.fields if f.status is Status.REVIEW}
    facts = {k: v for k, v in rest.facts.items() if not k.startswith("unsure ") or k.removeprefix("unsure ") in unsure}
    return replace(annotation, report=report, facts=facts)


def evaluated(report: Report) -> tuple[Check, ...]:
    """Return every sum of the report's form evaluated on its fields; none where it has no form or lacks fields of
    it."""
    form, fields = form_of(report), {f.id: f for f in report.fields}
    if form is None or any(f.id not in fields for f in form.fields):
        return ()
    return tuple(evaluate(i, fields) for i in form.identities(set(fields) - {f.id for f in form.fields}))


def _in_order(report: Report, read: dict[str, Field]) -> tuple[Field, ...]:
    """Return the fields of the form, then printed fields of the other form."""
    form = form_of(report)
    own = [f.id for f in form.fields] if form else []
    foreign = [i for i in field_forms() if i not in own]
    known = [*own, *(i for i in foreign if i in read and read[i].status is not Status.MISSING)]
    return tuple(read[i] for i in known if i in read)


def _reread(field: Field, region: Region | None, headers: dict[tuple[str, str], str]) -> Field:
    if region is None:
        gone = field.box is not None
        return replace(_missing(field), status=Status.MISSING, confidence=1.0) if gone else field
    placed = replace(field, page=region.page, box=_nearly(field.box, region.box))
    unsure = region.kind == UNSURE
    settled = field.status not in (Status.REVIEW, Status.MISSING)
    if region.text == field.printed and (unsure == (field.status is Status.REVIEW)) and (settled or unsure):
        return placed
    value, status = _figure(region.text, field_forms()[field.id], headers)
    if unsure or status is Status.REVIEW:
        return replace(placed, value=value, printed=region.text, status=Status.REVIEW, confidence=_UNSURE)
    return replace(placed, value=value, printed=region.text, status=status, confidence=1.0, reading=None)


def _missing(field: Field) -> Field:
    return replace(field, value=None, printed="", page=None, box=None, reading=None)


def _nearly(old: Box | None, new: Box) -> Box:
    """Return the old box where the new one differs by rounding only."""
    return old if old is not None and all(abs(a - b) <= 0.11 for a, b in zip(old, new, strict=True)) else new


def _figure(text: str, form: FieldForm, headers: dict[tuple[str, str], str]) -> tuple[Decimal | None, Status]:
    figure = parse_figure(text)
    if figure is None:
        return None, Status.REVIEW
    if figure.blank:
        return None, Status.BLANK
    values = printed_values(figure, form, headers.get((form.block.id, form.column.id), ""))
    return (values[0], Status.READ) if values else (figure.value, Status.REVIEW)


def _labels(regions: Iterable[Region]) -> list[Label]:
    """Return labels in their old order, new ones after them as they stand on the pages."""
    named = [r for r in regions if r.name and r.name not in field_forms()]

    def order(region: Region) -> tuple[float, int, float, float]:
        known = _LABEL_ID.fullmatch(region.id)
        return (int(known[1]) if known else float("inf")), region.page, region.box.top, region.box.left

    return [Label(r.name, r.text, r.page, r.box) for r in sorted(named, key=order)]


def _tables(tables: Sequence[Table], regions: Iterable[Region]) -> tuple[Table, ...]:
    cells: dict[int, list[Cell]] = {}
    for region in regions:
        place = _PLACE.fullmatch(region.place)
        if place is None:
            if region.kind == CELL or region.place:
                raise ValueError(f"a cell on page {region.page} has the place {region.place!r}: give table/row/column")
            continue
        number, row, column, rows, columns = (int(n or 1) for n in place.groups())
        cells.setdefault(number, []).append(
            Cell(row, column, region.text, rows, columns, region.page, region.box, region.confidence)
        )
    count = max([len(tables), *cells])
    known = [*tables, *[Table(())] * (count - len(tables))]
    return tuple(_with_cells(table, cells.get(number, [])) for number, table in enumerate(known, 1))


def _with_cells(table: Table, cells: Sequence[Cell]) -> Table:
    together = sorted((*table.cells, *cells), key=lambda c: (c.row, c.column))
    page = table.page if table.page is not None or not cells else cells[0].page
    return replace(table, cells=tuple(together), page=page)
