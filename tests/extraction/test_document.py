"""Tables by rows, and what is asked of cells, fields and reports."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Cell, Field, Region, RegionKind, Report, Source, Span, Status, Table
from extraction.doubts import DoubtCode, doubt

PLACES = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))


@given(st.lists(PLACES, max_size=12))
def test_a_spanning_cell_is_in_each_of_its_rows(places: list[tuple[int, int, int, int]]) -> None:
    cells = tuple(Cell(r, c, str(k), rows, columns) for k, (r, c, rows, columns) in enumerate(places))
    table = Table(cells)
    rows = list(table.rows())
    assert len(rows) == table.row_count
    assert sum(map(len, rows)) == sum(cell.row_span for cell in cells)
    for number, row in enumerate(rows):
        assert all(cell.row <= number < cell.row + cell.row_span for cell in row)
        assert [cell.column for cell in row] == sorted(cell.column for cell in row)
    assert all(cell.column + cell.column_span <= table.column_count for cell in cells)


def test_a_table_without_cells_has_no_rows() -> None:
    assert (Table(()).row_count, Table(()).column_count, list(Table(()).rows())) == (0, 0, [])


@pytest.mark.parametrize("code", DoubtCode)
def test_who_must_look_is_said_by_the_doubt(code: DoubtCode) -> None:
    field = Field("a.b", "甲", Decimal(1), "1", Status.READ, 0.99, doubts=doubt(code))
    assert Cell(0, 0, "1", doubts=doubt(code)).in_doubt is field.in_doubt is code.about.needs_person


def test_a_region_says_its_lines() -> None:
    assert Region(RegionKind.TEXT, (Span("第一行"), Span("第二行"))).text == "第一行\n第二行"


def test_a_field_is_found_by_its_id() -> None:
    field = Field("a.b", "甲", None, "", Status.BLANK, 1.0)
    report = Report(Source("a.pdf", "0", "application/pdf", 1), None, None, None, None, fields=(field,))
    assert report.field("a.b") is field
    with pytest.raises(KeyError):
        report.field("a.c")
