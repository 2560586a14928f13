"""A small data set with places: the figures of a sample, in cells drawn on the pages of an empty PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from annotations.regions import evaluated
from annotations.store import Annotation, annotation_path, read_gold, write_annotation, write_split
from extraction.document import Cell, Field, Label, Report, Source, Status, Table
from extraction.geometry import Box
from tests.documents import SAMPLES, PdfPage, pdf

ROWS, COLUMNS = 20, 6
WIDTH, HEIGHT = 600, 800
_ON_A_PAGE = ROWS * COLUMNS


def document(mark: str, pages: int = 2) -> bytes:
    """A PDF of empty pages that differs by `mark`."""
    size = f"/MediaBox [0 0 {WIDTH} {HEIGHT}]"
    return pdf(*(PdfPage(content=f"% {mark}", keys=size) for _ in range(pages)))


def annotation(sample: str = "beilan-2020", name: str = "a", **changes: Any) -> Annotation:
    """The sample's gold with a place for every field, a row label and a heading. `changes` are of the report."""
    report = _read(sample)
    fields = tuple(f if f.status is Status.MISSING else _placed(f, n) for n, f in enumerate(report.fields))
    content = document(name)
    source = Source(f"{name}.pdf", hashlib.sha256(content).hexdigest(), "application/pdf", 2)
    report = replace(report, **{"source": source, "fields": fields, **changes})
    tables = tuple(_table(report, page) for page in (1, 2))
    labels = (
        Label("heading.overview", "一、总体情况", 1, Box(50, 10, 200, 25)),
        Label("row.applications.received", tables[0].cells[0].text, 1, tables[0].cells[0].box),
    )
    return Annotation(name, (f"{name}.pdf",), report, tables, labels)


@cache
def _read(sample: str) -> Report:
    return read_gold(SAMPLES / sample / "gold.json").report


def _placed(field: Field, number: int) -> Field:
    page, at = divmod(number, _ON_A_PAGE)
    row, column = divmod(at, COLUMNS)
    box = Box(100 + 80 * column, 40 + 35 * row, 180 + 80 * column, 75 + 35 * row)
    return replace(field, page=page + 1, box=box)


def _table(report: Report, page: int) -> Table:
    """The page's figures in a grid, below a row that spans it."""
    title = Cell(0, 0, "一、本年新收政府信息公开申请数量", 1, COLUMNS, page, Box(100, 30, 580, 40))
    cells = [
        Cell(at // COLUMNS + 1, at % COLUMNS, field.printed, page=page, box=field.box)
        for number, field in enumerate(report.fields)
        for at in (number - (page - 1) * _ON_A_PAGE,)
        if field.page == page
    ]
    return Table((title, *cells), page, Box(100, 30, 580, 780))


def changed(gold: Annotation, field_id: str, **changes: Any) -> Annotation:
    """The annotation with a field that says something else, its cell and the sums too."""
    old = gold.report.field(field_id)
    new = replace(old, **changes)
    tables = tuple(
        replace(t, cells=tuple(replace(c, text=new.printed) if c.box == old.box else c for c in t.cells))
        if t.page == old.page
        else t
        for t in gold.tables
    )
    fields = tuple(new if f.id == field_id else f for f in gold.report.fields)
    report = replace(gold.report, fields=fields)
    return replace(gold, report=replace(report, checks=evaluated(report)), tables=tables)


def write(folder: Path, gold: Sequence[Annotation], **splits: Sequence[str]) -> Path:
    """A data set of these annotations with their documents."""
    for one in gold:
        write_annotation(folder, one)
        (annotation_path(folder, one.id).parent / f"{one.id}.pdf").write_bytes(document(one.id))
    for name, ids in splits.items():
        write_split(folder, name, ids)
    return folder
