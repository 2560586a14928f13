"""Reports of a region that words every row in its own way, as web pages: what Gouji has to be taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape

from extraction.forms.label_tags import tag_of
from extraction.forms.printed_form import FormCell, FormTable
from training.samples.render_html import table_html
from training.synthetic.content.draft import Draft, Paragraph
from training.synthetic.content.report import draft_report

WORDINGS: Mapping[str, str] = {
    "row.rules": "章规",
    "row.normative_documents": "文件规范",
    "row.administrative_licensing": "可许政行",
    "row.other_external_services": "服务他项",
    "row.administrative_penalty": "罚处政",
    "row.administrative_coercion": "制强政",
    "row.administrative_fees": "收费事业",
    "row.government_procurement": "采购之集中",
    "row.received": "收申请（今年新来）",
    "row.carried_in": "结转而来（去年）",
    "row.results.granted": "开放、公布",
    "row.results.partially_granted": "分开公布一部",
    "row.results.denied.state_secret": "密级为国家之",
    "row.results.denied.forbidden_by_law": "法规行政法律另禁",
    "row.results.denied.endangers_security_stability": "一安三全稳危",
    "row.results.denied.third_party_rights": "合法的三方之益",
    "row.results.denied.internal_affairs": "内务三类",
    "row.results.denied.process_information": "过程四类",
    "row.results.denied.enforcement_files": "案卷（执法）",
    "row.results.denied.administrative_query": "查询行政",
    "row.results.unavailable.not_held": "不在掌握",
    "row.results.unavailable.needs_creation": "另作（没现成）",
    "row.results.unavailable.still_unclear": "仍不明",
    "row.results.not_processed.petition": "投诉举报信访",
    "row.results.not_processed.repeated": "请复再三",
    "row.results.not_processed.publication": "出版物求",
    "row.results.not_processed.excessive": "多次反复无由",
    "row.results.not_processed.reconfirmation": "确认重出",
    "row.results.other": "处理之他",
    "row.results.other.no_correction": "补正逾期",
    "row.results.other.fee_unpaid": "费用逾期",
    "row.results.other.other": "他情",
    "row.results.total": "计总",
    "row.carried_out": "办理转下年",
}
"""What the region prints, by tag."""


def regional(number: int) -> Draft:
    """An invented report of the region, and its gold."""
    draft = draft_report(number, "train")
    return replace(draft, parts=tuple(p if isinstance(p, Paragraph) else _table(p) for p in draft.parts))


def web_page(draft: Draft) -> bytes:
    """The report as HTML."""
    parts = [f"<p>{escape(p.text)}</p>" if isinstance(p, Paragraph) else table_html(p) for p in draft.parts]
    head = '<head><meta charset="utf-8"><title>政府信息公开工作年度报告</title></head>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="zh-CN">{head}<body>\n{body}\n</body></html>\n'.encode()


def _table(table: FormTable) -> FormTable:
    return replace(table, rows=tuple(tuple(_cell(cell) for cell in row) for row in table.rows))


def _cell(cell: FormCell) -> FormCell:
    text = WORDINGS.get(tag_of(cell.label)) if cell.label else None
    return replace(cell, text=text) if text and cell.text else cell
