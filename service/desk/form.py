"""The national form as tables of cells, each cell with its row and column."""

from __future__ import annotations

from dataclasses import dataclass

from extraction.document import Report
from extraction.forms.catalogue import template
from extraction.forms.printed_form import Departures, FormCell, tables
from service.desk.titles import section_title


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell of the form at a row and column of its table's grid, from 0."""

    cell: FormCell
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of the form with its heading; `widths` are percent."""

    heading: str
    widths: tuple[float, ...]
    rows: tuple[tuple[PlacedCell, ...], ...]


def form_tables(report: Report) -> tuple[ShownTable, ...]:
    """The tables of a report's form, with the rows of the other form that it prints; empty without a form."""
    if report.template is None:
        return ()
    empty = dict.fromkeys((f.id for f in template(report.template).fields), "")
    drawn = tables(report.template, {**empty, **{f.id: f.printed for f in report.fields}}, Departures())
    found = []
    for table in drawn:
        rows: list[list[PlacedCell]] = [[] for _ in table.rows]
        for row, column, cell in table.placed():
            rows[row].append(PlacedCell(cell, row, column))
        widths = tuple(round(100 * width, 2) for width in table.widths)
        found.append(ShownTable(section_title(table.section), widths, tuple(map(tuple, rows))))
    return tuple(found)
