"""archive_checks.html: the checks of an archive as one page in Chinese, what to look at first, then every agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from extraction.archive.checks import ArchiveCheck, Entry, Finding
from extraction.output.html_page import render_page, render_table

_FINDINGS = {
    Finding.BROKEN: "年度之间对不上",
    Finding.UNSURE: "待核（有读数不确定）",
    Finding.MISSING_YEAR: "缺年份",
    Finding.DOUBLE_YEAR: "同年多份",
    Finding.NOT_MERGED: "名称相近，未合并",
    Finding.MERGED: "名称变体，已合并",
    Finding.UNKNOWN: "缺机关名称或年份",
    Finding.HOLDS: "衔接一致",
    Finding.NOT_APPLICABLE: "无法核对（空白或缺失）",
}
"""Names of the findings, in the order in which a person looks at them."""

_LISTED_ROWS = 500  # of each table; all of them are in the CSV


def render_checks(entries: Sequence[Entry], checks: Sequence[ArchiveCheck]) -> str:
    """The page as HTML."""
    listed = (part for finding in _FINDINGS for part in _listed(finding, checks))
    return render_page("跨年核对", (*_summary(entries, checks), *listed, *_agencies(checks, entries)))


def _summary(entries: Sequence[Entry], checks: Sequence[ArchiveCheck]) -> Iterator[str]:
    counts = Counter(check.finding for check in checks)
    names = {entry.organization for entry in entries if entry.organization}
    yield f"<p>{len(entries)} 份报告，{len(names)} 个机关名称。"
    yield "核对不改动任何报告：对不上的按原文保留，待核的只给出旁证。</p>"
    yield "<div class='cards'>"
    for finding, title in _FINDINGS.items():
        yield f"<div class='card {finding}'><span class='count'>{counts[finding]}</span>{title}</div>"
    yield "</div>"


def _listed(finding: Finding, checks: Iterable[ArchiveCheck]) -> Iterator[str]:
    """The checks of one finding; those that hold or do not apply are counted only."""
    found = [check for check in checks if check.finding is finding]
    if not found or finding in (Finding.HOLDS, Finding.NOT_APPLICABLE):
        return
    yield f"<h2 class='{finding}'>{_FINDINGS[finding]}（{len(found)}）</h2>"
    rows = [
        (c.organization, "—".join(map(str, c.years)), c.label or c.title, c.expression, c.note, "；".join(c.reports))
        for c in found[:_LISTED_ROWS]
    ]
    yield render_table(("机关", "年份", "项目", "算式", "说明", "报告"), rows)
    if len(found) > _LISTED_ROWS:
        yield f"<p>只列出前 {_LISTED_ROWS} 条，全部见 archive_checks.csv。</p>"


def _agencies(checks: Iterable[ArchiveCheck], entries: Iterable[Entry]) -> Iterator[str]:
    """Every agency with its years and its number of checks by finding."""
    merged: dict[str, str] = {}
    counts: dict[str, Counter[Finding]] = {}
    years: dict[str, set[int]] = {}
    of_path: dict[str, str] = {}
    for check in checks:
        if check.finding is Finding.MERGED:
            merged[check.organization] = check.note
            of_path.update(dict.fromkeys(check.reports, check.organization))
        counts.setdefault(check.organization, Counter())[check.finding] += 1
    for entry in entries:
        name = of_path.get(entry.path, entry.organization or "")
        if name and entry.year is not None:
            years.setdefault(name, set()).add(entry.year)
    rows = [
        (
            name,
            "、".join(map(str, sorted(years[name]))),
            *(counts.get(name, Counter())[finding] for finding in (Finding.HOLDS, Finding.BROKEN, Finding.UNSURE)),
            merged.get(name, ""),
        )
        for name in sorted(years)[:_LISTED_ROWS]
    ]
    yield "<h2>各机关</h2>"
    yield render_table(("机关", "年份", "一致", "对不上", "待核", "说明"), rows)
