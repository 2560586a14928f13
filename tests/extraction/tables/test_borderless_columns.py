"""Columns of tables without grid lines: which pieces are figures, which form a column, and where columns part."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.geometry import Box
from extraction.tables.borderless_columns import MAX_FIGURE_WIDTH, columns_of, edge_between, figures, left_edge
from tests.examples import examples


def piece(left: float, width: float, y: float = 0.0) -> Box:
    return Box(left, y, left + width, y + 8)


LABEL = piece(120, 60)


def row(*centres: float, width: float = 10.0, label: Box = LABEL) -> list[Box]:
    """A label and figures of one width about these centres."""
    return [label, *(piece(x - width / 2, width) for x in centres)]


def test_small_pieces_that_stand_apart_are_figures() -> None:
    line = row(250, 300, 350)
    assert figures(line) == line[1:]


def test_the_first_piece_of_a_line_is_no_figure() -> None:
    line = [piece(60, 10), *row(250, 300)[1:]]
    assert figures(line) == line[1:]


def test_a_line_filled_like_prose_has_no_figures() -> None:
    assert figures([piece(60, 110), piece(185, 20), piece(220, 110)]) == []


def test_wide_pieces_are_no_figures() -> None:
    line = row(250, 350)
    assert figures([*line, piece(400, MAX_FIGURE_WIDTH + 1)]) == line[1:]


@pytest.mark.parametrize(("gap", "found"), [(24, 0), (26, 1)])
def test_the_only_figure_of_a_line_stands_farther_off(gap: float, found: int) -> None:
    assert len(figures([LABEL, piece(LABEL.right + gap, 10)])) == found


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.floats(40, 70), min_size=1, max_size=5),
    st.lists(st.floats(4, 25), min_size=2, max_size=4),
)
def test_a_column_is_as_wide_as_its_widest_figure(pitches: list[float], widths: list[float]) -> None:
    """Rows of figures centred below one another, however wide they are."""
    centres = [230 + sum(pitches[:k]) for k in range(len(pitches) + 1)]
    columns = columns_of([row(*centres, width=width) for width in widths])
    inside = [c for c in columns if any(c[0] < x < c[1] for x in centres)]
    assert [(a + b) / 2 for a, b in inside] == pytest.approx(centres)
    assert [b - a for a, b in inside] == pytest.approx([max(widths)] * len(centres))


def test_a_piece_below_two_columns_is_no_figure() -> None:
    rows = [row(250, 300, 350, 400) for _ in range(4)]
    merged = [LABEL, piece(245, 40), piece(345, 10)]
    assert columns_of([*rows, merged]) == columns_of(rows)


def test_a_figure_of_one_row_alone_makes_no_column() -> None:
    rows = [row(250, 300, 350) for _ in range(4)]
    assert columns_of([*rows, row(250, 300, 480)]) == [(245, 255), (295, 305), (345, 355)]


def test_numbers_of_the_rows_are_labels() -> None:
    """Small pieces in which labels of other rows stand."""
    rows = [row(250, 300, 350, label=piece(60, 150)) for _ in range(4)]
    numbered = [[piece(60, 8), piece(120, 10), *row(250, 300, 350)[1:]] for _ in range(2)]
    assert all(left >= 240 for left, _ in columns_of([*rows, *numbered]))


def test_an_empty_column_between_evenly_spaced_ones_is_found() -> None:
    columns = columns_of([row(250, 300, 350, 450, 500, 550) for _ in range(4)])
    assert [(a + b) / 2 for a, b in columns] == pytest.approx([250, 300, 350, 400, 450, 500, 550])


def test_a_header_that_goes_on_evenly_is_a_column() -> None:
    rows = [row(250, 300, 350, 400, 450) for _ in range(4)]
    header = row(250, 300, 350, 400, 450, 500)
    assert [(a + b) / 2 for a, b in columns_of([*rows, header])] == pytest.approx([250, 300, 350, 400, 450, 500])


COLUMNS = [(240.0, 260.0), (290.0, 310.0), (340.0, 360.0)]


def test_columns_part_half_way_where_no_header_stands() -> None:
    assert edge_between(COLUMNS[0], COLUMNS[1], COLUMNS, [LABEL]) == pytest.approx(275, abs=0.5)


def test_an_edge_keeps_clear_of_headers() -> None:
    header = piece(232, 47)
    assert header.right < edge_between(COLUMNS[0], COLUMNS[1], COLUMNS, [header]) <= COLUMNS[1][0]


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(st.floats(200, 380), st.floats(2, 60)), min_size=1, max_size=8))
def test_an_edge_lies_between_its_columns(pieces: list[tuple[float, float]]) -> None:
    edge = edge_between(COLUMNS[1], COLUMNS[2], COLUMNS, [piece(*p) for p in pieces])
    assert COLUMNS[1][1] <= edge <= COLUMNS[2][0]


@given(st.floats(30, 238))
def test_the_first_column_begins_between_it_and_the_longest_label(right: float) -> None:
    label = Box(right - 30, 0, right, 8)
    assert left_edge(COLUMNS, [label]) == pytest.approx((right + 240) / 2)


def test_without_labels_the_first_column_has_as_much_room_on_either_side() -> None:
    assert left_edge(COLUMNS, []) == pytest.approx(240 - 15)
    assert left_edge(COLUMNS[:1], []) == 237
