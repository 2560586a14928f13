"""Fields without a row: not printed, or not found? What a page hides from us is for a person, not `missing`.

A text layer says all that is printed, so a field that it does not have is missing; unless something on its pages looks
like a table and was not read. On a scan a row is missing for sure only where the rows above and below it were found on
one page; whole tables, and the ends of tables, may be there and not have been found. A whole section has no table for
sure where its heading and the next one stand on one page, and the lines between them leave no room for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from extraction.document import Box, Field, Region, RegionKind, Status, Table
from extraction.doubts import DoubtCode, doubt, joined
from extraction.figures import parse_figure
from extraction.forms.catalogue import field_forms
from extraction.forms.field_rows import rows_of
from extraction.text.sections import read_text

_FIGURES = 4  # in a table that no field was read from: it may be any
_ROOM = 36.0  # points between two lines in which no table stands
_FEW = 3  # rows that a report may leave out between two that it prints


def with_gaps_doubted(
    fields: Sequence[Field], regions: Sequence[Region], pictured: frozenset[int | None]
) -> tuple[Field, ...]:
    """The fields, those in doubt that are missing and may all the same be printed.

    `pictured` are the pages that were read from pictures.
    """
    rows = rows_of(fields)
    bare = _sections_without_tables(regions) if pictured and any(map(_is_missing, fields)) else frozenset()
    doubted = {
        field.id
        for gap, whole in _gaps(rows)
        if (_hidden(regions, fields) and whole)
        or (pictured and not (_is_plain(gap, rows) or (whole and _section(gap) in bare)))
        for row in gap
        for field in row
    }
    return tuple(
        replace(f, doubts=joined(f.doubts, doubt(DoubtCode.ROW_NOT_FOUND))) if f.id in doubted and _is_missing(f) else f
        for f in fields
    )


def _section(gap: Sequence[list[Field]]) -> str:
    return field_forms()[gap[0][0].id].block.section


def _sections_without_tables(regions: Sequence[Region]) -> frozenset[str]:
    """The sections between whose heading and the next one on the same page there is no room for a table."""
    text = read_text(regions)
    found = set()
    for (section, heading), (_, after) in pairwise(zip(text.sections, text.headings, strict=True)):
        start, end = heading.lines[-1], after.lines[0]
        if start.box and end.box and start.page == end.page and _has_no_room(regions, start.page, start.box, end.box):
            found.add(section.id)
    return frozenset(found)


def _has_no_room(regions: Sequence[Region], page: int | None, start: Box, end: Box) -> bool:
    """Whether between two lines of a page there is nothing but text, line by line."""
    between = [r for r in regions if r.page == page and r.box and r.box.bottom > start.bottom and r.box.top < end.top]
    boxes = sorted((r.box for r in between if r.box is not None), key=lambda box: box.top)
    rooms = (below.top - above.bottom for above, below in pairwise([start, *boxes, end]))
    return all(r.kind in (RegionKind.TEXT, RegionKind.TITLE) for r in between) and all(room < _ROOM for room in rooms)


def _gaps(rows: Sequence[list[Field]]) -> Iterator[tuple[list[list[Field]], bool]]:
    """Runs of rows of a block that are missing altogether, and whether they are the whole block."""
    for _, block in groupby(rows, key=lambda row: field_forms()[row[0].id].block.id):
        together = list(block)
        for missing, run in groupby(together, key=lambda row: all(map(_is_missing, row))):
            gap = list(run)
            if missing:
                yield gap, len(gap) == len(together)


def _is_plain(gap: Sequence[list[Field]], rows: Sequence[list[Field]]) -> bool:
    """Whether the rows before and after a short gap are of its block and stand on one page."""
    start = rows.index(gap[0])
    beside = [rows[k] for k in (start - 1, start + len(gap)) if 0 <= k < len(rows)]
    blocks = {field_forms()[row[0].id].block.id for row in (*beside, gap[0])}
    pages = {field.page for row in beside for field in row if field.page is not None}
    return len(gap) <= _FEW and len(beside) == 2 and len(blocks) == 1 and len(pages) == 1


def _hidden(regions: Sequence[Region], fields: Sequence[Field]) -> bool:
    """Whether what looks like a table was not read: seen by the network, or with figures that are no field's."""
    return any(
        region.kind is RegionKind.FIGURE or (region.table is not None and _is_unread(region.table, fields))
        for region in regions
    )


def _is_unread(table: Table, fields: Sequence[Field]) -> bool:
    """Whether a table on a page has figures, and none of the fields is from it."""
    box = table.box
    figures = sum(bool((f := parse_figure(c.text)) and not f.blank) for c in table.cells)
    if box is None or figures < _FIGURES:
        return False
    return not any(f.page == table.page and f.box is not None and box.holds(f.box.middle) for f in fields)


def _is_missing(field: Field) -> bool:
    return field.status is Status.MISSING and not field.in_doubt
