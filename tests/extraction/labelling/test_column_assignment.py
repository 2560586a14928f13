"""A row under its header: what stands under none of a scan's headers puts the row in doubt."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from extraction.document import Cell, Field, Status, Table
from extraction.doubts import DoubtCode, Doubts, doubt
from extraction.forms.catalogue import template
from extraction.forms.form_lines import LineKind, form_lines
from extraction.forms.printed_form import FormTable
from extraction.geometry import Box
from extraction.labelling.column_assignment import place
from extraction.labelling.header_alignment import Header
from extraction.labelling.row_alignment import RowMatch, match_form
from extraction.labelling.table_rows import printed_rows
from extraction.settings import LabelSettings, Settings
from tests.extraction.decided import label_fields
from training.labeller.aligned import Trial, drawn
from training.labeller.data.provincial import provincial, total_first
from training.synthetic.content.report import draft_report

LINE = next(
    line
    for line in form_lines(template("2021"))
    if line.kind is LineKind.DATA and line.block.id == "applications" and line.row and line.row.id == "results.granted"
)
COLUMNS = [c.id for c in LINE.block.columns]


def row_of(extra: str, confidence: float) -> tuple[RowMatch, Header]:
    """A label, seven figures, and between the second and third a cell under no header."""
    texts = ["（一）予以公开", "1", "2", extra, "3", "4", "5", "6", "21"]
    cells = tuple(Cell(0, k, text, confidence=confidence) for k, text in enumerate(texts))
    (row,) = printed_rows([Table(cells)])
    at = [1, 2, 4, 5, 6, 7, 8]
    header = Header(
        {c: (k, k + 1) for c, k in zip(COLUMNS, at, strict=True)},
        {c: Cell(0, k, "") for c, k in zip(COLUMNS, at, strict=True)},
    )
    return RowMatch(LINE, (row,)), header


def doubts(extra: str, confidence: float) -> set[Doubts]:
    match, header = row_of(extra, confidence)
    return {p.doubts for p in place(match, match.rows[0], header).values()}


@pytest.mark.parametrize("extra", ["0", "7", "尸"])
def test_half_a_figure_beside_a_streak_puts_the_row_in_doubt(extra: str) -> None:
    assert doubts(extra, 0.99) == {doubt(DoubtCode.COLUMN_UNCERTAIN)}


@pytest.mark.parametrize("extra", ["", "/"])
def test_nothing_under_no_header_is_no_doubt(extra: str) -> None:
    assert doubts(extra, 0.99) == {()}


def test_a_column_of_native_text_that_the_form_does_not_have_is_no_doubt() -> None:
    assert doubts("7", 1.0) == {()}


@pytest.mark.parametrize(
    ("above", "broken", "in_doubt"),
    [("", False, True), ("其他", False, False), ("其他", True, True), (None, False, False)],
)
def test_an_empty_cell_that_may_be_no_column(above: str | None, broken: bool, in_doubt: bool) -> None:
    """Below headers that cannot be read a streak makes a column more, a lost rule one less: 2 and 0 are one cell."""
    printed = ["（一）予以公开", "1", "", "20", "3", "4", "5", "33"]
    heads = [] if above is None else ["", "然", above, "科 会", "服", "x", "y", "计"]
    cells = [Cell(0, k, text, confidence=0.99) for k, text in enumerate(heads)]
    cells += [
        Cell(1, k, text, confidence=0.99, doubts=doubt(DoubtCode.GRID_LINE_BROKEN) if broken and not text else ())
        for k, text in enumerate(printed)
    ]
    row = printed_rows([Table(tuple(cells))])[-1]
    doubts = {bool(p.doubts) for p in place(RowMatch(LINE, (row,)), row, None).values()}
    assert doubts == {in_doubt}


@pytest.mark.parametrize("confidence", [0.99, 1.0])
def test_a_figure_where_the_label_should_stand_puts_the_row_in_doubt(confidence: float) -> None:
    """What was taken for the column of labels holds the first figure: the others may each be one column off."""
    texts = ["1", "2", "3", "4", "5", "6", "21", ""]
    cells = tuple(Cell(0, k, text, confidence=confidence) for k, text in enumerate(texts))
    (row,) = printed_rows([Table(cells)])
    header = Header(
        {c: (k, k + 1) for k, c in enumerate(COLUMNS, start=1)},
        {c: Cell(0, k, "") for k, c in enumerate(COLUMNS, start=1)},
    )
    found = place(RowMatch(LINE, (row,), by_place=True), row, header)
    assert {p.doubts for p in found.values()} == {doubt(DoubtCode.COLUMN_UNCERTAIN)}


def test_a_row_on_the_same_page_is_no_half_of_the_one_above() -> None:
    """A seal lies on the second row; its figure is not the first row's."""
    printed = [
        ["4.保护第三方合法权益", "6", "", "", "", "", "", "6"],
        ["5.属于三类内部事务信息", "", "", "", "", "", "", ""],
        ["6.四类过程性信息7", "卡县", "", "", "", "", "", "5"],
        ["7.属于行政执法案卷", "1", "", "", "", "", "", "1"],
    ]
    cells = tuple(Cell(r, k, text, page=1) for r, row in enumerate(printed) for k, text in enumerate(row))
    match = match_form(printed_rows([Table(cells, page=1)]), LabelSettings())
    assert match is not None
    assert all(len(m.rows) == 1 for m in match.rows)


def test_a_label_in_pieces_is_that_of_its_own_row() -> None:
    """Streaks of a scanner cut the column of labels; the last piece alone is more like the next row's label."""
    labels = [["一、本年新", "女政", "信息公开申请数量"], ["二、上年结", "专政", "申请数量"]]
    cells = tuple(
        Cell(r, k, text, page=1, confidence=0.99)
        for r, pieces in enumerate(labels)
        for k, text in enumerate([*pieces, *"1203006"])
    )
    match = match_form(printed_rows([Table(cells, page=1)]), LabelSettings())
    assert match is not None
    assert [m.line.row.id for m in match.data if m.line.row] == ["received", "carried_in"]


def procurement(header: str, confidence: float, amount: str, doubts: Doubts = ()) -> Field:
    """The field of 采购总金额 under this header."""
    texts = [["信息内容", "采购项目数量", header], ["政府集中采购", "3", amount]]
    cells = tuple(
        Cell(r, k, text, confidence=confidence if text == header else 0.999, doubts=doubts if text == header else ())
        for r, row in enumerate(texts)
        for k, text in enumerate(row)
    )
    fields = label_fields([Table(cells, page=1)], Settings()).fields
    return next(f for f in fields if f.id == "proactive.government_procurement.amount_yuan")


@pytest.mark.parametrize(
    ("header", "confidence", "amount", "status"),
    [
        ("采购总金额", 0.98, "12", Status.READ),
        ("采购总金额（万元）", 0.6, "12", Status.READ),  # a wording of the form: no other is so much like it
        ("采购总金额", 0.6, "12", Status.REVIEW),  # the line below it may be lost
        ("采购总金额号元", 0.6, "12", Status.REVIEW),
        ("采购总金额", 0.6, "0", Status.READ),  # nothing in any unit
        ("采购总金额", 0.6, "12万元", Status.READ),  # the figure has its own
    ],
)
def test_money_under_a_header_that_could_not_be_read(
    header: str, confidence: float, amount: str, status: Status
) -> None:
    assert procurement(header, confidence, amount).status is status


def test_money_under_a_header_in_doubt() -> None:
    assert procurement("采购总金额", 0.98, "12", doubt(DoubtCode.READINGS_DIFFER)).status is Status.REVIEW


def going_on(
    left: float, upper_strip: tuple[str, ...] = (), lower_strip: str = "", corner: int = 1
) -> dict[str, Field]:
    """Two rows of the applications below their header, and on the next page one with `corner` columns of labels less, a
    strip at its right, and figures `left` points from where the header's columns stand."""
    block = LINE.block
    headers = [
        Cell(0, k, text, page=1, box=Box(60 * k, 0, 60 * k + 60, 20))
        for k, text in enumerate([block.corner, *[""] * corner, *(c.label for c in block.columns), *upper_strip])
    ]
    labels = [row.label for row in block.rows[:2]]
    upper = [
        Cell(r, k, text, page=1, confidence=0.9995, box=Box(60 * k, 20 * r, 60 * k + 60, 20 * r + 20))
        for r, label in enumerate(labels, 1)
        for k, text in enumerate([*[""] * corner, label, *"1203006", *upper_strip])
    ]
    lower = [
        Cell(0, k, text, page=2, confidence=0.9995, box=Box(x, 0, x + 60, 20))
        for k, text in enumerate(["四、结转下年度继续办理", *"1234564", lower_strip])
        for x in [60 * (k + corner) + left * (k > 3)]
    ]
    tables = [Table((*headers, *upper), page=1), Table(tuple(lower), page=2)]
    return {f.id: f for f in label_fields(tables, Settings()).fields}


def test_columns_that_go_on_beside_an_empty_strip() -> None:
    fields = going_on(0)
    read = [fields[f"applications.carried_out.{c}"] for c in COLUMNS]
    assert [(f.printed, f.status) for f in read] == [(text, Status.READ) for text in "1234564"]


@pytest.mark.parametrize(("left", "status"), [(0, Status.READ), (25, Status.REVIEW)])
def test_columns_go_on_beside_one_that_the_form_does_not_have(left: float, status: Status) -> None:
    """The header's own table has it too."""
    fields = going_on(left, ("",), "0", corner=0)
    read = [fields[f"applications.carried_out.{c}"] for c in COLUMNS]
    assert {f.status for f in read} == {status}
    assert left or [f.printed for f in read] == [*"1234564"]


def test_columns_that_stand_elsewhere_do_not_go_on() -> None:
    fields = going_on(25)
    assert {fields[f"applications.carried_out.{c}"].status for c in COLUMNS} == {Status.REVIEW}


# ---- a row of figures without a label


def disputes(headers: list[list[str]], confidence: float) -> dict[str, Status]:
    """The statuses of a row of fifteen figures below these rows, after a table that has the header and no figures."""
    titled = Table(tuple(Cell(0, k, text) for k, text in enumerate(("行政复议", "行政诉讼"))))
    rows = [*headers, ["0"] * 15]
    cells = (Cell(r, k, t, confidence=confidence) for r, row in enumerate(rows) for k, t in enumerate(row))
    licences = Table(
        tuple(
            Cell(r, k, t)
            for r, row in enumerate((["信息内容", "本年处理决定数量"], ["行政许可", "5"], ["行政处罚", "5"]))
            for k, t in enumerate(row)
        )
    )
    labelled = label_fields([licences, titled, Table(tuple(cells))], Settings())
    return {f.id: f.status for f in labelled.fields if f.id.startswith(("review", "litigation"))}


@pytest.mark.parametrize("confidence", [0.9999, 1.0])
def test_figures_below_headers_that_say_nothing_are_in_doubt_on_a_scan(confidence: float) -> None:
    """The page may stand on its head: then the last figure is the first."""
    found = set(disputes([["招营", *[""] * 14], ["渠", *[""] * 14]], confidence).values())
    assert found == ({Status.REVIEW} if confidence < 1 else {Status.READ})


def test_figures_that_begin_a_page_after_their_header_are_read() -> None:
    assert set(disputes([], 0.9999).values()) == {Status.READ}


@pytest.mark.parametrize("seed", [71_000_000, 71_000_004, 71_000_028, 71_000_093])
@pytest.mark.parametrize(("smudged", "named"), [((), True), (("自然人",), True), (("自然人", "科研机构"), False)])
def test_columns_in_another_order_than_the_forms_are_read_by_name_or_go_to_a_person(
    seed: int, smudged: tuple[str, ...], named: bool
) -> None:
    """The total stands before the applicants; merged headers above them must not hide that."""
    draft = draft_report(seed, "dev")
    forms = [p for p in draft.parts if isinstance(p, FormTable) and p.section == "applications"]
    moved = replace(draft, parts=tuple(replace(form, rows=tuple(map(total_first, form.rows))) for form in forms))
    tables = [r.table for r in drawn(moved, Trial(), Random(seed)).regions if r.table is not None]
    tables = [_smudged(table, smudged) for table in tables]
    read = {f.id: f for f in label_fields(tables, Settings()).fields}
    printed = [f for f in draft.report.fields if f.id.startswith("applications.") and f.value]
    assert printed
    assert {read[f.id].status for f in printed} == {Status.READ if named else Status.REVIEW}
    assert not named or {f.id: read[f.id].value for f in printed} == {f.id: f.value for f in printed}


def _smudged(table: Table, texts: tuple[str, ...]) -> Table:
    """The table with the headers of these texts hardly read, as something else."""
    cells = (replace(c, text="渠", confidence=0.4) if c.text in texts else c for c in table.cells)
    return replace(table, cells=tuple(cells))


def test_legible_headers_that_are_no_columns_say_nothing_of_the_order() -> None:
    """A province's own names of the applicants, the total first: rows are named as in the form, columns may be any."""
    draft = draft_report(71_000_000, "dev")
    own = [p for p in provincial(draft).parts if isinstance(p, FormTable) and p.section == "applications"]
    forms = [p for p in draft.parts if isinstance(p, FormTable) and p.section == "applications"]
    parts = tuple(
        replace(ours, rows=(*theirs.rows[:3], *map(total_first, ours.rows[3:])))
        for ours, theirs in zip(forms, own, strict=True)
    )
    tables = [r.table for r in drawn(replace(draft, parts=parts), Trial(), Random(1)).regions if r.table is not None]
    read = [f for f in label_fields(tables, Settings()).fields if f.id.startswith("applications.") and f.value]
    assert read
    assert {f.status for f in read} == {Status.REVIEW}
