"""Each test shows its input: a national form filled with different figures everywhere, and what was done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from extraction.document import Cell, Field, Status, Table
from extraction.forms.catalogue import field_forms, template
from extraction.labelling.fields import Labelled
from extraction.settings import Settings
from tests.examples import examples
from tests.extraction.decided import label_fields
from tests.extraction.form_tables import (
    Form,
    Line,
    Slot,
    blank_form,
    cut,
    data_lines,
    drop,
    edit,
    insert,
    joined,
    placed,
    relabel,
    reword,
    rewrite,
    split_row,
    surplus,
    tables,
)

few = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEMPLATES = st.sampled_from(["2019", "2021"])
BLANK_MARKS = ["", "/", "-", "—", "--", "无", "——"]
EXTRA_LABELS = ["其他主动公开文件", "行政确认", "行政征收", "备注说明"]
GARBAGE = ["㓰圡亍", "8|尸", "一", "", "〇口口", "二三", "目录", "Ⅲ#"]
INSTRUCTIONS = "其他对外管理服务事项（不含行政许可、行政处罚、行政强制、行政事业性收费）"


@dataclass(frozen=True)
class Layout:
    """How a form is printed: on a grid, or in ragged rows that keep or lose what merged cells cover."""

    aligned: bool
    merged: str = "empty"

    def read(self, form: Form) -> Labelled:
        return label_fields(tables(form, self.aligned, self.merged), Settings())


GRID, RAGGED, LOSSY = Layout(True), Layout(False, "empty"), Layout(False, "dropped")
LAYOUTS = [GRID, RAGGED, LOSSY]
every_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=["grid", "ragged", "lossy"])
every_form = pytest.mark.parametrize("form_id", ["2019", "2021"])


def errors(labelled: Labelled, form: Form) -> list[str]:
    """Silent errors: what is taken as read or blank and is not what was placed there."""
    there = placed(form)
    found = []
    for field in labelled.fields:
        if field.status not in (Status.REVIEW, Status.MISSING):
            slot = there.get(field.id)
            if slot is None or field.value != slot.value or field.printed != slot.text:
                found.append(f"{field.id}: {field.status} {field.printed!r}, placed {slot and slot.text!r}")
    return found


def unread(labelled: Labelled, form: Form) -> set[str]:
    """The fields in print that were not accepted."""
    accepted = {f.id for f in labelled.fields if f.status in (Status.READ, Status.BLANK)}
    return set(placed(form)) - accepted


def exactly(labelled: Labelled, form: Form, but: set[str] | None = None) -> None:
    """Every field reads as placed, those `but` named excepted, which may only be left open; nothing else is read."""
    assert errors(labelled, form) == []
    assert unread(labelled, form) <= (but or set())
    absent = [f for f in labelled.fields if f.id not in placed(form)]
    assert {f.status for f in absent} <= ({Status.MISSING, Status.REVIEW} if but else {Status.MISSING})


def row_fields(form: Form, table: int, at: int) -> set[str]:
    return {s.field for s in form[table][at].slots if s.field}


def line_of(form: Form, row: str) -> tuple[int, int]:
    return next(
        (t, k) for t, lines in enumerate(form) for k, line in enumerate(lines) if line.row == row and line.label
    )


def by_id(labelled: Labelled) -> dict[str, Field]:
    return {f.id: f for f in labelled.fields}


# ---------------------------------------------------------------- plain forms


@every_layout
@every_form
def test_a_plain_form_reads_as_filled(form_id: str, layout: Layout) -> None:
    form = blank_form(form_id)
    labelled = layout.read(form)
    exactly(labelled, form)
    assert labelled.template == template(form_id)
    assert [f.id for f in labelled.fields] == [f.id for f in template(form_id).fields]
    assert labelled.extra_rows == ()


@every_layout
@every_form
def test_every_blank_mark_is_blank_and_never_zero(form_id: str, layout: Layout) -> None:
    form = blank_form(form_id)
    for k, field in enumerate(placed(form)):
        if k % 3 == 0 and not field.startswith(("review", "litigation")):
            form = rewrite(form, field, BLANK_MARKS[k // 3 % len(BLANK_MARKS)], None)
    labelled = layout.read(form)
    exactly(labelled, form)
    blanks = {f.id for f in labelled.fields if f.status is Status.BLANK}
    assert blanks == {i for i, slot in placed(form).items() if slot.value is None}


@every_layout
@every_form
def test_an_empty_form_is_blank_throughout(form_id: str, layout: Layout) -> None:
    form = blank_form(form_id)
    for field in placed(form):
        form = rewrite(form, field, "", None)
    labelled = layout.read(form)
    assert errors(labelled, form) == []
    assert all(f.value is None for f in labelled.fields)


def test_no_table_is_no_template() -> None:
    assert label_fields([], Settings()) == Labelled(None)


def test_another_table_is_no_template() -> None:
    texts = [["姓名", "电话"], ["张三", "12"], ["李四", "34"]]
    cells = tuple(Cell(r, c, t) for r, row in enumerate(texts) for c, t in enumerate(row))
    assert label_fields([Table(cells)], Settings()) == Labelled(None)


# ---------------------------------------------------------------- pages


@given(TEMPLATES, st.sampled_from(LAYOUTS), st.booleans(), st.sampled_from(["empty", "repeated"]), st.data())
@few
def test_a_table_cut_by_the_page_anywhere(
    form_id: str, layout: Layout, header: bool, groups: str, data: st.DataObject
) -> None:
    form = blank_form(form_id)
    table = data.draw(st.integers(0, 2))
    at = data.draw(st.integers(1, len(form[table]) - 1))
    note(f"table {table} cut before line {at}: {[s.text for s in form[table][at].slots]}")
    halves = cut(form, table, at, header, groups)
    exactly(layout.read(halves), halves)


@given(TEMPLATES, st.data())
@few
def test_a_page_break_in_a_header(form_id: str, data: st.DataObject) -> None:
    """The block's title is the last line of a page and its header the first of the next."""
    form = blank_form(form_id)
    titles = [k for k, line in enumerate(form[0]) if line.kind == "title"]
    halves = cut(form, 0, data.draw(st.sampled_from(titles)) + 1)
    exactly(GRID.read(halves), halves)


@pytest.mark.slow
@given(TEMPLATES, st.sampled_from(LAYOUTS), st.sampled_from(["upper", "lower"]), st.booleans(), st.data())
@settings(parent=few, max_examples=examples(60))
def test_a_row_in_two_halves(
    form_id: str, layout: Layout, figures_in: str, two_pages: bool, data: st.DataObject
) -> None:
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from([p for p in data_lines(form) if len(form[p[0]][p[1]].label) >= 6]))
    label = form[table][at].label
    characters = data.draw(st.integers(3, len(label) - 2))
    note(f"{label[:characters]} | {label[characters:]}, figures in the {figures_in} half")
    split = split_row(form, table, at, characters, figures_in, two_pages)
    exactly(layout.read(split), split, row_fields(form, table, at))


@every_layout
@pytest.mark.parametrize("figures_in", ["upper", "lower"])
@pytest.mark.parametrize("two_pages", [True, False])
def test_a_row_in_two_halves_is_read(layout: Layout, figures_in: str, two_pages: bool) -> None:
    """3.危及“三安全一稳 | 定”: nothing is left open."""
    form = blank_form("2021")
    table, at = line_of(form, "results.denied.endangers_security_stability")
    split = split_row(form, table, at, 9, figures_in, two_pages)
    exactly(layout.read(split), split)


def test_two_labels_in_one_cell_say_not_whose_a_row_of_figures_is() -> None:
    """The rule between two labels is lost, and one of their rows is blank: the figures were taken for the first's."""
    form = blank_form("2021")
    fields = [row_fields(form, *line_of(form, f"results.other.{row}")) for row in ("fee_unpaid", "other")]
    table = tables(form)[1]
    upper, lower = (
        next(c for c in table.cells if c.text == form[1][line_of(form, f"results.other.{row}")[1]].label)
        for row in ("fee_unpaid", "other")
    )
    cells = []
    for cell in table.cells:
        if cell is upper:
            cell = replace(cell, text=f"{upper.text}\n{lower.text}", row_span=2)
        elif cell.row == upper.row and cell.column > upper.column:
            cell = replace(cell, text="")
        if cell is not lower:
            cells.append(cell)
    read = label_fields([tables(form)[0], replace(table, cells=tuple(cells)), tables(form)[2]], Settings())
    settled = {f.id for f in read.fields if f.status not in (Status.REVIEW, Status.MISSING)}
    assert not settled & {field for row in fields for field in row}


@given(TEMPLATES, st.sampled_from(LAYOUTS), st.integers(0, 1))
@few
def test_tables_taken_as_one(form_id: str, layout: Layout, table: int) -> None:
    form = joined(blank_form(form_id), table)
    exactly(layout.read(form), form)


@every_layout
@every_form
def test_an_index_table_before_the_report(form_id: str, layout: Layout) -> None:
    form = blank_form(form_id)
    index = (
        Line("other", tuple(map(Slot, ("索引号", "0012345/2021-00017", "文号", "无")))),
        Line("other", tuple(map(Slot, ("发布日期", "2021-01-27", "主题分类", "政府信息公开年报")))),
        Line("other", tuple(map(Slot, ("发布机构", "某某区甲局", "浏览次数", "152")))),
    )
    labelled = layout.read((index, *form))
    exactly(labelled, form)
    assert labelled.extra_rows == ()


# ---------------------------------------------------------------- rows


@given(TEMPLATES, st.sampled_from(LAYOUTS), st.sampled_from(EXTRA_LABELS), st.data())
@few
def test_an_extra_row_anywhere(form_id: str, layout: Layout, label: str, data: st.DataObject) -> None:
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from(data_lines(form)))
    texts = [str(90001 + k) for k in range(len(row_fields(form, table, at)))]
    longer = insert(form, table, at, label, texts)
    labelled = layout.read(longer)
    exactly(labelled, longer)
    section = "proactive" if table == 0 else "applications"
    assert [(r.section, r.label, list(r.printed)) for r in labelled.extra_rows] == [(section, label, texts)]


@given(TEMPLATES, st.sampled_from(LAYOUTS), st.data())
@few
def test_a_row_missing(form_id: str, layout: Layout, data: st.DataObject) -> None:
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from(data_lines(form)))
    note(f"without {form[table][at].label}")
    shorter = drop(form, table, at)
    exactly(layout.read(shorter), shorter)


@given(TEMPLATES, st.sampled_from(LAYOUTS), st.sampled_from(GARBAGE), st.floats(0, 0.7), st.data())
@settings(parent=few, max_examples=examples(60))
def test_an_unreadable_label(
    form_id: str, layout: Layout, garbage: str, confidence: float, data: st.DataObject
) -> None:
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from(data_lines(form)))
    note(f"{form[table][at].label} reads {garbage!r}")
    smeared = relabel(form, table, at, garbage, confidence)
    exactly(layout.read(smeared), smeared, row_fields(form, table, at))


@pytest.mark.slow
@given(TEMPLATES, st.sampled_from(GARBAGE), st.floats(0, 0.7), st.data())
@settings(parent=few, max_examples=examples(60))
def test_an_unreadable_label_beside_a_missing_row(
    form_id: str, garbage: str, confidence: float, data: st.DataObject
) -> None:
    """The row's place alone no longer says which of the two it is."""
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from(data_lines(form)[:-1]))
    rows = [k for t, k in data_lines(form) if t == table]
    place = rows.index(at)
    other = data.draw(st.sampled_from([*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2]]))
    smeared = drop(relabel(form, table, at, garbage, confidence), table, other)
    labelled = GRID.read(smeared)
    assert errors(labelled, smeared) == []
    assert unread(labelled, smeared) <= row_fields(form, table, at)


MISPRINTS = [
    ("results.denied.forbidden_by_law", "2.其他法律行政止公开"),
    ("results.denied.state_secret", "1、属于国家秘蜜"),
    ("results.denied.third_party_rights", "4 保护第三方合法权盖"),
    ("results.granted", "(一)予以公开"),
    ("results.partially_granted", "(二)部分公开(区分处理的,只计这一情形,不计其他情形)"),
    ("results.unavailable.not_held", "1. 本机关不掌握\n相关政府信息"),
    ("results.not_processed.reconfirmation", "5.要求行政机关确认或重新出具已获取信\n息"),
    ("received", "一、本年新收政府信息公开申请数"),
    ("carried_in", "二、上年结转政府信息公开申请数量 "),
    ("results.total", "(七) 总 计"),
    ("carried_out", "四、结转下年度继续办里"),
]


@every_layout
@pytest.mark.parametrize(("row", "text"), MISPRINTS)
def test_a_misprinted_label(row: str, text: str, layout: Layout) -> None:
    form = relabel(blank_form("2021"), *line_of(blank_form("2021"), row), text)
    exactly(layout.read(form), form)


@every_layout
@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("administrative_fees", "行政事业型收费"),
        ("rules", "规    章"),
        ("rules", "规 章"),
        ("other_services", INSTRUCTIONS),
        ("administrative_licensing", "行政许可（含其他对外管理服务事项、行政处罚）"),
        ("administrative_penalty", "行政处罚（不含行政强制）"),
        ("government_procurement", "政府集中采购（指列入集中采购目录、行政事业性收费除外）"),
    ],
)
def test_labels_with_spaces_or_instructions_that_name_other_rows(row: str, text: str, layout: Layout) -> None:
    plain = blank_form("2019")
    form = relabel(plain, *line_of(plain, row if row != "other_services" else _other_services(plain)), text)
    exactly(layout.read(form), form)


def _other_services(form: Form) -> str:
    return next(line.row for line in form[0] if line.label.startswith("其他对外"))


@every_layout
def test_normative_documents_without_their_adjective(layout: Layout) -> None:
    plain = blank_form("2021")
    form = relabel(plain, *line_of(plain, "normative_documents"), "规范性文件")
    exactly(layout.read(form), form)


@every_layout
def test_one_row_of_other_results_in_the_2021_form(layout: Layout) -> None:
    form = blank_form("2021", other_rows="2019")
    labelled = layout.read(form)
    exactly(labelled, form)
    assert labelled.template == template("2021")
    assert [f.id for f in labelled.fields[-7:]] == [
        f"applications.results.other.{c.id}" for c in field_forms()["applications.received.total"].block.columns
    ]


@every_layout
def test_three_rows_of_other_results_in_the_2019_form(layout: Layout) -> None:
    form = blank_form("2019", other_rows="2021")
    labelled = layout.read(form)
    exactly(labelled, form)
    assert labelled.template == template("2019")
    assert by_id(labelled)["applications.results.other.total"].status is Status.MISSING


@every_layout
@every_form
def test_a_vertical_label_that_arrives_character_by_character(form_id: str, layout: Layout) -> None:
    """三、本年度办理结果 as rows of one character between the others."""
    form = blank_form(form_id)
    start = next(k for k, line in enumerate(form[1]) if line.row == "results.granted")
    for k, character in enumerate("三、本年度办理结果"):
        form = edit(form, 1, start + 2 * k + 1, start + 2 * k + 1, (Line("other", (Slot(character, 10),)),))
    exactly(layout.read(form), form)


@every_form
def test_a_vertical_label_with_a_line_for_every_character(form_id: str) -> None:
    form = blank_form(form_id)
    form = tuple(
        tuple(
            Line(
                line.kind,
                tuple(Slot("\n".join(s.text), s.width, s.tall) if s.tall == "results" else s for s in line.slots),
                line.block,
                line.row,
            )
            for line in lines
        )
        for lines in form
    )
    exactly(GRID.read(form), form)


@every_layout
def test_a_number_and_its_label_in_two_halves(layout: Layout) -> None:
    """3. with the figures | 其他 without: the empty half alone would be blank."""
    form = blank_form("2021")
    table, at = line_of(form, "results.other.other")
    split = split_row(form, table, at, 2, "upper", True)
    exactly(layout.read(split), split, row_fields(form, table, at))


@every_layout
def test_an_empty_half_whose_other_half_is_lost(layout: Layout) -> None:
    """3.补正后申请 with the figures is cut off the page; 内容仍不明确 is not a row of blanks."""
    form = blank_form("2021")
    table, at = line_of(form, "results.unavailable.still_unclear")
    split = drop(split_row(form, table, at, 7, "upper", False), table, at)
    labelled = layout.read(split)
    assert errors(labelled, split) == []
    assert {by_id(labelled)[i].status for i in row_fields(form, table, at)} == {Status.REVIEW}


def test_an_unreadable_extra_row_below_an_unreadable_row_of_blanks() -> None:
    form = blank_form("2019")
    table, at = line_of(form, "results.not_processed.reconfirmation")
    for field in row_fields(form, table, at):
        form = rewrite(form, field, "", None)
    form = insert(form, table, at, "其他主动公开文件", [str(90001 + k) for k in range(7)])
    form = relabel(relabel(form, table, at, "〇口口", 0.1), table, at + 1, "其他主动公开文件", 0.1)
    assert errors(GRID.read(form), form) == []


@pytest.mark.parametrize("layout", [RAGGED, LOSSY])
@pytest.mark.parametrize("lost", [2, 3])
def test_the_second_line_of_a_label_says_nothing_of_the_rows_around_it(layout: Layout, lost: int) -> None:
    """1.信访举报投诉类 | 申请, 2.重复申请 illegible: 申请 is no row of blanks with the name 重复申请."""
    form = blank_form("2021")
    table, at = line_of(form, "results.not_processed.petition")
    form = drop(form, table, at + lost)
    form = relabel(relabel(form, table, at + 1, "〇包", 0.3), table, at + 2, "〇口", 0.3)
    form = insert(form, table, at, "申请", [""] * 7)
    assert errors(layout.read(form), form) == []


@every_layout
def test_an_unsure_label_of_an_extra_row_in_the_place_of_a_missing_one(layout: Layout) -> None:
    form = blank_form("2019")
    table, at = line_of(form, "rules")
    form = insert(form, table, at, "行政确认", ["90001", "90002", "90003"])
    form = drop(relabel(form, table, at + 1, "行政确认", 0.3), table, at)
    assert errors(layout.read(form), form) == []


@every_layout
def test_a_lost_label_between_two_that_are_read(layout: Layout) -> None:
    """Every row above and below is there: the place says which one this is."""
    form = blank_form("2019")
    table, at = line_of(form, "carried_in")
    smeared = relabel(form, table, at, "二", 0.2)
    labelled = layout.read(smeared)
    exactly(labelled, smeared, row_fields(form, table, at))
    if layout is GRID:
        exactly(labelled, smeared)


@pytest.mark.parametrize("layout", [RAGGED, LOSSY])
def test_a_blank_beside_an_empty_cell_too_many(layout: Layout) -> None:
    """'' | 12 | '' | 34 …: either of the empty cells may be the one too many, or one of the figures."""
    form = rewrite(blank_form("2019"), "applications.carried_in.natural_person", "", None)
    form = surplus(form, *line_of(form, "carried_in"), 2, "")
    assert errors(layout.read(form), form) == []


@pytest.mark.parametrize("layout", [RAGGED, LOSSY])
def test_a_figure_too_many_beside_blanks(layout: Layout) -> None:
    """77777 | '' x 7: no blank is the one too many for sure."""
    form = blank_form("2019")
    table, at = line_of(form, "carried_in")
    for field in row_fields(form, table, at):
        form = rewrite(form, field, "", None)
    form = surplus(form, table, at, 0, "77777")
    labelled = layout.read(form)
    assert errors(labelled, form) == []
    assert by_id(labelled)["applications.carried_in.natural_person"].status is Status.REVIEW


@pytest.mark.parametrize("layout", [RAGGED, LOSSY])
def test_an_empty_half_of_a_row_whose_other_half_is_lost(layout: Layout) -> None:
    """A label short of its last character is what a page break has left: its figures may stand elsewhere."""
    form = blank_form("2021")
    table, at = line_of(form, "results.denied.endangers_security_stability")
    for field in row_fields(form, table, at):
        form = rewrite(form, field, "", None)
    form = relabel(form, table, at, form[table][at].label.rstrip("”")[:-1])
    fields = [f for f in layout.read(form).fields if f.id in row_fields(form, table, at)]
    assert {f.status for f in fields} == {Status.REVIEW}


# ---------------------------------------------------------------- headers and columns


@every_layout
def test_headers_whose_second_line_is_lost(layout: Layout) -> None:
    form = reword(blank_form("2019"), "documents_2019", "本年新制作数量", "本年新")
    form = reword(form, "documents_2019", "本年新公开数量", "本年新")
    exactly(layout.read(form), form)


@every_layout
@pytest.mark.parametrize("text", ["本年增", "本年增/", "本年数量", "本年\n增/减", "本年增／减"])
def test_headers_of_the_change(text: str, layout: Layout) -> None:
    form = reword(blank_form("2019"), "licensing_2019", "本年增/减", text)
    exactly(layout.read(form), form)


@every_layout
@pytest.mark.parametrize(
    ("text", "printed", "yuan"),
    [
        ("采购总金额", "503.59", "503.59"),
        ("采购总金额（元）", "503.59", "503.59"),
        ("采购总金额（万元）", "503.59", "5035900"),
        ("采购总金额\n（单位：万元）", "503.59", "5035900"),
        ("采购总金额(千元)", "503.59", "503590"),
        ("采购总金额（亿元）", "1.5", "150000000"),
        ("采购总金额（万元）", "503.59万元", "5035900"),
        ("采购总金额（万元）", "1751292.6元", "1751292.6"),
    ],
)
def test_the_unit_of_procurement(text: str, printed: str, yuan: str, layout: Layout) -> None:
    field = "proactive.government_procurement.amount_yuan"
    form = reword(blank_form("2019"), "procurement_2019", "采购总金额", text)
    form = rewrite(form, field, printed, Decimal(yuan))
    exactly(layout.read(form), form)


@every_layout
@pytest.mark.parametrize("printed", ["00", "012"])
def test_a_count_that_begins_with_zero_may_be_two(printed: str, layout: Layout) -> None:
    """A rule between two columns was not found."""
    field = "applications.received.natural_person"
    labelled = layout.read(rewrite(blank_form("2021"), field, printed, Decimal(printed)))
    assert next(f for f in labelled.fields if f.id == field).status is Status.REVIEW


@every_layout
def test_less_than_a_fen_is_of_another_unit(layout: Layout) -> None:
    """The header's 万元 could not be read."""
    field = "proactive.government_procurement.amount_yuan"
    form = reword(blank_form("2019"), "procurement_2019", "采购总金额", "采购总金额（")
    labelled = layout.read(rewrite(form, field, "11.9754", Decimal("119754")))
    assert next(f for f in labelled.fields if f.id == field).status is Status.REVIEW


@every_layout
@pytest.mark.parametrize(
    ("text", "wanyuan"),
    [
        ("本年收费金额（单位：万元）", "23600"),
        ("本年收费金额", "23600"),
        ("本年收费金额（单位：元）", "2.36"),
        ("本年收费金额（元）", "2.36"),
    ],
)
def test_the_unit_of_fees(text: str, wanyuan: str, layout: Layout) -> None:
    form = reword(blank_form("2021"), "fees_2021", "本年收费金额（单位：万元）", text)
    form = rewrite(form, "proactive.administrative_fees.fee_amount_wanyuan", "23600", Decimal(wanyuan))
    exactly(layout.read(form), form)


@every_layout
def test_the_unit_is_known_after_a_page_break_below_the_header(layout: Layout) -> None:
    field = "proactive.government_procurement.amount_yuan"
    form = reword(blank_form("2019"), "procurement_2019", "采购总金额", "采购总金额（万元）")
    form = rewrite(form, field, "503.59", Decimal(5035900))
    form = cut(form, 0, len(form[0]) - 1)
    exactly(layout.read(form), form)


@every_layout
@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_nothing_that_tells_the_forms_apart(form_id: str, layout: Layout) -> None:
    """规章 12 3 4 under no header: made, disclosed, in all; or issued, repealed, in force."""
    form = blank_form(form_id)
    kept = tuple(line for line in form[0] if line.row in ("rules", "normative_documents"))
    unmarked = (kept, *form[1:])
    labelled = layout.read(unmarked)
    assert errors(labelled, unmarked) == []
    assert unread(labelled, unmarked) <= {i for i in placed(unmarked) if i.startswith("proactive")}


def test_headers_in_another_order_are_never_taken_for_the_forms() -> None:
    """Grid: 本年新公开数量 stands before 本年新制作数量."""
    form = blank_form("2019")
    swapped = tuple(
        Line(line.kind, (line.slots[0], line.slots[2], line.slots[1], *line.slots[3:]), line.block, line.row)
        if line.block == "documents_2019" and line.kind != "title"
        else line
        for line in form[0]
    )
    assert errors(GRID.read((swapped, *form[1:])), form) == []


@every_form
@pytest.mark.parametrize("place", range(8))
def test_a_strip_of_empty_cells(form_id: str, place: int) -> None:
    """Between or beside the columns of a grid, as a stray rule makes it."""
    form = blank_form(form_id)
    lines = []
    for line in form[1]:
        values = [k for k, s in enumerate(line.slots) if s.field]
        if values:
            at = [*values, len(line.slots)][place]
            lines.append(replace(line, slots=(*line.slots[:at], Slot(""), *line.slots[at:])))
        else:
            lines.append(replace(line, slots=_widened(line.slots, 3 + place)))
    wider = (form[0], tuple(lines), form[2])
    assert errors(GRID.read(wider), wider) == []
    if place == 7:
        exactly(GRID.read(wider), wider)


def _widened(slots: tuple[Slot, ...], column: int) -> tuple[Slot, ...]:
    """A header with one grid column more: a cell over it is wider, or an empty one is there."""
    start, out, done = 0, [], False
    for slot in slots:
        if not done and start == column:
            out.append(Slot(""))
            done = True
        elif not done and start < column < start + slot.width:
            slot, done = replace(slot, width=slot.width + 1), True
        out.append(slot)
        start += slot.width
    return (*out, Slot("")) if not done else tuple(out)


@pytest.mark.parametrize("layout", [RAGGED, LOSSY])
def test_eight_zeros_for_seven_columns(layout: Layout) -> None:
    """Any of the eight may be the surplus one: it makes no difference."""
    form = blank_form("2019")
    table, at = line_of(form, "results.denied.state_secret")
    for field in row_fields(form, table, at):
        form = rewrite(form, field, "0", Decimal(0))
    form = surplus(form, table, at, 3, "0")
    exactly(layout.read(form), form)


@given(TEMPLATES, st.sampled_from([RAGGED, LOSSY]), st.sampled_from(["77777", "", "0", "/"]), st.data())
@few
def test_a_surplus_cell_never_shifts_the_others(form_id: str, layout: Layout, text: str, data: st.DataObject) -> None:
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from(data_lines(form)))
    wider = surplus(form, table, at, data.draw(st.integers(0, len(row_fields(form, table, at)))), text)
    exactly(layout.read(wider), wider, row_fields(form, table, at))


@pytest.mark.parametrize("layout", [RAGGED, LOSSY])
@pytest.mark.parametrize("row", ["received", "results.granted", "results.denied.state_secret"])
def test_a_blank_total_and_a_surplus_cell_before_the_figures(row: str, layout: Layout) -> None:
    """二 | '' | 1 2 3 4 5 6 | '': either of the two blanks may be the one too many."""
    form = blank_form("2019")
    form = rewrite(form, f"applications.{row}.total", "", None)
    table, at = line_of(form, row)
    wider = surplus(form, table, at, 0, "")
    assert errors(layout.read(wider), wider) == []


@given(TEMPLATES, st.sampled_from([RAGGED, LOSSY]), st.data())
@few
def test_a_cell_too_few_never_shifts_the_others(form_id: str, layout: Layout, data: st.DataObject) -> None:
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from(data_lines(form)))
    line = form[table][at]
    lost = data.draw(st.sampled_from([k for k, s in enumerate(line.slots) if s.field]))
    slots = line.slots[:lost] + line.slots[lost + 1 :]
    shorter = edit(form, table, at, at + 1, (Line(line.kind, slots, line.block, line.row),))
    labelled = layout.read(shorter)
    assert errors(labelled, shorter) == []
    assert unread(labelled, shorter) <= row_fields(form, table, at)


@given(TEMPLATES, st.data())
@few
def test_a_rule_missing_between_two_rows(form_id: str, data: st.DataObject) -> None:
    """Two figures of one column in one tall cell, one of them blank: the other is not both rows'."""
    form = blank_form(form_id)
    table, at = data.draw(st.sampled_from([p for p in data_lines(form) if (p[0], p[1] + 1) in data_lines(form)]))
    upper, lower = form[table][at], form[table][at + 1]
    column = data.draw(st.sampled_from(sorted(row_fields(form, table, at)))).rsplit(".", 1)[1]
    kept = data.draw(st.sampled_from([upper, lower]))
    text = next(s.text for s in kept.slots if s.field.endswith("." + column))
    merged = []
    for line in (upper, lower):
        slots = [
            Slot(text, s.width, "merged", s.field, s.value if line is kept else None)
            if s.field.endswith("." + column)
            else s
            for s in line.slots
        ]
        merged.append(Line(line.kind, tuple(slots), line.block, line.row))
    spoilt = edit(form, table, at, at + 2, merged)
    labelled = GRID.read(spoilt)
    assert [e for e in errors(labelled, spoilt) if "." + column in e] == []


def header_typed_over(form: Form, typed: str = "") -> Form:
    """复议诉讼: 0 0 0 0 总计 …, the figures, or what is `typed`, where the header's last line was, nothing below."""
    header, data = form[2][-2], form[2][-1]
    over = tuple(
        Slot("总计", d.width) if k % 5 == 4 else replace(d, text=typed or d.text)
        for k, (_, d) in enumerate(zip(header.slots, data.slots, strict=True))
    )
    empty = tuple(Slot("") for _ in data.slots)
    return edit(
        form, 2, len(form[2]) - 2, len(form[2]), (Line("header", over, "review_litigation"), Line("other", empty))
    )


@every_layout
@every_form
def test_a_header_typed_over_with_zeros_leaves_a_blank_row(form_id: str, layout: Layout) -> None:
    """Whether the row below counts as blank or as zero is the same to every sum."""
    labelled = layout.read(header_typed_over(blank_form(form_id), "0"))
    disputes = [f for f in labelled.fields if f.id.startswith(("review", "litigation"))]
    assert len(disputes) == 15
    assert {f.status for f in disputes} == {Status.BLANK}


@every_layout
@every_form
def test_the_header_overwritten_by_the_data_row(form_id: str, layout: Layout) -> None:
    spoilt = header_typed_over(blank_form(form_id))
    labelled = layout.read(spoilt)
    assert errors(labelled, spoilt) == []
    assert {f.status for f in labelled.fields if f.id.startswith(("review", "litigation"))} == {Status.REVIEW}
    assert unread(labelled, spoilt) == {i for i in placed(spoilt) if i.startswith(("review", "litigation"))}


# ---------------------------------------------------------------- readings


@given(TEMPLATES, st.floats(0, 0.89), st.data())
@few
def test_an_unsure_reading_goes_to_a_person(form_id: str, confidence: float, data: st.DataObject) -> None:
    form = blank_form(form_id)
    field = data.draw(st.sampled_from(sorted(placed(form))))
    form = tuple(
        tuple(
            replace(line, slots=tuple(replace(s, confidence=confidence) if s.field == field else s for s in line.slots))
            for line in lines
        )
        for lines in form
    )
    labelled = GRID.read(form)
    assert by_id(labelled)[field].status is Status.REVIEW
    assert by_id(labelled)[field].value == placed(form)[field].value
    exactly(labelled, form, {field})


@every_layout
@pytest.mark.parametrize("text", ["1 2", "007", "12%", "十二", "1\n2", "3.5", "-4", "12元", "详见附件", "1" * 19])
def test_what_is_no_count_goes_to_a_person(text: str, layout: Layout) -> None:
    field = "applications.received.enterprise"
    form = rewrite(blank_form("2019"), field, text, Decimal(-99999))
    exactly(layout.read(form), form, {field})


# ---------------------------------------------------------------- anything at all

Step = Callable[[st.DrawFn, Form, Layout], Form]


def _a_line(draw: st.DrawFn, form: Form) -> tuple[int, int]:
    return draw(st.sampled_from(data_lines(form)))


def _cut(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    table = draw(st.sampled_from([t for t, lines in enumerate(form) if len(lines) > 1]))
    at = draw(st.integers(1, len(form[table]) - 1))
    return cut(form, table, at, draw(st.booleans()), draw(st.sampled_from(["empty", "repeated"])))


def _split(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    table, at = _a_line(draw, form)
    label = form[table][at].label
    if len(label) < 4:
        return form
    characters = draw(st.integers(2, len(label) - 1))
    return split_row(form, table, at, characters, draw(st.sampled_from(["upper", "lower"])), draw(st.booleans()))


def _drop(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    """A row, or one half of a split one."""
    return drop(form, *_a_line(draw, form)) if len(data_lines(form)) > 5 else form


def _insert(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    table, at = _a_line(draw, form)
    texts = [str(draw(st.integers(90000, 99999))) for _ in range(7)]
    return insert(form, table, at, draw(st.sampled_from(EXTRA_LABELS)), texts)


def _smear(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    """The labels of extra rows stay readable: an unreadable one in the place of a missing row would be that row."""
    own = [(t, k) for t, k in data_lines(form) if form[t][k].row]
    return relabel(form, *draw(st.sampled_from(own)), draw(st.sampled_from(GARBAGE)), draw(st.floats(0, 0.7)))


def _misread(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    """One character of a label read as another."""
    table, at = _a_line(draw, form)
    label = form[table][at].label
    if len(label) < 4 or not form[table][at].row:
        return form
    k = draw(st.integers(0, len(label) - 1))
    return relabel(form, table, at, label[:k] + draw(st.sampled_from("囗曰〇l1 ")) + label[k + 1 :], 0.8)


def _blank(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    field = draw(st.sampled_from(sorted(placed(form))))
    return rewrite(form, field, draw(st.sampled_from(BLANK_MARKS)), None)


def _blank_row(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    for field in row_fields(form, *_a_line(draw, form)):
        form = rewrite(form, field, "", None)
    return form


def _surplus(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    table, at = _a_line(draw, form)
    cells = len(row_fields(form, table, at))
    return form if layout.aligned or not cells else surplus(form, table, at, draw(st.integers(0, cells)), "")


def _surplus_figure(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    """A figure too many, beside figures or blanks."""
    table, at = _a_line(draw, form)
    cells = len(row_fields(form, table, at))
    if layout.aligned or not cells:
        return form
    return surplus(form, table, at, draw(st.integers(0, cells)), draw(st.sampled_from(["0", "77777"])))


def _join(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    return joined(form, draw(st.integers(0, len(form) - 2))) if len(form) > 1 else form


def _header_lost(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    headers = [(t, k) for t, lines in enumerate(form) for k, line in enumerate(lines) if line.kind == "header"]
    return drop(form, *draw(st.sampled_from(headers))) if headers else form


def _header_misread(draw: st.DrawFn, form: Form, layout: Layout) -> Form:
    headers = [(t, k) for t, lines in enumerate(form) for k, line in enumerate(lines) if line.kind == "header"]
    if not headers:
        return form
    table, at = draw(st.sampled_from(headers))
    slots = form[table][at].slots
    k = draw(st.integers(0, len(slots) - 1))
    slots = (*slots[:k], replace(slots[k], text=draw(st.sampled_from(GARBAGE)), confidence=0.4), *slots[k + 1 :])
    return edit(form, table, at, at + 1, (replace(form[table][at], slots=slots),))


STEPS: tuple[Step, ...] = (
    _cut,
    _split,
    _drop,
    _insert,
    _smear,
    _misread,
    _blank,
    _blank_row,
    _surplus,
    _join,
    _header_lost,
    _header_misread,
)


@st.composite
def spoilt_forms(draw: st.DrawFn) -> tuple[Layout, Form]:
    layout = draw(st.sampled_from(LAYOUTS))
    form = blank_form(draw(TEMPLATES), draw(st.integers(0, 99)), draw(st.sampled_from(["", "2019", "2021"])))
    for step in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5)):
        form = step(draw, form, layout)
    return layout, _surplus_figure(draw, form, layout) if draw(st.booleans()) else form


@given(spoilt_forms())
@settings(parent=few, max_examples=examples(150))
def test_no_silent_error_whatever_is_done_to_a_form(spoilt: tuple[Layout, Form]) -> None:
    """A figure is in its own field or in none."""
    layout, form = spoilt
    for lines in form:
        note("\n".join(" | ".join(f"{s.text!r}" for s in line.slots) for line in lines) + "\n")
    assert errors(layout.read(form), form) == []


def test_a_label_in_pieces_of_unequal_height_is_one() -> None:
    """A streak parts 信访举报投诉类 and 申请, a stray rule ends under the first: 申请 alone is most like 重复申请."""
    header = ["", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    first = [Cell(0, k + (k > 0), text, 1, 1 + (k == 0), confidence=0.999) for k, text in enumerate(header)]
    row = [Cell(1, 0, "1.信访举报投诉类", confidence=0.999), Cell(1, 1, "申请", 2, confidence=0.999)]
    row += [Cell(1, 2 + k, figure, 2, confidence=0.999) for k, figure in enumerate("3000003")]
    rest = [Cell(2, 0, "")]
    last = [Cell(3, 0, "2.重复申请", 1, 2, confidence=0.999)]
    last += [Cell(3, 2 + k, figure, confidence=0.999) for k, figure in enumerate("1000001")]
    found = {f.id: f for f in label_fields([Table((*first, *row, *rest, *last), page=1)], Settings()).fields}
    printed = {name: found[f"applications.results.not_processed.{name}.total"] for name in ("petition", "repeated")}
    assert {name: (f.printed, f.status) for name, f in printed.items()} == {
        "petition": ("3", Status.READ),
        "repeated": ("1", Status.READ),
    }
