"""The printed tables of a form: every field once, no overlaps, and nothing lost where a page break cuts a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.forms.catalogue import template
from extraction.forms.label_tags import tag_of, tags
from extraction.forms.printed_form import (
    Departures,
    FormCell,
    FormExtraRow,
    FormTable,
    cut,
    field_ids,
    header_rows,
    outcome_rows,
    rows_of,
    split,
    tables,
)

FORMS = [("2019", True), ("2021", False), ("2021", True)]


def printed(template_id: str, one_row_other: bool) -> dict[str, str]:
    """A text of its own for every field."""
    return {field: str(number) for number, field in enumerate(field_ids(template_id, one_row_other), 1)}


def every_table(template_id: str, one_row_other: bool = False) -> tuple[FormTable, ...]:
    return tables(template_id, printed(template_id, one_row_other), Departures())


def places(table: FormTable) -> Counter[tuple[int, int]]:
    """How many cells cover each place of the grid."""
    return Counter(
        (row + down, column + right)
        for row, column, cell in table.placed()
        for down in range(cell.row_span)
        for right in range(cell.column_span)
    )


def columns(table: FormTable) -> int:
    return 1 + max(column for _, column in places(table))


def tiles(table: FormTable) -> bool:
    """Whether the cells cover a rectangle, each place once."""
    return places(table) == Counter((r, c) for r in range(len(table.rows)) for c in range(columns(table)))


def values(table: FormTable) -> list[tuple[str | None, str]]:
    return [(cell.field, cell.text) for _, _, cell in table.placed() if cell.kind == "value"]


@pytest.mark.parametrize(("template_id", "one_row_other"), FORMS)
def test_every_field_is_printed_once_and_cells_cover_the_tables(template_id: str, one_row_other: bool) -> None:
    made = every_table(template_id, one_row_other)
    assert sorted(v for table in made for v in values(table)) == sorted(printed(template_id, one_row_other).items())
    assert all(map(tiles, made))
    assert all(len(table.keys) == len(table.rows) for table in made)


@pytest.mark.parametrize("template_id", ["2019", "2021"])
def test_the_forms_own_fields_are_those_of_the_catalogue(template_id: str) -> None:
    assert set(field_ids(template_id)) == {field.id for field in template(template_id).fields}


def test_the_outcomes_are_rows_of_the_form() -> None:
    for one_row_other in (True, False):
        assert set(outcome_rows(one_row_other)) < set(rows_of("2021", one_row_other))
    assert len(outcome_rows(False)) - len(outcome_rows(True)) == 2  # （六）其他处理 in three rows instead of one


def test_every_label_that_a_cell_names_is_a_tag() -> None:
    named = {c.label for t in ("2019", "2021") for table in every_table(t) for _, _, c in table.placed() if c.label}
    assert {tag_of(name) for name in named} <= set(tags())


@given(st.data())
def test_rows_without_a_printed_value_are_left_out(data: st.DataObject) -> None:
    every = rows_of("2021", False)
    whole = {"review", "litigation_direct", "litigation_after_review"}  # one row of the form
    kept = data.draw(st.sets(st.sampled_from(sorted(set(every) - whole))))
    wanted = {f"{row}.{column}": "7" for row in kept for column in every[row]}
    made = tables("2021", wanted, Departures())
    assert Counter(v for table in made for v in values(table)) == Counter(wanted.items())
    assert all(map(tiles, made))
    assert all(any(table.keys) for table in made)


def test_labels_are_replaced_by_text_or_by_name_and_values_never() -> None:
    name = "row.applications.received"
    shown = tables("2021", printed("2021", False), Departures(labels={"行政许可": "准入审批", name: "新收", "1": "x"}))
    texts = {cell.text for table in shown for _, _, cell in table.placed()}
    assert {"准入审批", "新收", "1"} <= texts
    assert not {"行政许可", "x"} & texts


def test_an_extra_row_stands_below_its_row() -> None:
    row = next(key for key in rows_of("2021", False) if key.startswith("proactive."))
    extra = FormExtraRow("proactive", row, "其他文件", ("1", "2", "3"))
    table = tables("2021", printed("2021", False), Departures(extra_rows=(extra,)))[0]
    below = table.rows[table.keys.index(row) + 1]
    assert [cell.text for cell in below] == ["其他文件", "1", "2", "3"]
    assert tiles(table)


def test_a_header_has_a_column_once_at_the_height_that_its_groups_leave() -> None:
    block = next(b for b in template("2021").blocks if b.id == "review_litigation")
    header = header_rows(block)
    heights = {c.label: len(header) - k for k, row in enumerate(header) for c in row if c.label.startswith("column.")}
    assert heights == {f"column.{block.id}.{c.id}": len(header) - len(c.super_labels) for c in block.columns}
    assert sum(cell.column_span for cell in header[0]) == len(block.columns)


@given(st.data())
def test_a_page_break_loses_no_text_and_leaves_two_tables(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(every_table(data.draw(st.sampled_from(["2019", "2021"])))))
    at = data.draw(st.sampled_from([k for k, key in enumerate(table.keys[:-1]) if key] or [len(table.keys) - 1]))
    label = next((c.text for c in table.rows[at] if c.label.startswith("row.")), "")
    head = label[: data.draw(st.integers(0, max(0, len(label) - 1)))]
    if at == len(table.keys) - 1 and not head:
        return  # nothing is left for the next page
    before, after = cut(table, at, head)
    assert tiles(before)
    assert tiles(after)
    assert columns(before) == columns(after) == columns(table)
    assert Counter(values(before) + values(after)) == Counter(values(table))
    assert letters(before) + letters(after) == letters(table)
    assert after.new_page
    assert not before.new_page


def letters(table: FormTable) -> Counter[str]:
    return Counter("".join(cell.text for _, _, cell in table.placed()))


def test_a_label_is_cut_where_it_is_said_and_its_values_stay_above() -> None:
    table = every_table("2021")[0]
    key = next(k for k in table.keys if k)
    row = table.rows[table.keys.index(key)]
    before, after = split(table, key, row[0].text[:1])
    assert before.rows[-1] == (replace(row[0], text=row[0].text[:1]), *row[1:])
    assert after.rows[0][0].text == row[0].text[1:]
    assert all(cell.text == "" for cell in after.rows[0][1:])
    with pytest.raises(ValueError, match="not in tuple"):
        split(table, "no row", "")


def test_merged_cells_stand_where_they_start() -> None:
    table = FormTable(
        "applications",
        (1, 1, 1),
        ((FormCell("a", 2), FormCell("b", column_span=2)), (FormCell("c"), FormCell("d"))),
        ("", ""),
    )
    assert [(row, column, cell.text) for row, column, cell in table.placed()] == [
        (0, 0, "a"),
        (0, 1, "b"),
        (1, 1, "c"),
        (1, 2, "d"),
    ]
