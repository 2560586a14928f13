"""Draft + what was rendered of it -> `Annotation`: gold with page and box of every field, cell and label.

A printed table is one gold table on each page that it is on. Where a page break divides a cell, both pages' tables have
it with its extent there; its text is in the first only. A row that is divided is a row of both tables. A header
repeated after the break has its text and labels again. Two pages scanned onto one are a page with a table for each of
them.

A label over several lines has the box around those on its first page. A title is labelled line by line, with
organization and year inside. Boxes are rounded to a tenth of a point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pypdfium2

from annotations.store import Annotation
from extraction.document import Cell, Field, Label, Report, Source, Table
from extraction.forms.printed_form import FormCell, FormTable
from extraction.geometry import Box, union
from training.synthetic.content.draft import Draft, Key, Paragraph, Place, Rendered


class Spot(NamedTuple):
    """Page and box of the document, and `leaf`, the page of the digital PDF.

    Two leaves side by side on a scanned page are a page with two tables, not one table.
    """

    page: int
    box: Box
    leaf: int


Spots = Mapping[Key, tuple[Spot, ...]]


def annotate(
    draft: Draft,
    rendered: Rendered,
    document_name: str,
    level: str = "digital",
    made_by: str = "",
    printed: Rendered | None = None,
) -> Annotation:
    """Return the gold of a rendered draft, whose PDF is kept as `document_name`. Raises KeyError for a cell without a
    place.

    `printed` is the digital PDF that `rendered` is a scan of, with the same places on its own pages.
    """
    places = {key: _spots(found, (printed or rendered).places[key]) for key, found in rendered.places.items()}
    return Annotation(
        id=draft.id,
        documents=(document_name,),
        report=_placed_report(draft, places, _source(rendered.pdf, document_name)),
        tables=tuple(_tables(draft, places)),
        labels=tuple(_labels(draft, places)),
        origin="synthetic",
        level=level,
        made_by=made_by,
        facts={"seed": str(draft.seed), "split": draft.split, "variations": " ".join(draft.variations)},
        zones=rendered.zones,
    )


def _spots(found: Sequence[Place], printed: Sequence[Place]) -> tuple[Spot, ...]:
    return tuple(Spot(p.page, _rounded(p.box), leaf.page) for p, leaf in zip(found, printed, strict=True))


def _rounded(box: Box) -> Box:
    return Box(*(round(side, 1) for side in box))


def _source(pdf: bytes, name: str) -> Source:
    document = pypdfium2.PdfDocument(pdf)
    pages = len(document)
    document.close()
    return Source(name, hashlib.sha256(pdf).hexdigest(), "application/pdf", pages)


# ---------------------------------------------------------------- report


def _placed_report(draft: Draft, places: Spots, source: Source) -> Report:
    """Return the draft's report with pages, and with the boxes of its fields."""
    report = draft.report
    fields = {cell.field: places[key][0] for key, cell in _cells(draft) if cell.field}
    headings = {name: place.page for name, _, place in _runs(draft, places)}
    rows = {cell.text: places[key][0].page for key, cell in _cells(draft) if cell.kind == "label" and not cell.label}
    said = [(name, place.page) for name, _, place in _runs(draft, places) if name.startswith("narrative.")]
    return replace(
        report,
        source=source,
        sections=tuple(replace(s, page=headings.get(f"heading.{s.id}")) for s in report.sections),
        fields=tuple(_placed_field(f, fields.get(f.id)) for f in report.fields),
        extra_rows=tuple(replace(r, page=rows.get(r.label)) for r in report.extra_rows),
        narrative=tuple(
            replace(n, page=next((page for name, page in said if name == f"narrative.{n.id}"), None))
            for n in report.narrative
        ),
    )


def _placed_field(field: Field, place: Spot | None) -> Field:
    return field if place is None else replace(field, page=place.page, box=place.box)


def _cells(draft: Draft) -> Iterator[tuple[Key, FormCell]]:
    for number, part in enumerate(draft.parts):
        if isinstance(part, FormTable):
            yield from ((Key(number, item), cell) for item, (_, _, cell) in enumerate(part.placed()))


def _runs(draft: Draft, places: Spots) -> Iterator[tuple[str, str, Spot]]:
    """Yield every labelled run with its label's name, its text and its place on its first page; titles line by line."""
    for number, part in enumerate(draft.parts):
        if not isinstance(part, Paragraph):
            continue
        if part.style == "title":
            lines = [p for item in range(len(part.runs)) for p in places.get(Key(number, item), ())]
            if lines:
                yield "title", part.text, _around(lines)
        for item, run in enumerate(part.runs):
            found = places.get(Key(number, item), ())
            if run.label and run.label != "title" and found:
                yield run.label, run.text, _around(found)


def _around(places: Sequence[Spot]) -> Spot:
    """Return the place around those on the first leaf."""
    return _by_leaf(places)[0]


def _by_leaf(places: Sequence[Spot]) -> list[Spot]:
    """Return the place around those on each leaf."""
    leaves = {place.leaf: place.page for place in sorted(places, key=lambda place: place.leaf)}
    return [Spot(page, union([p.box for p in places if p.leaf == leaf]), leaf) for leaf, page in leaves.items()]


# ---------------------------------------------------------------- tables


def _tables(draft: Draft, places: Spots) -> Iterator[Table]:
    for number, part in enumerate(draft.parts):
        if isinstance(part, FormTable):
            placed = [
                (row, column, cell, places[Key(number, k)]) for k, (row, column, cell) in enumerate(part.placed())
            ]
            for leaf in sorted({place.leaf for *_, found in placed for place in found}):
                yield _table_on(leaf, placed, part.header_rows if draft.look.repeat_header else 0)


def _table_on(leaf: int, placed: list[tuple[int, int, FormCell, tuple[Spot, ...]]], repeated: int) -> Table:
    """Return the part of a table on a leaf; every page repeats its first `repeated` rows."""
    there = [(row, column, cell, found) for row, column, cell, found in placed if any(p.leaf == leaf for p in found)]
    rows = {row: k for k, row in enumerate(sorted({row for row, _, cell, _ in there if cell.row_span == 1}))}
    cells = []
    for row, column, cell, found in there:
        covered = [rows[r] for r in range(row, row + cell.row_span) if r in rows]
        if not covered:
            continue
        text = cell.text if found[0].leaf == leaf or row < repeated else ""
        here = next(spot for spot in _by_leaf(found) if spot.leaf == leaf)
        cells.append(Cell(covered[0], column, text, len(covered), cell.column_span, here.page, here.box))
    ordered = tuple(sorted(cells, key=lambda c: (c.row, c.column)))
    return Table(ordered, ordered[0].page, union([c.box for c in ordered if c.box]))


# ---------------------------------------------------------------- labels


def _labels(draft: Draft, places: Spots) -> Iterator[Label]:
    """Yield the labels of the running text, then those of the tables."""
    for name, text, place in _runs(draft, places):
        yield Label(name, text, place.page, place.box)
    for number, part in enumerate(draft.parts):
        if isinstance(part, FormTable):
            repeated = part.header_rows if draft.look.repeat_header else 0
            for item, (row, _, cell) in enumerate(part.placed()):
                if cell.label and cell.text:
                    leaves = _by_leaf(places[Key(number, item)])
                    for place in leaves if row < repeated else leaves[:1]:
                        yield Label(cell.label, cell.text, place.page, place.box)
