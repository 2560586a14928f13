"""The printed tables of both national forms, as rows of cells; every value cell carries its field id.

In: the template, the values as printed, and how a report departs from the form. Out: three `FormTable`s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

Kind = Literal["title", "header", "label", "value"]


@dataclass(frozen=True, slots=True)
class FormCell:
    """One printed cell. Merged cells stand once, where they start, as in HTML."""

    text: str
    row_span: int = 1
    column_span: int = 1
    kind: Kind = "header"
    field: str | None = None
    vertical: bool = False


Row = tuple[FormCell, ...]


@dataclass(frozen=True, slots=True)
class FormTable:
    """A table of the form. `widths` are shares of the table's width; `keys` name the data rows ("" for the others)."""

    section: str
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    keys: tuple[str, ...]
    header_rows: int = 0

    def placed(self) -> Iterator[tuple[int, int, FormCell]]:
        """Every cell with its grid row and column."""
        taken: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows):
            column = 0
            for cell in row:
                while (number, column) in taken:
                    column += 1
                yield number, column, cell
                taken |= {
                    (number + down, column + right)
                    for down in range(cell.row_span)
                    for right in range(cell.column_span)
                }


@dataclass(frozen=True, slots=True)
class FormExtraRow:
    """A row that is in no template, printed below the row `after` (a row id)."""

    section: str
    after: str
    label: str
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departures:
    """How a report departs from the national form. `labels` replaces a label as a whole; `omit` names absent rows."""

    one_row_other: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    omit: tuple[str, ...] = ()
    extra_rows: tuple[FormExtraRow, ...] = ()


class Block(NamedTuple):
    """A block of the 主动公开 table: a title, a header row, and data rows of (id, label)."""

    title: str
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


class Outcome(NamedTuple):
    """An outcome of an application; a group has `parts` of (id, label)."""

    id: str
    label: str
    parts: tuple[tuple[str, str], ...] = ()


_ITEMS_HEADERS = ("上一年项目数量", "本年增/减", "处理决定数量")
_ITEMS_COLUMNS = ("items_last_year", "change", "decisions")
_ENFORCEMENT = (("administrative_penalty", "行政处罚"), ("administrative_coercion", "行政强制"))

PROACTIVE: Mapping[str, tuple[Block, ...]] = {
    "2019": (
        Block(
            "第二十条第（一）项",
            ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
            ("made", "disclosed", "disclosed_total"),
            (("rules", "规章"), ("normative_documents", "规范性文件")),
        ),
        Block(
            "第二十条第（五）项",
            _ITEMS_HEADERS,
            _ITEMS_COLUMNS,
            (("administrative_licensing", "行政许可"), ("other_external_services", "其他对外管理服务事项")),
        ),
        Block("第二十条第（六）项", _ITEMS_HEADERS, _ITEMS_COLUMNS, _ENFORCEMENT),
        Block(
            "第二十条第（八）项",
            _ITEMS_HEADERS[:2],
            _ITEMS_COLUMNS[:2],
            (("administrative_fees", "行政事业性收费"),),
        ),
        Block(
            "第二十条第（九）项",
            ("采购项目数量", "采购总金额"),
            ("items", "amount_yuan"),
            (("government_procurement", "政府集中采购"),),
        ),
    ),
    "2021": (
        Block(
            "第二十条第（一）项",
            ("本年制发件数", "本年废止件数", "现行有效件数"),
            ("issued", "repealed", "in_force"),
            (("rules", "规章"), ("normative_documents", "行政规范性文件")),
        ),
        Block(
            "第二十条第（五）项",
            ("本年处理决定数量",),
            ("decisions",),
            (("administrative_licensing", "行政许可"),),
        ),
        Block("第二十条第（六）项", ("本年处理决定数量",), ("decisions",), _ENFORCEMENT),
        Block(
            "第二十条第（八）项",
            ("本年收费金额（单位：万元）",),
            ("fee_amount_wanyuan",),
            (("administrative_fees", "行政事业性收费"),),
        ),
    ),
}

APPLICANTS = {
    "natural_person": "自然人",
    "enterprise": "商业企业",
    "research_institution": "科研机构",
    "social_organization": "社会公益组织",
    "legal_service": "法律服务机构",
    "other": "其他",
    "total": "总计",
}

_OUTCOMES = (
    Outcome("granted", "（一）予以公开"),
    Outcome("partially_granted", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    Outcome(
        "denied",
        "（三）不予公开",
        (
            ("state_secret", "1.属于国家秘密"),
            ("forbidden_by_law", "2.其他法律行政法规禁止公开"),
            ("endangers_security_stability", "3.危及“三安全一稳定”"),
            ("third_party_rights", "4.保护第三方合法权益"),
            ("internal_affairs", "5.属于三类内部事务信息"),
            ("process_information", "6.属于四类过程性信息"),
            ("enforcement_files", "7.属于行政执法案卷"),
            ("administrative_query", "8.属于行政查询事项"),
        ),
    ),
    Outcome(
        "unavailable",
        "（四）无法提供",
        (
            ("not_held", "1.本机关不掌握相关政府信息"),
            ("needs_creation", "2.没有现成信息需要另行制作"),
            ("still_unclear", "3.补正后申请内容仍不明确"),
        ),
    ),
    Outcome(
        "not_processed",
        "（五）不予处理",
        (
            ("petition", "1.信访举报投诉类申请"),
            ("repeated", "2.重复申请"),
            ("publication", "3.要求提供公开出版物"),
            ("excessive", "4.无正当理由大量反复申请"),
            ("reconfirmation", "5.要求行政机关确认或重新出具已获取信息"),
        ),
    ),
)
_ONE_ROW_OTHER = Outcome("other", "（六）其他处理")
_THREE_ROW_OTHER = Outcome(
    "other",
    "（六）其他处理",
    (
        ("no_correction", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("fee_unpaid", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
        ("other", "3.其他"),
    ),
)

DISPUTE_RESULTS = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
    "total": "总计",
}
DISPUTES = ("review", "litigation_direct", "litigation_after_review")


def outcomes(one_row_other: bool) -> tuple[Outcome, ...]:
    """The outcomes （一） to （六） in printed order."""
    return (*_OUTCOMES, _ONE_ROW_OTHER if one_row_other else _THREE_ROW_OTHER)


def outcome_rows(one_row_other: bool) -> list[str]:
    """The row ids of the outcomes, each of which is a part of （七）总计."""
    rows: list[str] = []
    for outcome in outcomes(one_row_other):
        base = f"applications.results.{outcome.id}"
        rows += [f"{base}.{part}" for part, _ in outcome.parts] or [base]
    return rows


def rows_of(template: str, one_row_other: bool) -> dict[str, tuple[str, ...]]:
    """Row id -> column ids for a whole form, in printed order; a field id is row id + "." + column id."""
    rows = {f"proactive.{row}": block.columns for block in PROACTIVE[template] for row, _ in block.rows}
    applications = ("received", "carried_in", *outcome_rows(one_row_other), "results.total", "carried_out")
    rows |= {f"applications.{row.removeprefix('applications.')}": tuple(APPLICANTS) for row in applications}
    return rows | {row: tuple(DISPUTE_RESULTS) for row in DISPUTES}


def field_ids(template: str, one_row_other: bool | None = None) -> list[str]:
    """Every field id of the national form, or of its variant with （六） in one row or in three."""
    if one_row_other is None:
        one_row_other = template == "2019"
    return [f"{row}.{column}" for row, columns in rows_of(template, one_row_other).items() for column in columns]


def tables(template: str, printed: Mapping[str, str], departures: Departures) -> tuple[FormTable, ...]:
    """The three tables of a report, filled with the values as printed."""
    one_row_other = template == "2019" or departures.one_row_other
    drawn = (_proactive(template, printed, departures), _applications(one_row_other, printed), _disputes(printed))
    return tuple(_relabelled(table, departures.labels) for table in drawn)


def _values(row: str, columns: Sequence[str], printed: Mapping[str, str]) -> list[FormCell]:
    return [FormCell(printed[f"{row}.{column}"], kind="value", field=f"{row}.{column}") for column in columns]


def _proactive(template: str, printed: Mapping[str, str], departures: Departures) -> FormTable:
    rows: list[Row] = []
    keys: list[str] = []
    for block in PROACTIVE[template]:
        data: list[tuple[str, Row]] = []
        for name, label in block.rows:
            row_id = f"proactive.{name}"
            if row_id in departures.omit:
                continue
            cells = [FormCell(label, kind="label"), *_values(row_id, block.columns, printed)]
            data.append((row_id, _stretched(cells)))
            for extra in departures.extra_rows:
                if extra.after == row_id:
                    texts = [FormCell(text, kind="value") for text in extra.printed]
                    data.append(("", _stretched([FormCell(extra.label, kind="label"), *texts])))
        if data:
            rows += [
                (FormCell(block.title, column_span=4, kind="title"),),
                _stretched([FormCell("信息内容"), *map(FormCell, block.headers)]),
                *(row for _, row in data),
            ]
            keys += ["", "", *(key for key, _ in data)]
    return FormTable("proactive", (0.31, 0.23, 0.23, 0.23), tuple(rows), tuple(keys))


def _stretched(cells: list[FormCell]) -> Row:
    """The row brought to four columns by widening its last cell."""
    return (*cells[:-1], replace(cells[-1], column_span=5 - len(cells)))


def _applications(one_row_other: bool, printed: Mapping[str, str]) -> FormTable:
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    organizations = [label for column, label in APPLICANTS.items() if column not in ("natural_person", "total")]
    rows: list[Row] = [
        (FormCell(note, 3, 3), FormCell("申请人情况", column_span=7)),
        (FormCell("自然人", 2), FormCell("法人或其他组织", column_span=5), FormCell("总计", 2)),
        tuple(FormCell(label) for label in organizations),
    ]
    keys = ["", "", ""]

    def add(row: str, *labels: FormCell) -> None:
        key = f"applications.{row}"
        rows.append((*labels, *_values(key, tuple(APPLICANTS), printed)))
        keys.append(key)

    add("received", FormCell("一、本年新收政府信息公开申请数量", column_span=3, kind="label"))
    add("carried_in", FormCell("二、上年结转政府信息公开申请数量", column_span=3, kind="label"))
    span = len(outcome_rows(one_row_other)) + 1
    opening = [FormCell("三、本年度办理结果", span, kind="label", vertical=True)]
    for outcome in outcomes(one_row_other):
        row = f"results.{outcome.id}"
        if not outcome.parts:
            add(row, *opening, FormCell(outcome.label, column_span=2, kind="label"))
            opening = []
            continue
        group = [FormCell(outcome.label, len(outcome.parts), kind="label")]
        for part, label in outcome.parts:
            add(f"{row}.{part}", *group, FormCell(label, kind="label"))
            group = []
    add("results.total", FormCell("（七）总计", column_span=2, kind="label"))
    add("carried_out", FormCell("四、结转下年度继续办理", column_span=3, kind="label"))
    return FormTable("applications", (0.055, 0.105, 0.29, *[0.55 / 7] * 7), tuple(rows), tuple(keys), 3)


def _disputes(printed: Mapping[str, str]) -> FormTable:
    results = [FormCell(label) for label in DISPUTE_RESULTS.values()]
    rows = (
        (FormCell("行政复议", column_span=5), FormCell("行政诉讼", column_span=10)),
        (
            *(replace(cell, row_span=2) for cell in results),
            FormCell("未经复议直接起诉", column_span=5),
            FormCell("复议后起诉", column_span=5),
        ),
        (*results, *results),
        tuple(cell for dispute in DISPUTES for cell in _values(dispute, tuple(DISPUTE_RESULTS), printed)),
    )
    return FormTable("review_litigation", (1 / 15,) * 15, rows, ("", "", "", "disputes"), 3)


def _relabelled(table: FormTable, labels: Mapping[str, str]) -> FormTable:
    rows = tuple(
        tuple(cell if cell.kind == "value" else replace(cell, text=labels.get(cell.text, cell.text)) for cell in row)
        for row in table.rows
    )
    return replace(table, rows=rows)


def split(table: FormTable, key: str, head: str) -> tuple[FormTable, FormTable]:
    """The table cut by a page break inside the row `key`, whose label is printed up to `head` before the break.

    The continuation has the rest of the label and no values; merged cells over the break have half their text on
    either side. Without `head` the break is below the row, and merged cells have their text before it.
    """
    at = table.keys.index(key)
    first: list[list[FormCell]] = [[] for _ in range(at + 1)]
    torn: list[FormCell] = []  # the cells of the torn row after the break
    merged: list[FormCell] = []  # the part of merged cells after the break
    for row, _, cell in table.placed():
        left = row + cell.row_span - 1 - at
        if row > at:
            continue
        if left > 0:
            half = (len(cell.text) + 1) // 2 if head else len(cell.text)
            first[row].append(replace(cell, text=cell.text[:half], row_span=cell.row_span - left))
            merged.append(replace(cell, text=cell.text[half:], row_span=left + bool(head)))
        elif row == at and head and cell.text.startswith(head):
            first[row].append(replace(cell, text=head))
            torn.append(replace(cell, text=cell.text[len(head) :]))
        else:
            first[row].append(cell)
            if row == at:
                torn.append(FormCell("", kind="label"))
    rest, keys = list(table.rows[at + 1 :]), table.keys[at + 1 :]
    if head:
        rest, keys = [(*merged, *torn), *rest], ("", *keys)
    else:
        rest[0] = (*merged, *rest[0])
    before = replace(table, rows=tuple(map(tuple, first)), keys=table.keys[: at + 1])
    return before, replace(table, rows=tuple(rest), keys=keys, header_rows=0)
