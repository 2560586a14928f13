"""Rows aligned with the lines of a form: each finds its own, whatever is left out, added or illegible."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.document import Cell, Table
from extraction.doubts import DoubtCode
from extraction.labelling.row_alignment import FormMatch, match_form
from extraction.labelling.table_rows import printed_rows
from extraction.settings import LabelSettings
from models.wordings import Wordings
from tests.examples import examples
from tests.extraction.form_tables import Form, blank_form, data_lines, drop, insert, relabel, split_row, tables

FORMS = ["2019", "2021"]
ILLEGIBLE = "囗囗囗囗囗"


def matched(form: Form, aligned: bool = False, wordings: Wordings = ()) -> FormMatch:
    found = match_form(printed_rows(tables(form, aligned)), LabelSettings(), wordings)
    assert found is not None
    return found


def lines_of(match: FormMatch) -> dict[str, str]:
    """The first figure of every matched data row, with the row that it was matched to; figures are all different."""
    return {
        next(c.text for row in m.rows for c in row.values if c.text): f"{m.line.block.id}.{m.line.row.id}"
        for m in match.data
        if m.line.row is not None
    }


def printed(form: Form) -> dict[str, str]:
    """The same as printed."""
    return {
        next(s.text for s in line.slots if s.field): f"{line.block}.{line.row}"
        for lines in form
        for line in lines
        if line.kind == "data"
    }


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("aligned", [True, False])
def test_every_row_of_a_form_is_its_line_and_certain(form_id: str, aligned: bool) -> None:
    form = blank_form(form_id)
    found = matched(form, aligned)
    assert found.template.id == form_id
    assert lines_of(found) == printed(form)
    assert not any(m.doubts or m.by_place for m in found.data)
    assert found.lost == ()
    assert not any(row.figures for row in found.rest)


@settings(max_examples=examples(8))  # each aligns a whole report with both forms
@given(st.data())
def test_rows_that_are_left_out_shift_no_other(data: st.DataObject) -> None:
    form = blank_form(data.draw(st.sampled_from(FORMS)))
    for table, at in sorted(data.draw(st.sets(st.sampled_from(data_lines(form)), max_size=6)), reverse=True):
        form = drop(form, table, at)
    assert lines_of(matched(form)) == printed(form)


@settings(max_examples=examples(8))  # each aligns a whole report with both forms
@given(st.data())
def test_a_row_that_no_form_has_is_left_over(data: st.DataObject) -> None:
    form = blank_form(data.draw(st.sampled_from(FORMS)))
    table, at = data.draw(st.sampled_from(data_lines(form)))
    count = sum(bool(slot.field) for slot in form[table][at].slots)
    added = insert(form, table, at, "市民热线转办工单情况", ["77777"] * count)
    found = matched(added)
    assert [row.values[0].text for row in found.rest if row.figures] == ["77777"]
    assert lines_of(found) == printed(form)


@settings(max_examples=examples(8))  # each aligns a whole report with both forms
@given(st.data())
def test_an_illegible_label_between_legible_ones_is_told_by_its_place(data: st.DataObject) -> None:
    form = blank_form(data.draw(st.sampled_from(FORMS)))
    inner = [(t, k) for t, k in data_lines(form) if (t, k - 1) in data_lines(form) and (t, k + 1) in data_lines(form)]
    table, at = data.draw(st.sampled_from(inner))
    found = matched(relabel(form, table, at, ILLEGIBLE, 0.3))
    assert lines_of(found) == printed(form)
    assert [f"{m.line.block.id}.{m.line.row.id}" for m in found.data if m.by_place and m.line.row] == [
        f"{form[table][at].block}.{form[table][at].row}"
    ]


def test_where_the_place_may_be_anothers_too_the_row_is_in_doubt() -> None:
    """Two rows in a group, one left out and the other illegible: which one is it?"""
    form = blank_form("2021")
    table, at = next((t, k) for t, k in data_lines(form) if form[t][k].row == "results.denied.state_secret")
    found = matched(drop(relabel(form, table, at, ILLEGIBLE, 0.3), table, at + 1))
    (doubtful,) = [m for m in found.data if m.by_place]
    assert [d.code for d in doubtful.doubts] == [DoubtCode.LABEL_UNREADABLE]


@pytest.mark.parametrize("figures_in", ["upper", "lower"])
def test_a_row_that_a_page_break_divides_is_one_line(figures_in: str) -> None:
    form = blank_form("2021")
    table, at = next((t, k) for t, k in data_lines(form) if form[t][k].row == "results.denied.forbidden_by_law")
    found = matched(split_row(form, table, at, 5, figures_in, two_pages=True))
    assert lines_of(found) == printed(form)
    assert [len(m.rows) for m in found.data if m.line.row and m.line.row.id == "results.denied.forbidden_by_law"] == [2]


def test_a_learned_wording_counts_as_the_forms_own() -> None:
    form = blank_form("2021")
    table, at = next((t, k) for t, k in data_lines(form) if form[t][k].row == "administrative_licensing")
    block = form[table][at].block
    other = relabel(form, table, at, "准入审批办件情况")
    wordings = ((f"row.{block}.administrative_licensing", ("准入审批办件情况",)),)
    assert f"{block}.administrative_licensing" not in lines_of(matched(other)).values()
    assert lines_of(matched(other, wordings=wordings)) == printed(form)


def test_tables_of_something_else_are_no_form() -> None:
    table = Table(tuple(Cell(r, c, text) for r in range(3) for c, text in enumerate(["预算科目", "单位", "备注"])))
    assert match_form(printed_rows([table]), LabelSettings()) is None
    assert match_form([], LabelSettings()) is None
