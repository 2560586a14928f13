"""The labels of a report: the form's, agencies' other wordings, and wordings that only the test split has.

Labels are named as `Label`s are: `row.<block>.<row>`, `column.<block>.<column>`, `block.<block>`, `group.<text>`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from random import Random

from extraction.forms.catalogue import Block, SectionForm, template
from extraction.forms.printed_form import DISPUTES

Labels = dict[str, str]

_COUNT = {"made": ("本年制作件数", "本年新制发数量"), "disclosed": ("本年公开件数", "本年新增公开数量")}
_ITEMS = {
    "items_last_year": ("上一年度项目数", "去年项目数量"),
    "change": ("本年增减数", "本年增加/减少"),
    "decisions": ("处理决定件数", "本年度处理决定数"),
}

HELD_OUT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **_COUNT,
    **_ITEMS,
    "disclosed_total": ("对外公开总件数", "累计对外公开数量"),
    "items": ("采购项目总数", "采购项目个数"),
    "issued": ("本年制发文件数", "本年度制发件数"),
    "repealed": ("本年废止文件数", "本年度废止件数"),
    "in_force": ("现行有效文件数", "目前有效件数"),
    "natural_person": ("自然人申请", "公民"),
    "enterprise": ("企业", "商业公司"),
    "research_institution": ("科研单位", "科学研究机构"),
    "social_organization": ("公益组织", "社会公益机构"),
    "legal_service": ("法律服务组织", "律师事务所等法律服务机构"),
    "other": ("其他组织",),
    "total": ("合 计", "总 计"),
    "amount_yuan": ("采购总额", "采购合同总金额"),
    "fee_amount_wanyuan": ("本年收费总额（单位：万元）", "收费金额（万元）"),
    **{f"{part}.upheld": ("维持", "结果 维持") for part in DISPUTES},
    **{f"{part}.corrected": ("纠正", "结果 纠正") for part in DISPUTES},
    **{f"{part}.other": ("其它结果", "其他 结果") for part in DISPUTES},
    **{f"{part}.pending": ("未审结", "尚未 审结") for part in DISPUTES},
    **{f"{part}.total": ("合 计", "总 计") for part in DISPUTES},
}
"""Wordings of columns that no other split has."""

HELD_OUT_ROWS: Mapping[str, tuple[str, ...]] = {
    "rules": ("规章（含地方政府规章）", "部门规章"),
    "normative_documents": ("规范性文件（件）", "行政机关规范性文件"),
    "administrative_licensing": ("行政许可事项", "行政许可类"),
    "other_external_services": ("其他对外服务管理事项", "其它对外管理服务事项"),
    "administrative_penalty": ("行政处罚事项", "行政处罚类"),
    "administrative_coercion": ("行政强制措施", "行政强制类"),
    "administrative_fees": ("行政事业收费", "行政事业性收费事项"),
    "government_procurement": ("集中采购", "政府集中采购项目"),
    "received": ("一、本年度新收政府信息公开申请数量", "一、本年新收到的申请数量"),
    "carried_in": ("二、上年度结转政府信息公开申请数量", "二、上年结转的申请数量"),
    "results.granted": ("（一）准予公开", "（一）予以公开的"),
    "results.partially_granted": ("（二）部分予以公开", "（二）部分公开（只计区分处理的情形）"),
    "results.denied.state_secret": ("1.涉及国家秘密", "1.属于国家秘密的"),
    "results.denied.forbidden_by_law": ("2.法律行政法规禁止公开", "2.其他法律、行政法规禁止公开的"),
    "results.denied.endangers_security_stability": ("3.危及三安全一稳定", "3.可能危及“三安全一稳定”"),
    "results.denied.third_party_rights": ("4.保护第三方权益", "4.涉及第三方合法权益"),
    "results.denied.internal_affairs": ("5.三类内部事务信息", "5.属于内部事务信息"),
    "results.denied.process_information": ("6.四类过程性信息", "6.属于过程性信息"),
    "results.denied.enforcement_files": ("7.行政执法案卷", "7.属于行政执法案卷信息"),
    "results.denied.administrative_query": ("8.行政查询事项", "8.属于行政查询类事项"),
    "results.unavailable.not_held": ("1.本单位不掌握相关政府信息", "1.不掌握相关政府信息"),
    "results.unavailable.needs_creation": ("2.无现成信息需另行制作", "2.没有现成信息须另行制作"),
    "results.unavailable.still_unclear": ("3.补正后仍不明确", "3.补正后申请内容还不明确"),
    "results.not_processed.petition": ("1.信访、举报、投诉类申请", "1.信访投诉举报类申请"),
    "results.not_processed.repeated": ("2.重复提出的申请", "2.属于重复申请"),
    "results.not_processed.publication": ("3.要求提供公开出版物的", "3.索要公开出版物"),
    "results.not_processed.excessive": ("4.无正当理由反复大量申请", "4.大量反复申请且无正当理由"),
    "results.not_processed.reconfirmation": ("5.要求确认或重新出具已获取信息", "5.要求行政机关重新出具已获取信息"),
    "results.other": ("（六）其它处理", "（六）其他情形处理"),
    "results.other.no_correction": ("1.无正当理由逾期不补正、不再处理其申请", "1.申请人逾期不补正"),
    "results.other.fee_unpaid": ("2.逾期未按收费通知缴费、不再处理其申请", "2.申请人逾期未缴纳费用"),
    "results.other.other": ("3.其它", "3.其他情形"),
    "results.total": ("（七）总 计", "（七）共计"),
    "carried_out": ("四、结转下一年度继续办理", "四、结转下年度办理"),
}
"""Wordings of rows that no other split has."""

HELD_OUT_GROUPS: Mapping[str, tuple[str, ...]] = {
    "三、本年度办理结果": ("三、本年办理结果",),
    "（三）不予公开": ("（三）决定不予公开",),
    "（四）无法提供": ("（四）不能提供",),
    "（五）不予处理": ("（五）不作处理",),
    "（六）其他处理": ("（六）其它处理",),
    "申请人情况": ("申请人类别",),
    "法人或其他组织": ("法人或者其他组织",),
    "行政复议": ("行政复议情况",),
    "行政诉讼": ("行政诉讼情况",),
    "未经复议直接起诉": ("未经复议起诉",),
    "复议后起诉": ("经复议后起诉",),
}
"""Wordings of merged cells that no other split has."""

HELD_OUT_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "overview": ("总体工作开展情况", "全年总体情况"),
    "proactive": ("主动公开信息情况", "主动公开政府信息工作情况"),
    "applications": ("收到和办理政府信息公开申请情况", "收到及处理政府信息公开申请情况"),
    "review_litigation": ("政府信息公开行政复议和行政诉讼情况", "因政府信息公开引发的行政复议、行政诉讼情况"),
    "problems": ("存在的主要问题及下一步改进情况", "存在的问题和改进情况"),
    "other": ("其他需报告事项", "其他须报告的事项"),
}
"""Wordings of section headings that no other split has."""

_OWN_SWITCH = re.compile(r"元|^本年新$|^本年增/?$|^本年数量$|行政止|事业型|（含行政|^行政规范性文件$|^规范性文件$")
"""Wordings with a switch of their own, or that state the unit of a figure."""

_LONG = (
    "其他对外管理服务事项（含行政确认、行政给付、行政奖励、行政处罚、行政强制等）",
    "其他对外管理服务事项（除行政许可、行政处罚、行政强制以外的其他行政权力事项）",
)
_MISPRINTS = {
    "row.applications.results.denied.forbidden_by_law": "2.其他法律行政止公开",
    "row.fees_2019.administrative_fees": "行政事业型收费",
    "row.fees_2021.administrative_fees": "行政事业型收费",
    "row.applications.results.unavailable.needs_creation": "2.没有现成信息需另行制做",
    "row.applications.results.not_processed.reconfirmation": "5.要求行政机关确认或重新出据已获取信息",
    "row.applications.results.denied.process_information": "6.属于四类过程信息",
}


def draw_labels(rng: Random, template_id: str, on: Collection[str]) -> Labels:
    """Return the labels of a report that differ from the form's, by name."""
    labels: Labels = {}
    for block in template(template_id).blocks:
        labels |= _worded(rng, block, on)
    if "held_out_wordings" in on:
        labels |= {f"group.{g}": rng.choice(w) for g, w in HELD_OUT_GROUPS.items() if rng.random() < 0.3}
    labels |= _switched(rng, template_id, on)
    return labels


def typeset(text: str, on: Collection[str], mark: str) -> str:
    """Return a label with the report's enumeration mark for "1." and its brackets and colons, half-width if asked."""
    if "arabic_marks" in on:
        text = re.sub(r"^(\d)\.", lambda m: m[1] + mark, text)
    if "half_width_labels" in on:
        text = text.translate(str.maketrans("（）：", "():"))
    return text


def _worded(rng: Random, block: Block, on: Collection[str]) -> Labels:
    """Return some labels of a block in other words; equal columns of the blocks stay equal where printed together."""
    labels: Labels = {}
    named = [(f"row.{block.id}.{r.id}", r.wordings, HELD_OUT_ROWS.get(r.id, ())) for r in block.rows]
    named += [(f"column.{block.id}.{c.id}", c.wordings, HELD_OUT_COLUMNS.get(c.id, ())) for c in block.columns]
    for name, wordings, held_out in named:
        stock = [w for w in wordings if not _OWN_SWITCH.search(w)] if "catalogue_wordings" in on else []
        if held_out and "held_out_wordings" in on and rng.random() < 0.35:
            labels[name] = rng.choice(held_out)
        elif stock and rng.random() < 0.4:
            labels[name] = rng.choice(stock)
    return labels


def _switched(rng: Random, template_id: str, on: Collection[str]) -> Labels:
    """Return the labels that have a switch of their own."""
    labels: Labels = {}
    blocks = {block.id: block for block in template(template_id).blocks}
    documents = f"documents_{template_id}"
    if "header_two_lines" in on:
        for block in blocks.values():
            if block.section == "proactive":
                labels |= {f"column.{block.id}.{c.id}": _two_lines(c.label) for c in block.columns}
    if template_id == "2019" and "header_line_lost" in on:
        labels |= {f"column.{documents}.made": "本年新", f"column.{documents}.disclosed": "本年新"}
    if template_id == "2019" and "header_change" in on:
        wording = rng.choice(("本年增", "本年增/", "本年数量"))
        labels |= {f"column.{b}.change": wording for b in ("licensing_2019", "penalties_2019", "fees_2019")}
    if "spaced_rules" in on:
        labels[f"row.{documents}.rules"] = rng.choice(("规 章", "规  章", "规    章"))
    if "administrative_swapped" in on:
        swapped = "规范性文件" if template_id == "2021" else "行政规范性文件"
        labels[f"row.{documents}.normative_documents"] = swapped
    if template_id == "2019" and "long_instructions" in on:
        labels["row.licensing_2019.other_external_services"] = rng.choice(_LONG)
    if "misprinted_labels" in on:
        known = [name for name in _MISPRINTS if name.split(".")[1] in blocks]
        labels |= {name: _MISPRINTS[name] for name in rng.sample(known, rng.randint(1, 3))}
    return labels


def _two_lines(label: str) -> str:
    """Return 本年新⏎制作数量 for 本年新制作数量; labels of one short word stay."""
    at = 3 if label.startswith(("本年新", "上一年", "本年增")) else len(label) // 2
    return label if len(label) < 5 or at >= len(label) - 1 else f"{label[:at]}\n{label[at:]}"


def section_title(rng: Random, form: SectionForm, on: Collection[str], number: str) -> str:
    """Return a section's heading behind its number ("" for none)."""
    title = form.title
    if "held_out_wordings" in on and rng.random() < 0.5:
        title = rng.choice(HELD_OUT_HEADINGS[form.id])
    elif "heading_wordings" in on and rng.random() < 0.6:
        title = rng.choice(form.wordings)
    if not number:
        return title
    return f"{number}、{title}"
