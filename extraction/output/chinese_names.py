"""Chinese names of statuses, verdicts, outcomes, failures and sums, as pages, workbooks and the desk show them."""

from __future__ import annotations

from functools import cache

from extraction.document import Status, Verdict
from extraction.forms.catalogue import template, template_ids
from extraction.output.files import CONVERTED, FAILED, SKIPPED

STATUSES = {
    Status.READ: "已识读",
    Status.CORRECTED: "已更正",
    Status.INFERRED: "已推得",
    Status.BLANK: "空白",
    Status.REVIEW: "须核对",
    Status.MISSING: "原文无",
}
VERDICTS = {
    Verdict.HOLDS: "相符",
    Verdict.CORRECTED: "更正后相符",
    Verdict.SOURCE_INCONSISTENT: "原文数字不符",
    Verdict.UNRESOLVED: "待核对",
    Verdict.NOT_APPLICABLE: "不适用",
}
OUTCOMES = {CONVERTED: "已转换", SKIPPED: "未变，保留", FAILED: "失败"}
FAILURE_KINDS = {
    "Crash": "读取程序崩溃",
    "TimeLimit": "超时",
    "MemoryLimit": "内存超限",
    "Fault": "程序错误",
    "Unwritable": "结果无法写入",
    "UnsupportedFormat": "格式不支持",
    "EmptyFile": "空文件",
    "EncryptedFile": "已加密",
    "DamagedFile": "文件损坏",
    "TooLarge": "超过限制",
    "NotAReport": "不是年度报告",
}


def sum_name(id: str) -> str:
    """The name of a sum: the row or column it runs over, then its rule; the id itself where no form has it."""
    return _sum_names().get(id, id)


@cache
def _sum_names() -> dict[str, str]:
    forms = [template(name) for name in template_ids()]
    labels = {f.id: f.label for form in forms for f in form.fields}
    names = {}
    for identity in (identity for form in forms for identity in form.identities(labels)):
        paths = [labels[field].split(" / ") for field in (*identity.left, *identity.right)]
        common = " / ".join(part for part in paths[0] if all(part in path for path in paths[1:]))
        names[identity.id] = f"{common}：{identity.title}" if common else identity.title
    return names
