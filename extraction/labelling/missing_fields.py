"""Mark missing fields as doubtful when the report may print them all the same.

A text layer has all that is printed: a field that is not in it is missing, unless its pages have a table that was not
read. On a scan a row is certainly missing only between rows that were found on one page; whole tables and their ends
may not have been detected. A section certainly has no table where its heading and the next are on one page, with no
room for a table between the lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from extraction.document import Field, Region, RegionKind, Status, Table
from extraction.doubts import DoubtCode, doubt, joined
from extraction.forms.catalogue import field_forms
from extraction.forms.field_rows import rows_of
from extraction.geometry import Box
from extraction.labelling.table_rows import has_figure
from extraction.text.sections import read_text

_MIN_UNUSED_TABLE_FIGURES = 4  # of a table without any field, for it to be one of the form's
_MIN_TABLE_HEIGHT_POINTS = 36.0  # a gap between two lines that is less has no table
_MAX_OMITTED_ROWS = 3  # that a report may leave out between two that it prints


def with_gaps_doubted(
    fields: Sequence[Field], regions: Sequence[Region], pictured: frozenset[int | None]
) -> tuple[Field, ...]:
    """The fields, those in doubt that are missing and may be printed; `pictured` are the pages read from pictures."""
    rows = rows_of(fields)
    bare = _sections_without_tables(regions) if pictured and any(map(_is_missing, fields)) else frozenset()
    doubted = {
        field.id
        for gap, whole in _gaps(rows)
        if (_has_unused_table(regions, fields) and whole)
        or (pictured and not (_is_between_found_rows(gap, rows) or (whole and _section(gap) in bare)))
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
    return all(r.kind in (RegionKind.TEXT, RegionKind.TITLE) for r in between) and all(
        room < _MIN_TABLE_HEIGHT_POINTS for room in rooms
    )


def _gaps(rows: Sequence[list[Field]]) -> Iterator[tuple[list[list[Field]], bool]]:
    """Runs of rows of a block that are missing altogether, and whether they are the whole block."""
    for _, block in groupby(rows, key=lambda row: field_forms()[row[0].id].block.id):
        together = list(block)
        for missing, run in groupby(together, key=lambda row: all(map(_is_missing, row))):
            gap = list(run)
            if missing:
                yield gap, len(gap) == len(together)


def _is_between_found_rows(gap: Sequence[list[Field]], rows: Sequence[list[Field]]) -> bool:
    """Whether the rows before and after a short gap are of its block and stand on one page."""
    start = rows.index(gap[0])
    beside = [rows[k] for k in (start - 1, start + len(gap)) if 0 <= k < len(rows)]
    blocks = {field_forms()[row[0].id].block.id for row in (*beside, gap[0])}
    pages = {field.page for row in beside for field in row if field.page is not None}
    return len(gap) <= _MAX_OMITTED_ROWS and len(beside) == 2 and len(blocks) == 1 and len(pages) == 1


def _has_unused_table(regions: Sequence[Region], fields: Sequence[Field]) -> bool:
    """Whether a table was not read: one that the layout network saw, or one with figures that are no field's."""
    return any(
        region.kind is RegionKind.FIGURE or (region.table is not None and _is_unused(region.table, fields))
        for region in regions
    )


def _is_unused(table: Table, fields: Sequence[Field]) -> bool:
    """Whether a table on a page has several figures, and no field is from it."""
    box = table.box
    figures = sum(map(has_figure, table.cells))
    if box is None or figures < _MIN_UNUSED_TABLE_FIGURES:
        return False
    return not any(f.page == table.page and f.box is not None and box.holds(f.box.middle) for f in fields)


def _is_missing(field: Field) -> bool:
    return field.status is Status.MISSING and not field.in_doubt
