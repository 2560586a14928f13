"""Which grid columns stand under which column of the form, where a scan's grid is not what was printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.document import Cell, Field, Status, Table
from extraction.geometry import Box
from extraction.settings import Settings
from tests.extraction.decided import label_fields

LEAVES = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
FIRST = ["本年新收政府信息公开申请数量", "上年结转政府信息公开申请数量", "（一）予以公开"]
SECOND = ["3.其他", "（七）总计", "四、结转下年度继续办理"]
SCAN = 0.999


def cells_of(rows: list[list[str]], first: int = 0) -> list[Cell]:
    return [Cell(first + r, k, text, confidence=SCAN) for r, row in enumerate(rows) for k, text in enumerate(row)]


def headed() -> Table:
    """The first page's table: header and three rows."""
    rows = [["（本列数据的勾稽关系）", *LEAVES], *([label, *"1000001"] for label in FIRST)]
    return Table(tuple(cells_of(rows)), page=1)


def read(second: Table) -> list[Field]:
    """The fields of the rows on the second page."""
    fields = label_fields([headed(), second], Settings()).fields
    rows = ("applications.results.other.other", "applications.results.total", "applications.carried_out")
    return [f for f in fields if f.id.rpartition(".")[0] in rows]


def test_an_empty_strip_beside_a_table_that_goes_on_is_no_column() -> None:
    found = read(Table(tuple(cells_of([[label, *"2000002", ""] for label in SECOND])), page=2))
    assert {f.status for f in found} == {Status.READ}
    assert [f.printed for f in found] == [*"2000002"] * 3


@pytest.mark.parametrize("strip", range(1, 8))
def test_an_empty_strip_among_the_columns_is_not_told_from_an_empty_column(strip: int) -> None:
    """2 0 0 0 0 0 and no total, a strip among them: as many columns as beside a strip."""
    row = [*"200000"]
    found = read(
        Table(tuple(cells_of([[label, *row[: strip - 1], "", *row[strip - 1 :], ""] for label in SECOND])), page=2)
    )
    assert {f.status for f in found} == {Status.REVIEW}


def test_cells_that_have_run_together_in_one_row_leave_the_others() -> None:
    """The rule between two cells was not seen in the last row; the header's table has one more column of labels."""
    first = Table(tuple(_moved(c) for c in headed().cells), page=1)
    whole = cells_of([[label, *"2010003"] for label in SECOND])
    cells = [_put(replace(c, column_span=2, text="0 1") if (c.row, c.column) == (2, 2) else c, c.column) for c in whole]
    table = Table(tuple(c for c in cells if (c.row, c.column) != (2, 3)), page=2)
    found = {f.id: f for f in label_fields([first, table], Settings()).fields}
    total = [found[f"applications.results.total.{c}"] for c in ("natural_person", "research_institution", "total")]
    assert [(f.printed, f.status) for f in total] == [("2", Status.READ), ("1", Status.READ), ("3", Status.READ)]
    last = [found[f"applications.carried_out.{c}"].status for c in ("enterprise", "research_institution", "other")]
    assert last == [Status.REVIEW, Status.REVIEW, Status.READ]


def _moved(cell: Cell) -> Cell:
    """The cell one grid column further to the right, at the same place of the page; labels are wider instead."""
    moved = replace(cell, column=cell.column + 1) if cell.column else replace(cell, column_span=2)
    return _put(moved, cell.column)


def _put(cell: Cell, place: int) -> Cell:
    return replace(
        cell, box=Box(40.0 * place, 20.0 * cell.row, 40.0 * (place + cell.column_span), 20.0 * cell.row + 20)
    )


def test_what_is_above_the_labels_is_no_header_of_columns() -> None:
    """The cell above the labels cut into as many pieces as make the number of columns right, one of them a figure."""
    pieces = ["（本", "列数", "的勾", "稽关系为第一项加第二项之"]
    top = [*pieces, "自然人", "法人或其他组织", "总计"]
    rows = [
        *(Cell(0, k, text, confidence=SCAN) for k, text in enumerate(top[:5])),
        Cell(0, 5, top[5], 1, 5, confidence=SCAN),
        Cell(0, 10, top[6], 2, confidence=SCAN),
        *(Cell(1, k, "1", confidence=SCAN) for k in range(1, 3)),
        *(Cell(1, 5 + k, text, confidence=SCAN) for k, text in enumerate(LEAVES[1:6])),
    ]
    for r, label in enumerate(FIRST, 2):
        rows.append(Cell(r, 0, label, 1, 4, confidence=SCAN))
        rows += [Cell(r, 4 + k, text, confidence=SCAN) for k, text in enumerate("1000001")]
    fields = label_fields([Table(tuple(rows), page=1)], Settings()).fields
    found = [f for f in fields if f.id.startswith(("applications.received", "applications.carried_in"))]
    assert {f.status for f in found} == {Status.READ}
    assert [f.printed for f in found] == [*"1000001"] * 2
