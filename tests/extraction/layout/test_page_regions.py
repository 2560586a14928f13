"""The layout network as a witness for tables, beside rules and columns of text."""

import pytest

from extraction.document import Cell, Span, Table
from extraction.geometry import Box
from extraction.layout.page_regions import _is_table_row, _unread_tables, unaligned_table

SEEN = Box(50, 100, 550, 300)


def row(*texts: str, top: float = 150) -> list[Span]:
    return [Span(t, 1, Box(100 + 150 * k, top, 180 + 150 * k, top + 12)) for k, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("printed", "alone", "in_a_table_seen"),
    [
        (row("行政许可", "12"), True, True),
        (row("信息内容", "本年处理决定数量"), False, True),
        (row("一行文字"), False, False),
        (row("甲", "乙", "丙"), True, True),
    ],
)
def test_rows_in_columns(printed: list[Span], alone: bool, in_a_table_seen: bool) -> None:
    assert _is_table_row(printed, []) is alone
    assert _is_table_row(printed, [SEEN]) is in_a_table_seen


def test_a_table_that_only_the_network_sees_is_named() -> None:
    found = Table((Cell(0, 0, "1"),), 1, Box(60, 110, 540, 290))
    elsewhere = Table((Cell(0, 0, "1"),), 1, Box(60, 400, 540, 500))
    blocks = [("table", SEEN), ("figure", Box(50, 600, 550, 700))]
    assert _unread_tables(blocks, [found]) == []
    assert _unread_tables(blocks, [elsewhere]) == [SEEN]


def test_a_loose_table_keeps_rows_and_order_and_promises_no_columns() -> None:
    rows = [
        [Span("规章", 2, Box(50, 100, 70, 110)), Span("0", 2, Box(100, 100, 105, 110), 0.7)],
        [Span("规范性文件", 2, Box(50, 120, 100, 130)), Span("6", 2, Box(120, 120, 125, 130)),
         Span("38", 2, Box(160, 120, 170, 130))],
    ]  # fmt: skip
    table = unaligned_table(rows, 2)
    assert not table.aligned
    assert [(c.row, c.column, c.text) for c in table.cells] == [
        (0, 0, "规章"),
        (0, 1, "0"),
        (1, 0, "规范性文件"),
        (1, 1, "6"),
        (1, 2, "38"),
    ]
    assert table.box == Box(50, 100, 170, 130)
    assert table.page == 2
    assert [c.confidence for c in table.cells] == [1, 0.7, 1, 1, 1]
    assert (table.row_count, table.column_count) == (2, 3)
