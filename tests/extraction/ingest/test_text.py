"""Text dumps in the four shapes that other programs leave, each shown in full."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Page, RegionKind
from extraction.errors import EmptyFile
from extraction.ingest.text import read_text

TABBED = """\
松溪县档案局2021年政府信息公开工作年度报告
一、总体情况
全年公开信息12条。
信息内容\t本年制发件数\t本年废止件数
规章\t0\t0
规范性文件\t3\t\t7
三、其他
"""

CELL_AFTER_TAB = """\
松溪县档案局报告

一、总体情况
\t信息内容
\t本年制发件数
\t本年废止件数

\t规章
\t0
\t

\t规范性文件
\t3
\t7

三、其他
"""

CELL_BEFORE_BAR = """\
松溪县档案局报告
信息内容 |
本年制发件数 |
本年废止件数 |
|
规章 |
0 |
1 |
| |
规范性文件 |
3 |
7 ||
三、其他
"""

MARKDOWN = """\
# 松溪县档案局报告

## **一、总体情况**

- 全年公开信息**12**条。

| 信息内容 | 本年制发件数 | 本年废止件数 |
| :--- | :---: | ---: |
| 规章 | 0 | |
| **规范性文件** | 3 | 7 |

三、其他
"""


def shown(page: Page) -> list[str | list[list[str]]]:
    """Lines as text, tables as rows of cells."""
    return [
        region.text if region.table is None else [[c.text for c in row] for row in region.table.rows()]
        for region in page.regions
    ]


def test_rows_of_cells_parted_by_tabs() -> None:
    assert shown(read_text(TABBED)) == [
        "松溪县档案局2021年政府信息公开工作年度报告",
        "一、总体情况",
        "全年公开信息12条。",
        [["信息内容", "本年制发件数", "本年废止件数"], ["规章", "0", "0"], ["规范性文件", "3", "", "7"]],
        "三、其他",
    ]


def test_a_cell_a_line_after_a_tab_rows_parted_by_empty_lines() -> None:
    assert shown(read_text(CELL_AFTER_TAB)) == [
        "松溪县档案局报告",
        "一、总体情况",
        [["信息内容", "本年制发件数", "本年废止件数"], ["规章", "0", ""], ["规范性文件", "3", "7"]],
        "三、其他",
    ]


def test_a_cell_a_line_before_a_bar_rows_parted_by_bars() -> None:
    assert shown(read_text(CELL_BEFORE_BAR)) == [
        "松溪县档案局报告",
        [["信息内容", "本年制发件数", "本年废止件数"], ["规章", "0", "1"], ["规范性文件", "3", "7"]],
        "三、其他",
    ]


def test_markdown_without_its_marks() -> None:
    page = read_text(MARKDOWN.replace("**规范性文件**", "规范性文件"))
    assert shown(page) == [
        "松溪县档案局报告",
        "一、总体情况",
        "全年公开信息12条。",
        [["信息内容", "本年制发件数", "本年废止件数"], ["规章", "0", ""], ["规范性文件", "3", "7"]],
        "三、其他",
    ]


def test_markdown_emphasis_in_a_cell() -> None:
    table = shown(read_text(MARKDOWN))[3]
    assert table[2] == ["规范性文件", "3", "7"]


@pytest.mark.parametrize("dump", [TABBED, CELL_AFTER_TAB, CELL_BEFORE_BAR, MARKDOWN])
def test_tables_are_not_aligned_and_there_are_no_places(dump: str) -> None:
    page = read_text(dump)
    (table,) = [r.table for r in page.regions if r.table is not None]
    assert not table.aligned
    assert (page.number, page.width, page.height, page.raster) == (None, None, None, None)
    assert all(r.kind in (RegionKind.TEXT, RegionKind.TABLE) for r in page.regions)
    assert all(not c.doubts for c in table.cells)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("dump", [TABBED, CELL_AFTER_TAB, CELL_BEFORE_BAR, MARKDOWN])
def test_the_line_ends_of_other_systems(dump: str, line_end: str) -> None:
    assert shown(read_text(dump.replace("\n", line_end))) == shown(read_text(dump))


def test_bars_in_prose_make_no_table() -> None:
    text = "首页 | 新闻 | 公开\n一、总体情况\n全年12条。"
    assert shown(read_text(text)) == ["首页 | 新闻 | 公开", "一、总体情况", "全年12条。"]


def test_wide_spaces_around_lines_and_cells_are_left_out() -> None:
    assert shown(read_text("\u3000\u3000全年12条。\n规章\t\u3000 3\u00a0\n其他")) == [
        "全年12条。",
        [["规章", "3"]],
        "其他",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", " \t\n\t\n", "\u3000\ufeff", "\f"])
def test_nothing_printed(text: str) -> None:
    with pytest.raises(EmptyFile):
        read_text(text)


def doubts(text: str) -> list[str]:
    """The texts of the cells of which there may have been more."""
    return [c.text for r in read_text(text).regions if r.table is not None for c in r.table.cells if c.doubts]


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("规章\t12\t3", ["3"]),  # of 345?
        ("规章\t12\t", [""]),  # of 5?
        ("规章\t12\t3\n", []),
        ("规章\t12\t3\n其他", []),
        ("| 规章 | 12 |\n| 文件 | 1", ["1"]),
        ("\t规章\n\t12", ["12"]),
    ],
)
def test_the_last_cell_of_a_file_that_ends_in_it_is_doubtful(text: str, doubtful: list[str]) -> None:
    assert doubts(text) == doubtful


@given(st.text(alphabet="一12 \t|\n-*#_\r\u3000", max_size=60))
def test_no_figure_is_lost_or_made_up(text: str) -> None:
    printed = sum(c in "12一" for c in text)
    try:
        page = read_text(text)
    except EmptyFile:
        assert printed == 0 or "1" not in text
        return
    cells = [c.text for r in page.regions if r.table is not None for c in r.table.cells]
    read = "".join([*cells, *(r.text for r in page.regions if r.table is None)])
    assert sum(c in "12一" for c in read) == printed
