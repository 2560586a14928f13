"""A layout that no training data contains: a province's own form of the report, for the learning curve.

Every row, column, block and heading is worded otherwise than in the catalogue and in the generator's lists; the totals
of the applications come first; a block of the province's own follows the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from extraction.forms.label_tags import tag_of
from extraction.forms.printed_form import FormCell, FormTable, Row
from training.synthetic.content.draft import Draft, Paragraph, Run

WORDINGS: Mapping[str, str] = {
    "heading.overview": "甲、全年概貌",
    "heading.proactive": "乙、晒出来的材料",
    "heading.applications": "丙、群众来要的材料",
    "heading.review_litigation": "丁、复议与官司",
    "heading.problems": "戊、短板与打算",
    "heading.other": "己、补充说明",
    "block.documents": "乙表一 制度",
    "block.licensing": "乙表二 审批",
    "block.penalties": "乙表三 执法",
    "block.fees": "乙表四 收缴",
    "block.procurement": "乙表五 采买",
    "row.rules": "政府令",
    "row.normative_documents": "红头文",
    "row.administrative_licensing": "准入审批",
    "row.other_external_services": "面向百姓办理的其余业务",
    "row.administrative_penalty": "违法查处",
    "row.administrative_coercion": "查封扣押等手段",
    "row.administrative_fees": "非税收入",
    "row.government_procurement": "公共采买",
    "row.received": "A 当年收件",
    "row.carried_in": "B 往年留存",
    "row.results.granted": "C1 全部给予",
    "row.results.partially_granted": "C2 节选给予",
    "row.results.denied.state_secret": "C3a 涉密",
    "row.results.denied.forbidden_by_law": "C3b 另有法条不许",
    "row.results.denied.endangers_security_stability": "C3c 影响安定",
    "row.results.denied.third_party_rights": "C3d 牵涉他人",
    "row.results.denied.internal_affairs": "C3e 内务类",
    "row.results.denied.process_information": "C3f 未定稿类",
    "row.results.denied.enforcement_files": "C3g 办案材料",
    "row.results.denied.administrative_query": "C3h 属查档咨询",
    "row.results.unavailable.not_held": "C4a 手头没有",
    "row.results.unavailable.needs_creation": "C4b 要现做",
    "row.results.unavailable.still_unclear": "C4c 问过还是说不清",
    "row.results.not_processed.petition": "C5a 诉求转办",
    "row.results.not_processed.repeated": "C5b 再三递交",
    "row.results.not_processed.publication": "C5c 书刊上有",
    "row.results.not_processed.excessive": "C5d 次数畸多",
    "row.results.not_processed.reconfirmation": "C5e 索要证明",
    "row.results.other": "C6 其余结论",
    "row.results.other.no_correction": "C6a 到期未补材料",
    "row.results.other.fee_unpaid": "C6b 到期未付款",
    "row.results.other.other": "C6c 其余情形",
    "row.results.total": "C 相加",
    "row.carried_out": "D 留到来年",
    "column.made": "新拟",
    "column.disclosed": "新上网",
    "column.disclosed_total": "累计上网",
    "column.issued": "新发",
    "column.repealed": "停用",
    "column.in_force": "在用",
    "column.items_last_year": "去年底数",
    "column.change": "较去年",
    "column.decisions": "办结宗数",
    "column.items": "宗数",
    "column.amount_yuan": "花费（元）",
    "column.fee_amount_wanyuan": "入库（万元）",
    "column.natural_person": "个人",
    "column.enterprise": "公司",
    "column.research_institution": "院所",
    "column.social_organization": "慈善团体",
    "column.legal_service": "律所",
    "column.other": "其余单位",
    "column.total": "各类相加",
}
"""The province's wordings, by tag."""

DISPUTES: Mapping[str, str] = {
    "upheld": "站得住",
    "corrected": "改过",
    "other": "另作了断",
    "pending": "在办",
    "total": "相加",
}
"""The columns of reviews and lawsuits, by the last part of their tag."""

_OWN = (("乙表六 全省归集", ""), ("归集类别", "归集数", "共享数"), ("证照", ""), ("信用", ""), ("地图", ""))


def provincial(draft: Draft) -> Draft:
    """Return the report as the province's form prints it."""
    rng = Random(f"provincial/{draft.id}")
    parts = tuple(_paragraph(p) if isinstance(p, Paragraph) else _table(p, rng) for p in draft.parts)
    return replace(draft, id=f"provincial-{draft.id}", parts=parts)


def wording(tag: str) -> str | None:
    """Return the province's wording of a tag, None where it is the usual one."""
    if tag in WORDINGS:
        return WORDINGS[tag]
    kind, _, rest = tag.partition(".")
    part, _, column = rest.rpartition(".")
    return DISPUTES.get(column) if kind == "column" and part else None


def _paragraph(paragraph: Paragraph) -> Paragraph:
    runs = tuple(Run(wording(tag_of(run.label)) or run.text, run.label) for run in paragraph.runs)
    return replace(paragraph, runs=runs)


def _table(table: FormTable, rng: Random) -> FormTable:
    rows = tuple(tuple(_worded(cell) for cell in row) for row in table.rows)
    if table.section == "applications":
        rows = tuple(map(total_first, rows))
    if table.section == "proactive":
        own = _own_block(rng)
        return replace(table, rows=(*rows, *own), keys=(*table.keys, *("",) * len(own)))
    return replace(table, rows=rows)


def _worded(cell: FormCell) -> FormCell:
    text = wording(tag_of(cell.label)) if cell.label else None
    return cell if text is None or not cell.text else replace(cell, text=text)


def total_first(row: Row) -> Row:
    """Return the row with the total before the other applicants, in the header and below."""
    for k, cell in enumerate(row):
        if cell.label == "column.applications.total" or (cell.field or "").endswith(".total"):
            first = next((n for n, other in enumerate(row) if other.kind == cell.kind), k)
            return (*row[:first], cell, *row[first:k], *row[k + 1 :])
    return row


def _own_block(rng: Random) -> list[Row]:
    """Return a block of no form; its cells have no tags."""
    (title, _), header, *labels = _OWN
    rows: list[Row] = [(FormCell(title, column_span=4, kind="title"),)]
    rows.append((*(FormCell(text) for text in header[:-1]), FormCell(header[-1], column_span=2)))
    for label, _ in labels:
        figures = [str(int(10 ** rng.uniform(0, 4))) for _ in range(2)]
        last = FormCell(figures[1], column_span=2, kind="value")
        rows.append((FormCell(label, kind="label"), FormCell(figures[0], kind="value"), last))
    return rows
