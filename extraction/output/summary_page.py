"""summary.html: an archive in numbers, in Chinese, with bar charts as SVG in the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest
from html import escape
from pathlib import Path
from typing import NamedTuple

from extraction.document import Report, Status, Verdict
from extraction.output.chinese_names import FAILURE_KINDS, OUTCOMES, STATUSES, VERDICTS, sum_name
from extraction.output.files import FAILED, ManifestLine, in_place_of
from extraction.output.html_page import render_page, render_table

_LISTED_REPORTS = 30  # and as many sums
_LISTED_FAILURES = 1000


class _Need(NamedTuple):
    """How much of a report is for a person, ordered by that: its fields for review, then its sums that fail."""

    review: int
    wrong: int
    path: str
    who: str


class ArchiveSummary:
    """Counts over the reports of an archive, one report at a time."""

    def __init__(self) -> None:
        self.reports = 0
        self.statuses: Counter[Status] = Counter()
        self.verdicts: Counter[Verdict] = Counter()
        self.failing: Counter[str] = Counter()
        self.years: Counter[int] = Counter()
        self.shares: Counter[int] = Counter()
        self.needs: list[_Need] = []

    def add(self, report: Report) -> None:
        """Count one report."""
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
            if len(self.needs) > 100 * _LISTED_REPORTS:
                self.needs = self.most_review()

    def most_review(self) -> list[_Need]:
        """The reports with most fields for review, most first."""
        return nlargest(_LISTED_REPORTS, self.needs)


def write_summary(path: Path, summary: ArchiveSummary, lines: Mapping[str, ManifestLine]) -> None:
    """Write the page at `path`, over what was counted and the manifest's lines by path."""
    with in_place_of(path) as file:
        file.write(summary_page(summary, lines).encode())


def summary_page(summary: ArchiveSummary, lines: Mapping[str, ManifestLine]) -> str:
    """The page as HTML, over what was counted and the manifest's lines by path."""
    outcomes = Counter(OUTCOMES.get(line.outcome, line.outcome) for line in lines.values())
    failed = [line for line in lines.values() if line.outcome == FAILED]
    kinds = Counter(FAILURE_KINDS.get(line.kind or "", line.kind or "不明") for line in failed)
    took = sum(line.seconds for line in lines.values())
    fields = summary.statuses.total()
    review = f"{summary.statuses[Status.REVIEW] / fields:.1%}" if fields else "无"
    parts = [
        render_table(("文件", "数量"), outcomes.most_common()),
        f"<p>{summary.reports:,} 份报告，{fields:,} 个数据项，其中须人工核对 {review}；"
        f"各文件用时合计 {took / 3600:.2f} 小时。</p>",
        "<h2>数据项</h2>",
        _bars([(STATUSES[s], summary.statuses[s]) for s in Status if s in STATUSES]),
        "<h2>勾稽关系</h2>",
        _bars([(VERDICTS[v], summary.verdicts[v]) for v in Verdict if v in VERDICTS]),
        "<h2>不成立最多的勾稽关系</h2>",
        render_table(("关系", "报告数"), [(sum_name(id), n) for id, n in summary.failing.most_common(_LISTED_REPORTS)]),
        "<h2>各年度报告数</h2>",
        _bars([(str(year) if year else "年度不明", n) for year, n in sorted(summary.years.items())]),
        "<h2>须核对数据项占比（报告数）</h2>",
        _bars([(f"{10 * k}–{10 * k + 10}%", summary.shares[k]) for k in range(10)]),
        "<h2>最需核对的报告</h2>",
        render_table(
            ("报告", "机关与年度", "须核对", "不符"),
            [(n.path, n.who, n.review, n.wrong) for n in summary.most_review()],
        ),
        "<h2>失败原因</h2>",
        _bars(kinds.most_common()),
        "<h2>失败的文件</h2>",
        render_table(("文件", "原因"), [(line.path, line.error or "") for line in failed[:_LISTED_FAILURES]]),
        f"<p>其余 {len(failed) - _LISTED_FAILURES:,} 个见 manifest.jsonl。</p>"
        if len(failed) > _LISTED_FAILURES
        else "",
    ]
    return render_page("政府信息公开工作年度报告：转换结果", parts)


def _bars(bars: Sequence[tuple[str, int]]) -> str:
    """A horizontal bar chart as SVG."""
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
