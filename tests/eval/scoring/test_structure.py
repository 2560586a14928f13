"""Cell detection and GriTS, the expected values worked out by hand on tables of a few cells."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scoring.structure import StructureScore, structure_score
from extraction.document import Cell, Table
from extraction.geometry import Box, union

WIDTH, HEIGHT = 40.0, 10.0


def cell(row: int, column: int, text: str, row_span: int = 1, column_span: int = 1, page: int = 1) -> Cell:
    box = Box(column * WIDTH, row * HEIGHT, (column + column_span) * WIDTH, (row + row_span) * HEIGHT)
    return Cell(row, column, text, row_span, column_span, page, box)


def of_cells(cells: Sequence[Cell]) -> Table:
    return Table(tuple(cells), cells[0].page, union([c.box for c in cells if c.box]))


def table(*rows: str, page: int = 1) -> Table:
    """A table of the words of each row."""
    return of_cells([cell(r, c, text, page=page) for r, row in enumerate(rows) for c, text in enumerate(row.split())])


def without_places(given: Table) -> Table:
    return Table(tuple(Cell(c.row, c.column, c.text, c.row_span, c.column_span) for c in given.cells))


def moved(given: Table, right: float = 0, page: int = 1) -> Table:
    cells = [Cell(c.row, c.column, c.text, c.row_span, c.column_span, page, _moved(c.box, right)) for c in given.cells]
    return of_cells(cells)


def _moved(box: Box | None, right: float) -> Box | None:
    return box and Box(box.left + right, box.top, box.right + right, box.bottom)


FORM = table("规章 0 1 2", "许可 3 4 5", "处罚 6 7 8")


def test_the_same_tables_are_perfect() -> None:
    score = structure_score([FORM, moved(FORM, page=2)], [moved(FORM, page=2), FORM])
    assert (score.grits_top, score.grits_con) == (1.0, 1.0)
    assert (score.precision_75, score.recall_75, score.f1_75, score.f1_50) == (1.0, 1.0, 1.0, 1.0)
    assert (score.tables_paired, score.cells_gold, score.grid_gold) == (2, 24, 24)


def test_a_dropped_column() -> None:
    score = structure_score([table("a b c", "d e f")], [table("a b", "d e")])
    assert score.grits_con == score.grits_top == 2 * 4 / (6 + 4)
    assert (score.recall_50, score.precision_50) == (4 / 6, 1.0)


def test_a_dropped_row_in_the_middle() -> None:
    score = structure_score([table("a b", "c d", "e f")], [table("a b", "e f")])
    assert score.grits_con == 2 * 4 / (6 + 4)


def test_two_cells_merged() -> None:
    merged = of_cells([cell(0, 0, "abcd", column_span=2), cell(1, 0, "e"), cell(1, 1, "f")])
    score = structure_score([table("ab cd", "e f")], [merged])
    assert score.top == 1 / 2 + 1 / 2 + 1 + 1  # each half of the merged cell is half of it
    assert score.con == pytest.approx(2 / 3 + 2 / 3 + 1 + 1)  # ab and abcd have 2 of 2 + 4 characters in common
    assert (score.cells_50, score.cells_75, score.cells_predicted) == (3, 2, 3)  # half of a cell is just IoU 0.5


def test_a_merged_cell_split() -> None:
    merged = of_cells([cell(0, 0, "ab", row_span=2), cell(0, 1, "c"), cell(1, 1, "d")])
    split = of_cells([cell(0, 0, "ab"), cell(1, 0, ""), cell(0, 1, "c"), cell(1, 1, "d")])
    score = structure_score([merged], [split])
    assert score.top == 1 / 2 + 1 / 2 + 1 + 1
    assert score.con == 1 + 0 + 1 + 1


def test_text_shifted_by_a_column() -> None:
    shifted = of_cells([cell(r, c, text) for r, row in enumerate(("ab", "de")) for c, text in enumerate(["", *row])])
    score = structure_score([table("a b c", "d e f")], [shifted])
    assert score.grits_con == 2 * 4 / (6 + 6)  # two columns of three are the same, one to the right
    assert score.grits_top == score.f1_75 == 1.0


def test_swapped_columns_lose_one_of_them() -> None:
    assert structure_score([table("a b", "c d")], [table("b a", "d c")]).grits_con == 2 * 2 / (4 + 4)


def test_line_breaks_in_a_cell_do_not_count() -> None:
    assert (
        structure_score([of_cells([cell(0, 0, "结果\n维持")])], [of_cells([cell(0, 0, "结果维持")])]).grits_con == 1.0
    )


def test_boxes_beside_their_cells() -> None:
    near = structure_score([FORM], [moved(FORM, right=8.0)])  # IoU 32 / 48
    assert (near.cells_50, near.cells_75) == (12, 0)
    far = structure_score([FORM], [moved(FORM, right=16.0)])  # IoU 24 / 56, and 16 / 64 with the next cell
    assert (far.cells_50, far.grits_con) == (0, 1.0)


def test_tables_missed_and_invented_count_with_all_their_cells() -> None:
    missed = structure_score([FORM, moved(FORM, page=2)], [FORM])
    assert (missed.grits_con, missed.recall_50, missed.precision_50) == (2 * 12 / (24 + 12), 0.5, 1.0)
    invented = structure_score([FORM], [FORM, moved(FORM, page=2)])
    assert (invented.grits_con, invented.recall_50, invented.precision_50) == (2 * 12 / (12 + 24), 1.0, 0.5)
    assert structure_score([FORM], []).grits_con == 0.0


def test_a_table_over_two_pages_is_compared_page_by_page() -> None:
    group = cell(0, 0, "（三）", row_span=3)
    rest = [cell(r, 1, text, page=page) for r, (text, page) in enumerate([("a", 1), ("b", 1), ("c", 2)])]
    whole = of_cells([group, *rest])
    first = of_cells([cell(0, 0, "（三）", row_span=2), *rest[:2]])
    second = of_cells(
        [Cell(0, 0, "", page=2, box=Box(0, 20, 40, 30)), Cell(0, 1, "c", page=2, box=Box(40, 20, 80, 30))]
    )
    score = structure_score([whole], [first, second])
    assert (score.tables_gold, score.tables_paired) == (2, 2)
    assert (score.grits_top, score.grits_con) == (1.0, 1.0)


def test_columns_that_a_page_does_not_show_do_not_count_there() -> None:
    first = [cell(0, 0, "规章"), cell(0, 1, "0"), cell(0, 2, "1")]
    rest = [cell(1, 0, "行政许可", page=2), cell(1, 1, "2", column_span=2, page=2)]
    alone = [cell(1, 0, "行政许可", page=2), cell(1, 1, "2", page=2)]
    score = structure_score([of_cells([*first, *rest])], [of_cells(first), of_cells(alone)])
    assert (score.grid_gold, score.top, score.con) == (5, 5.0, 5.0)


def test_without_boxes_tables_are_paired_in_order() -> None:
    gold = [without_places(table(*rows)) for rows in (("a b", "c d"), ("e f", "g h"), ("i j", "k l"))]
    score = structure_score(gold, gold[1:])
    assert (score.tables_paired, score.grits_con) == (2, 2 * 8 / (12 + 8))
    assert score.f1_50 is None


def test_gold_without_boxes_says_nothing_of_cells() -> None:
    score = structure_score([without_places(FORM)], [FORM])
    assert (score.cells_predicted, score.grits_con) == (0, 1.0)


def test_scores_add() -> None:
    parts = [structure_score([FORM], [table("规章 0 1", "许可 3 4")]), structure_score([FORM], [FORM])]
    total = parts[0] + parts[1]
    assert total.grits_con == 2 * (6 + 12) / (12 + 12 + 6 + 12)
    assert StructureScore() + total == total
    assert StructureScore().grits_con is None


@given(st.sets(st.integers(0, 5), min_size=1), st.sets(st.integers(0, 4), min_size=1))
def test_any_rows_and_columns_that_are_left_are_found(rows: set[int], columns: set[int]) -> None:
    whole = table(*(" ".join(f"第{r}行{c}列" for c in "甲乙丙丁戊") for r in "一二三四五六"))
    texts = {(c.row, c.column): c.text for c in whole.cells}
    left = [cell(i, j, texts[r, c]) for i, r in enumerate(sorted(rows)) for j, c in enumerate(sorted(columns))]
    score = structure_score([whole], [of_cells(left)])
    assert score.con == score.top == len(left)
