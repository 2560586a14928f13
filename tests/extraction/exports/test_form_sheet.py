"""Columns and rows of a sheet on which the national form is laid out."""

from __future__ import annotations

from itertools import combinations, pairwise

from extraction.exports.form_sheet import COLUMNS, column_edges, row_heights, text_height
from extraction.forms.catalogue import template, template_ids
from extraction.forms.printed_form import Departures, tables


def test_a_tables_columns_are_as_wide_as_each_other_where_the_form_s_are() -> None:
    for name in template_ids():
        printed = {f.id: "0" for f in template(name).fields}
        for table in tables(name, printed, Departures()):
            edges, widths = column_edges(table), table.widths
            taken = [after - before for before, after in pairwise(edges)]
            assert (edges[0], edges[-1], min(taken) >= 1) == (0, COLUMNS, True)
            widest = taken[widths.index(max(widths))]
            for (one, a), (two, b) in combinations(zip(widths, taken, strict=True), 2):
                assert a == b or one != two or widest in (a, b), (widths, taken)
            long = max((c for _, _, c in table.placed()), key=lambda c: len(c.text))
            assert max(row_heights(table)) < 15 * (2 + len(long.text) / 2)
            assert len(row_heights(table)) == len(table.rows)


def test_a_long_heading_makes_its_row_higher() -> None:
    assert (
        text_height("组织", 1)
        < text_height("社会公益组织", 1)
        == text_height("社会公\n益组织", 1)
        < text_height("组织" * 9, 1)
    )
