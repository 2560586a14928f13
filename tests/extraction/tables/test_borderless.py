"""Tables without rules: columns and rows from where figures and labels stand."""

from __future__ import annotations

import pytest

from extraction.geometry import Box
from extraction.tables.borderless import find_borderless_grids
from extraction.tables.grid import Grid

VALUES = (300, 340, 380, 420, 460)
HEADERS = ("自然人", "商业企业", "科研机构", "其他", "总计")


def word(text: str, x: float, y: float) -> Box:
    """Nine point type whose middle is at height `y`, from `x`."""
    width = sum(4.5 if c.isascii() else 9.0 for c in text)
    height = 6.5 if text.isascii() else 8.6
    return Box(x, y - height / 2, x + width, y + height / 2)


def centred(text: str, x: float, y: float) -> Box:
    box = word(text, 0, y)
    return Box(x - box.width / 2, box.top, x + box.width / 2, box.bottom)


def table(rows: list[tuple[list[str], list[str]]], top: float = 120.0, pitch: float = 20.0) -> list[Box]:
    """A header and rows of (lines of the label, figures); "" leaves a cell empty."""
    pieces = [centred(t, x, top) for t, x in zip(HEADERS, VALUES, strict=True)]
    y = top + pitch
    for label, figures in rows:
        middle = y + 6 * (len(label) - 1)
        pieces += [word(line, 80, y + 12 * k) for k, line in enumerate(label)]
        pieces += [centred(f, x, middle) for f, x in zip(figures, VALUES, strict=True) if f]
        y += pitch + 12 * (len(label) - 1)
    return pieces


ROWS = [
    (["一、本年新收申请数量"], ["12", "0", "3", "0", "15"]),
    (["二、上年结转申请数量"], ["0", "1", "0", "0", "1"]),
    (["三、不予公开的其他处理情形", "及其说明"], ["7", "0", "104", "2", "113"]),
    (["四、结转下年度继续办理"], ["0", "0", "0", "0", "0"]),
]


def only(pieces: list[Box]) -> Grid:
    (grid,) = find_borderless_grids(pieces, 1.0)
    return grid


def column_at(grid: Grid, x: float, y: float) -> tuple[int, int]:
    (cell,) = (c for c in grid.cells if c.left <= x < c.right and c.top <= y < c.bottom)
    return cell.row, cell.column


def test_every_figure_is_in_its_column_and_row() -> None:
    grid = only(table(ROWS))
    for row, y in enumerate((140, 160, 186, 212), start=1):
        assert [column_at(grid, x, y) for x in VALUES] == [(row, k + 1) for k in range(5)]


@pytest.mark.parametrize("empty", [(0, 1), (2, 0), (3, 4), (1, 2)])
def test_an_empty_cell_moves_no_figure(empty: tuple[int, int]) -> None:
    rows = [(label, list(figures)) for label, figures in ROWS]
    rows[empty[0]][1][empty[1]] = ""
    grid = only(table(rows))
    for row, y in enumerate((140, 160, 186, 212), start=1):
        assert [column_at(grid, x, y) for x in VALUES] == [(row, k + 1) for k in range(5)]


def test_a_column_without_any_figure_is_a_column() -> None:
    """The table goes on from another page, without its header, and nobody of one kind has applied."""
    rows = [(label, [*figures[:2], "", *figures[3:], "9"]) for label, figures in ROWS]
    pieces = []
    for k, (label, figures) in enumerate(rows):
        pieces += [word(label[0], 80, 120 + 20 * k)]
        pieces += [centred(f, x, 120 + 20 * k) for f, x in zip(figures, (*VALUES, 500), strict=True) if f]
    grid = only(pieces)
    for row in range(4):
        assert [column_at(grid, x, 120 + 20 * row) for x in (*VALUES, 500)] == [(row, k + 1) for k in range(6)]


def test_a_label_of_two_lines_is_one_cell_and_its_row_s() -> None:
    grid = only(table(ROWS))
    label = next(c for c in grid.cells if c.column == 0 and c.row == 3)
    assert label.top <= 176
    assert label.bottom >= 196
    assert not [c for c in grid.cells if c.column == 0 and c is not label and c.top < 196 and c.bottom > 176]


def test_a_group_beside_the_labels_is_no_part_of_them() -> None:
    """（三）不予公开 in two lines stands left of rows 2 and 3, at heights of its own."""
    pieces = [Box(b.left + 60, *b[1:]) if b.left == 80 else b for b in table(ROWS[:2] + ROWS[3:])]
    pieces += [word("（三）不", 85, 166), word("予公开", 85, 178)]
    labels = [c for c in only(pieces).cells if c.column == 0 and c.row]
    assert [c.left >= 130 for c in labels] == [True, True, True]


def test_prose_is_no_table() -> None:
    """Lines of 16 point type in pieces that commas part."""
    pieces = [
        Box(90 + 150 * k + 11 * (row % 3), 100 + 28 * row, 90 + 150 * k + 138, 114 + 28 * row)
        for row in range(12)
        for k in range(3)
    ]
    assert find_borderless_grids(pieces, 1.0) == []


def test_a_heading_parts_two_tables() -> None:
    heading = Box(90, 228, 330, 244)
    below = table(ROWS[:2], top=270)
    grids = find_borderless_grids([*table(ROWS), heading, *below], 1.0)
    assert [max(c.row for c in g.cells) for g in grids] == [4, 2]


def many(figures: list[str], y: float, left: float = 80.0, pitch: float = 28.0) -> list[Box]:
    return [centred(f, left + pitch * k, y) for k, f in enumerate(figures) if f]


WORDS = ["维持", "纠正", "其他", "未结", "总计"] * 3


def test_three_digit_figures_of_a_narrow_table_stay_apart() -> None:
    """Fifteen columns on a page stand so close that figures have less room than elsewhere."""
    figures = ["0", "3", "22", "1", "26", "0", "0", "0", "0", "0", "15", "11", "9", "148", "183"]
    grid = only([*many(WORDS, 120), *many(figures, 140)])
    assert [column_at(grid, 80 + 28 * k, 140)[1] for k in range(15)] == list(range(1, 16))


def test_last_columns_without_a_figure_are_columns_by_their_headers() -> None:
    """Some headers stand at another height than the others."""
    upper, lower = (["" if (w == "总计") is up else w for w in WORDS] for up in (True, False))
    figures = ["0", "", "0", "0", "0", "4", "0", "0", "0", "4", "0", "0", "0", "", ""]
    grid = only([*many(upper, 120), *many(lower, 125), *many(figures, 144)])
    assert [column_at(grid, 80 + 28 * k, 144)[1] for k in range(15)] == list(range(1, 16))


def test_a_lost_mark_does_not_cut_a_label_in_two() -> None:
    """Without its 、 the middle line of a label has a hole of more than a character."""
    pieces = table(ROWS)
    lines = [word("2.申请人逾期未按收费通知要", 80, 240), word("费用", 80, 252), word("行政机关不", 80 + 30, 252)]
    lines += [word("再处理其申请", 80, 264)]
    pieces += lines + [centred(f, x, 252) for f, x in zip("01203", VALUES, strict=True)]
    grid = only(pieces)
    row, column = column_at(grid, VALUES[0], 252)
    (label,) = (c for c in grid.cells if c.row <= row < c.row + c.row_span and c.column == column - 1)
    assert label.left <= 80 < label.right
    assert label.top < 236
    assert label.bottom > 266


def test_wide_headers_above_figures_are_no_labels() -> None:
    """第二十条第（八）、（九）项 alone on a page: as many headers as rows of figures, each above its column."""
    headers = (("信息内容", "上一年项目数量", "本年增/减"), ("信息内容", "采购项目数量", "采购总金额"))
    pieces = []
    for k, (header, label) in enumerate(zip(headers, ("行政事业性收费", "政府集中采购"), strict=True)):
        y = 120 + 60 * k
        pieces += [centred(text, x, y) for text, x in zip(header, (146, 274, 437), strict=True)]
        pieces += [word(label, 76, y + 20), centred("5", 274, y + 20), centred("0", 437, y + 20)]
    grid = only(pieces)
    assert [column_at(grid, x, 140) for x in (90, 274, 437)] == [(1, 0), (1, 1), (1, 2)]
    assert [column_at(grid, x, 200) for x in (90, 274, 437)] == [(3, 0), (3, 1), (3, 2)]
