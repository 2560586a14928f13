"""The shape of the forms' tables tells rows whose labels cannot be read, and says nothing where it is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.document import Cell, Field, Status, Table
from extraction.doubts import DoubtCode, doubt
from extraction.forms.catalogue import template
from extraction.forms.form_lines import LineKind, form_lines
from extraction.labelling.grid_signature import lines_by_shape
from extraction.labelling.table_rows import printed_rows
from extraction.settings import Settings
from tests.extraction.decided import label_fields
from tests.extraction.form_tables import Form, blank_form, cut, drop, insert, placed, relabel, tables

every_form = pytest.mark.parametrize("form_id", ["2019", "2021"])


def pins_of(printed: list[Table], form_id: str) -> set[str]:
    """The blocks and rows whose line the shape tells."""
    lines = form_lines(template(form_id))
    found = [lines[j] for j in lines_by_shape(printed_rows(printed), lines).values()]
    return {f"{n.block.id}/{n.row.id}" for n in found if n.kind is LineKind.DATA and n.row is not None}


def at(form: Form, row: str) -> tuple[int, int]:
    return next((t, k) for t, lines in enumerate(form) for k, line in enumerate(lines) if line.row == row)


def illegible(form: Form, *rows: str, text: str = "〇口") -> Form:
    for row in rows:
        form = relabel(form, *at(form, row), text, 0.3)
    return form


def read(printed: list[Table]) -> dict[str, Field]:
    return {f.id: f for f in label_fields(printed, Settings()).fields}


def wrong(form: Form, printed: list[Table]) -> set[str]:
    """The fields that are not accepted as placed."""
    found = read(printed)
    return {i for i, slot in placed(form).items() if found[i].status is not Status.READ or found[i].value != slot.value}


ILLEGIBLE = ["results.granted", "results.denied.state_secret", "results.denied.administrative_query", "results.total"]
"""At the edges of groups, two of them beside each other: no readable row of the group stands on their other side."""


@every_form
@pytest.mark.parametrize("other_rows", ["2019", "2021"])
def test_rows_at_the_edges_of_groups_are_told_without_their_labels(form_id: str, other_rows: str) -> None:
    form = illegible(blank_form(form_id, other_rows=other_rows), *ILLEGIBLE, "results.not_processed.petition")
    assert wrong(form, tables(form)) == set()


@every_form
@pytest.mark.parametrize("line", [8, 14, 22])
def test_they_are_told_over_a_page_break(form_id: str, line: int) -> None:
    form = cut(illegible(blank_form(form_id), *ILLEGIBLE), 1, line)
    assert wrong(form, tables(form)) == set()


@every_form
def test_the_titled_blocks_are_told(form_id: str) -> None:
    form = illegible(blank_form(form_id), "administrative_licensing", "administrative_penalty")
    assert wrong(form, tables(form)) == set()


def test_the_forms_are_told_apart_without_a_legible_header() -> None:
    for form_id, other in (("2019", "2021"), ("2021", "2019")):
        assert any(pin.startswith("documents") for pin in pins_of(tables(blank_form(form_id)), form_id))
        assert not any(pin.startswith("documents") for pin in pins_of(tables(blank_form(form_id)), other))


@every_form
def test_a_row_of_the_reports_own_for_one_left_out_is_not_of_the_forms_shape(form_id: str) -> None:
    """The group has as many rows as the form's, and each row between the two would be told one line off."""
    form = blank_form(form_id)
    form = insert(form, *at(form, "results.denied.administrative_query"), "9.属于工作秘密事项", list("9876543"))
    form = drop(form, *at(form, "results.denied.state_secret"))
    assert not any(pin.startswith("applications") for pin in pins_of(tables(form), form_id))


@every_form
def test_a_row_too_many_or_too_few_is_not_of_the_forms_shape(form_id: str) -> None:
    form = blank_form(form_id)
    for changed in (
        drop(form, *at(form, "results.denied.state_secret")),
        insert(form, *at(form, "results.total"), "（八）其他", list("9876543")),
    ):
        assert not any(pin.startswith("applications") for pin in pins_of(tables(changed), form_id))


def test_labels_that_say_nothing_bear_nothing_out() -> None:
    form = blank_form("2021")
    rows = [line.row for line in form[1] if line.row]
    assert pins_of(tables(form)[1:2], "2021")
    assert not pins_of(tables(illegible(form, *rows))[1:2], "2021")


def test_a_long_run_of_labels_that_say_nothing_is_not_told() -> None:
    form = blank_form("2021")
    run = [line.row for line in form[1] if line.row.startswith("results.denied")][:5]
    pins = pins_of(tables(illegible(form, *run)), "2021")
    assert not {f"applications/{row}" for row in run} & pins
    assert "applications/results.denied.administrative_query" in pins


def test_labels_within_rules_that_are_broken_are_not_told() -> None:
    printed = tables(blank_form("2021"))
    at_label = next(c for c in printed[1].cells if c.text.startswith("2.重复申请"))
    cells = tuple(
        replace(c, doubts=doubt(DoubtCode.GRID_LINE_BROKEN)) if c is at_label else c for c in printed[1].cells
    )
    assert any(pin.startswith("applications") for pin in pins_of(printed, "2021"))
    assert not any(pin.startswith("applications") for pin in pins_of([printed[0], Table(cells), printed[2]], "2021"))


def test_half_a_label_without_figures_is_not_told() -> None:
    """The other half may have the figures."""
    form = blank_form("2021")
    form = relabel(form, *at(form, "results.not_processed.publication"), "3.要求提供")
    (lines,) = (form[1],)
    k = next(k for k, line in enumerate(lines) if line.row == "results.not_processed.publication")
    empty = replace(lines[k], slots=tuple(replace(s, text="") if s.field else s for s in lines[k].slots))
    form = (form[0], (*lines[:k], empty, *lines[k + 1 :]), form[2])
    assert "applications/results.not_processed.publication" not in pins_of(tables(form), "2021")


def test_figures_in_the_header_of_the_row_without_a_label() -> None:
    form = blank_form("2021")
    assert "review_litigation/" in pins_of(tables(form), "2021")
    header = replace(form[2][-2], slots=form[2][-1].slots)
    assert "review_litigation/" not in pins_of(tables((*form[:2], (*form[2][:-2], header, form[2][-1]))), "2021")


def test_a_header_is_not_carried_to_a_table_with_another_column_of_labels() -> None:
    """The next page has as many columns as the header reaches, but one of labels less, and a strip of nothing."""
    form = blank_form("2021")
    upper, lower = tables(cut(form, 1, 26, groups="repeated"))[1:3]
    shifted = [c for c in lower.cells if c.column > 0 or c.column_span > 1]
    moved = [
        replace(c, column=max(0, c.column - 1), column_span=c.column_span - (c.column == 0 and c.column_span > 1))
        for c in shifted
    ]
    strip = [Cell(r, upper.column_count - 1, "") for r in range(lower.row_count)]
    printed = [tables(form)[0], upper, Table(tuple(sorted((*moved, *strip), key=lambda c: (c.row, c.column))))]
    found = read(printed)
    there = placed(form)
    accepted = {i: f.value for i, f in found.items() if f.status in (Status.READ, Status.BLANK) and i in there}
    assert {i for i, value in accepted.items() if value != there[i].value} == set()
