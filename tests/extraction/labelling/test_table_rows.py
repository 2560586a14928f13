"""Printed rows: which of their cells are labels and which values, and how well they fit lines of a form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Cell, Table, Tag
from extraction.doubts import DoubtCode, doubt
from extraction.forms.catalogue import template
from extraction.forms.form_lines import FormLine, LineKind, form_lines
from extraction.labelling.table_rows import (
    PrintedRow,
    has_figure,
    is_legible,
    joined_label_similarity,
    label_probability,
    own_label_similarity,
    printed_rows,
    row_similarity,
)

LINES = form_lines(template("2021"))
LICENSING = next(line for line in LINES if line.row and line.row.id == "administrative_licensing")
UNLABELLED = next(line for line in LINES if line.kind is LineKind.DATA and not line.wordings[0])
HEADER = next(line for line in LINES if line.kind is LineKind.HEADER)
GROUP = next(line for line in LINES if line.kind is LineKind.GROUP)


def row_of(*texts: str, page: int | None = 1, table: int = 0) -> PrintedRow:
    (row,) = printed_rows([Table(tuple(Cell(0, k, text) for k, text in enumerate(texts)), page)])
    return replace(row, table_index=table)


def test_merged_cells_are_in_every_row_that_they_cover_and_begin_in_one() -> None:
    table = Table((Cell(0, 0, "信息公开", row_span=2), Cell(0, 1, "1"), Cell(1, 1, "2")))
    first, second = printed_rows([Table(()), table])
    assert [c.text for c in first.cells] == ["信息公开", "1"]
    assert [c.text for c in second.cells] == ["信息公开", "2"]
    assert [c.text for c in second.own] == ["2"]
    assert (first.table_index, second.table_index, second.row) == (1, 1, 1)


@pytest.mark.parametrize(
    ("texts", "labels", "values"),
    [
        (("（三）不予公开", "属于国家秘密", "1", "0"), ["（三）不予公开", "属于国家秘密"], ["1", "0"]),
        (("行政许可", "", "—", "3"), ["行政许可"], ["", "—", "3"]),
        (("行政许可", "3", "其他说明"), ["行政许可"], ["3", "其他说明"]),  # words right of a figure are no label
        (("", "行政许可", "3"), ["行政许可"], ["3"]),
        (("5", "3"), [], ["5", "3"]),
        (("1件", "3"), [], ["1件", "3"]),  # one character beside a digit is a misread figure
        ((), [], []),
    ],
)
def test_labels_are_the_words_before_the_first_figure(
    texts: tuple[str, ...], labels: list[str], values: list[str]
) -> None:
    for row in [row_of(*texts)] if texts else []:
        assert [c.text for c in row.labels] == labels
        assert [c.text for c in row.values] == values


TEXTS = st.lists(st.sampled_from(["行政许可", "规章", "", "—", "0", "12", "3.5万元", "x"]), min_size=1, max_size=6)


@given(TEXTS)
def test_values_are_what_is_right_of_the_labels(texts: list[str]) -> None:
    row = row_of(*texts)
    assert row.cells[len(row.cells) - len(row.values) :] == row.values
    assert not set(row.labels) & set(row.values)
    assert row.figures == sum(text in ("0", "12", "3.5万元") for text in texts)


def test_a_label_that_a_streak_has_divided_is_read_joined_too() -> None:
    row = row_of("行政", "许可", "3")
    assert row.own_label == ("许可", "行政许可")
    assert own_label_similarity(row, LICENSING) == 1.0
    assert row_of("行政许可", "3").own_label == ("行政许可",)


@pytest.mark.parametrize(
    ("text", "expected"), [("0", True), ("1,234", True), ("", False), ("—", False), ("规章", False)]
)
def test_a_blank_is_no_figure(text: str, expected: bool) -> None:
    assert has_figure(Cell(0, 0, text)) is expected


def test_a_cell_with_a_doubt_of_its_reading_is_not_legible() -> None:
    cell = Cell(0, 0, "行政许可", confidence=0.85)
    assert is_legible(cell, 0.85)
    assert not is_legible(cell, 0.86)
    assert not is_legible(replace(cell, doubts=doubt(DoubtCode.READINGS_DIFFER)), 0.5)
    assert is_legible(replace(cell, doubts=doubt(DoubtCode.GRID_LINE_BROKEN)), 0.5)


def test_headers_and_groups_have_no_figures() -> None:
    header = row_of(HEADER.wordings[0])
    group = row_of(GROUP.wordings[0])
    assert row_similarity(header, HEADER) == row_similarity(group, GROUP) == 1.0
    assert row_similarity(row_of(HEADER.wordings[0], "3"), HEADER) == 0.0
    assert row_similarity(row_of(GROUP.wordings[0], "3"), GROUP) == 0.0


def test_a_row_without_a_label_is_known_by_its_cells() -> None:
    count = len(UNLABELLED.block.columns)
    assert row_similarity(row_of(*["0"] * count), UNLABELLED) > 0.7
    assert row_similarity(row_of(*["0"] * (count - 4)), UNLABELLED) == 0.0
    assert row_similarity(row_of(*["行政许可"] * count), UNLABELLED) == 0.0


@given(st.sampled_from([line for line in LINES if line.row and line.row.label]), st.data())
def test_the_halves_of_a_label_fit_its_line_when_joined(line: FormLine, data: st.DataObject) -> None:
    label = line.wordings[0]
    at = data.draw(st.integers(2, max(2, len(label) - 2)))
    upper, lower = row_of(label[:at]), row_of(label[at:], "3", table=1)
    if lower.labels and upper.labels:
        assert joined_label_similarity(upper, lower, line) == 1.0
        assert joined_label_similarity(upper, replace(lower, table_index=0), line) == 0.0  # no page break between them
        assert joined_label_similarity(row_of(label[:at], "4"), lower, line) == 0.0  # two rows with figures are two


def test_in_a_text_dump_a_label_may_be_divided_within_a_table() -> None:
    assert joined_label_similarity(row_of("行政", page=None), row_of("许可", "3", page=None), LICENSING) == 1.0


def test_the_classifiers_probability_is_that_of_the_rows_own_label() -> None:
    row = row_of("准入审批", "3")
    assert label_probability(row, LICENSING) == 0.0
    tagged = replace(row.cells[0], tags=(Tag("row.other", 0.2), Tag(LICENSING.tag, 0.7)))
    (again,) = printed_rows([Table((tagged, row.cells[1]), 1)])
    assert label_probability(again, LICENSING) == 0.7
    assert label_probability(again, HEADER) == 0.0
