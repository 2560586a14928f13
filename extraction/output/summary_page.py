"""A page that sums an archive up, in Chinese: what was converted, what is for review, which sums fail, what failed.

One file without anything from elsewhere: its plots are SVG in the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from html import escape
from pathlib import Path

from extraction.document import Report, Status, Verdict
from extraction.exports.sums import sum_name
from extraction.output.files import ManifestLine, in_place_of

_WORST = 30
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
_OUTCOMES = {"converted": "已转换", "skipped": "未变，保留", "failed": "失败"}
_KINDS = {
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
_STYLE = """body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60em;margin:2em auto}
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #ccc}table{border-collapse:collapse}
td,th{padding:.15em .8em;text-align:left;border-bottom:1px solid #eee}td.n{text-align:right;vertical-align:top}
svg text{font-size:12px;fill:#333}.path{word-break:break-all}"""


@dataclass(frozen=True, slots=True)
class _Need:
    """How much of a report needs a person; compared by that."""

    review: int
    wrong: int
    path: str
    who: str


class Survey:
    """What is counted of reports as they go by."""

    def __init__(self) -> None:
        self.reports = 0
        self.statuses: Counter[Status] = Counter()
        self.verdicts: Counter[Verdict] = Counter()
        self.failing: Counter[str] = Counter()
        self.years: Counter[int] = Counter()
        self.shares: Counter[int] = Counter()
        self.needs: list[_Need] = []

    def add(self, report: Report) -> None:
        """Count one more."""
        self.reports += 1
        self.statuses.update(f.status for f in report.fields)
        self.verdicts.update(c.verdict for c in report.checks)
        wrong = [c.id for c in report.checks if c.verdict in (Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED)]
        self.failing.update(wrong)
        self.years[report.year or 0] += 1
        review = sum(f.status is Status.REVIEW for f in report.fields)
        self.shares[min(9, 10 * review // max(1, len(report.fields)))] += 1
        if review or wrong:
            who = f"{report.organization or ''} {report.year or ''}".strip()
            self.needs.append(_Need(review, len(wrong), report.source.path, who))
            if len(self.needs) > 100 * _WORST:
                self.needs = self.worst()

    def worst(self) -> list[_Need]:
        """The reports that need most work."""
        return nlargest(_WORST, self.needs, key=lambda n: (n.review, n.wrong, n.path))


def write_summary(path: Path, survey: Survey, lines: Mapping[str, ManifestLine]) -> None:
    """Write the page."""
    with in_place_of(path) as file:
        file.write(summary_page(survey, lines).encode())


def summary_page(survey: Survey, lines: Mapping[str, ManifestLine]) -> str:
    """The page over an archive's reports and its manifest."""
    outcomes = Counter(_OUTCOMES.get(line.outcome, line.outcome) for line in lines.values())
    failed = [line for line in lines.values() if line.outcome == "failed"]
    kinds = Counter(_KINDS.get(line.kind or "", line.kind or "不明") for line in failed)
    took = sum(line.seconds for line in lines.values())
    fields = survey.statuses.total()
    review = f"{survey.statuses[Status.REVIEW] / fields:.1%}" if fields else "无"
    parts = [
        "<h1>政府信息公开工作年度报告：转换结果</h1>",
        _table(("文件", "数量"), outcomes.most_common()),
        f"<p>{survey.reports:,} 份报告，{fields:,} 个数据项，其中须人工核对 {review}；"
        f"各文件用时合计 {took / 3600:.2f} 小时。</p>",
        "<h2>数据项</h2>",
        _bars([(STATUSES[s], survey.statuses[s]) for s in Status if s in STATUSES]),
        "<h2>勾稽关系</h2>",
        _bars([(VERDICTS[v], survey.verdicts[v]) for v in Verdict if v in VERDICTS]),
        "<h2>不成立最多的勾稽关系</h2>",
        _table(("关系", "报告数"), [(sum_name(id), n) for id, n in survey.failing.most_common(_WORST)]),
        "<h2>各年度报告数</h2>",
        _bars([(str(year) if year else "年度不明", n) for year, n in sorted(survey.years.items())]),
        "<h2>须核对数据项占比（报告数）</h2>",
        _bars([(f"{10 * k}–{10 * k + 10}%", survey.shares[k]) for k in range(10)]),
        "<h2>最需核对的报告</h2>",
        _table(("报告", "机关与年度", "须核对", "不符"), [(n.path, n.who, n.review, n.wrong) for n in survey.worst()]),
        "<h2>失败原因</h2>",
        _bars(kinds.most_common()),
        "<h2>失败的文件</h2>",
        _table(("文件", "原因"), [(line.path, line.error or "") for line in failed[:1000]]),
        f"<p>其余 {len(failed) - 1000:,} 个见 manifest.jsonl。</p>" if len(failed) > 1000 else "",
    ]
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>转换结果</title>'
        f"<style>{_STYLE}</style>{''.join(parts)}</html>\n"
    )


def _table(heads: Sequence[str], rows: Sequence[tuple[object, ...]]) -> str:
    if not rows:
        return "<p>无</p>"
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(h)}</th>' for h in heads)}</tr>{body}</table>"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))
    return f'<td class="path">{escape(shown)}</td>'


def _bars(bars: Sequence[tuple[str, int]]) -> str:
    """Level bars, one below the other, as long as their numbers."""
    if not bars:
        return "<p>无</p>"
    most, height = max(n for _, n in bars) or 1, 22
    drawn = "".join(
        f'<text x="150" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="160" y="{y + 3}" width="{460 * n / most:.1f}" height="16" fill="#0072b2"/>'
        f'<text x="{166 + 460 * n / most:.1f}" y="{y + 15}">{n:,}</text>'
        for y, (name, n) in zip(range(0, height * len(bars), height), bars, strict=True)
    )
    return f'<svg viewBox="0 0 720 {height * len(bars)}" width="720" role="img">{drawn}</svg>'
