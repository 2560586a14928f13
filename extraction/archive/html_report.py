"""The checks of an archive as one page in Chinese that needs nothing else: what to look at first, then every agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from extraction.archive.checks import ArchiveCheck, Entry, Finding

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
"""In the order in which somebody looks at them."""

_SHOWN = 500  # rows of one table; all of them are in the CSV
_STYLE = """
body { font: 15px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2em auto; max-width: 72em;
  padding: 0 1em; color: #222 }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #ccc }
table { border-collapse: collapse; width: 100%; font-size: .92em }
th, td { text-align: left; padding: .25em .6em; border-bottom: 1px solid #e4e4e4; vertical-align: top }
th { background: #f4f4f4 } .count { font-size: 1.6em; margin-right: .3em }
.cards { display: flex; flex-wrap: wrap; gap: .8em }
.card { border: 1px solid #ddd; border-radius: .4em; padding: .5em 1em }
.broken { color: #a40000 } .unsure { color: #8a5a00 } .quiet { color: #777 }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } th { background: #2a2a2a }
  th, td { border-color: #333 } .card { border-color: #444 } .broken { color: #ff8a80 } .unsure { color: #ffca70 } }
"""


def render_page(entries: Sequence[Entry], checks: Sequence[ArchiveCheck]) -> str:
    """The page, self-contained."""
    return "".join(
        (
            "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>",
            "<meta name='viewport' content='width=device-width'><title>跨年核对</title>",
            f"<style>{_STYLE}</style></head><body><h1>跨年核对</h1>",
            *_summary(entries, checks),
            *(part for finding in _FINDINGS for part in _listed(finding, checks)),
            *_agencies(checks, entries),
            "</body></html>\n",
        )
    )


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
    """All checks of one finding; those that hold, and those that say nothing, are only counted."""
    found = [check for check in checks if check.finding is finding]
    if not found or finding in (Finding.HOLDS, Finding.NOT_APPLICABLE):
        return
    yield f"<h2 class='{finding}'>{_FINDINGS[finding]}（{len(found)}）</h2>"
    yield "<table><tr><th>机关</th><th>年份</th><th>项目</th><th>算式</th><th>说明</th><th>报告</th></tr>"
    for check in found[:_SHOWN]:
        cells = (
            check.organization,
            "—".join(map(str, check.years)),
            check.label or check.title,
            check.expression,
            check.note,
            "；".join(check.reports),
        )
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    yield "</table>"
    if len(found) > _SHOWN:
        yield f"<p class='quiet'>只列出前 {_SHOWN} 条，全部见 archive_checks.csv。</p>"


def _agencies(checks: Iterable[ArchiveCheck], entries: Iterable[Entry]) -> Iterator[str]:
    """Every agency with its years and how many of its checks came out how."""
    spelled: dict[str, str] = {}
    counts: dict[str, Counter[Finding]] = {}
    years: dict[str, set[int]] = {}
    of_path: dict[str, str] = {}
    for check in checks:
        if check.finding is Finding.MERGED:
            spelled[check.organization] = check.note
            of_path.update(dict.fromkeys(check.reports, check.organization))
        counts.setdefault(check.organization, Counter())[check.finding] += 1
    for entry in entries:
        name = of_path.get(entry.path, entry.organization or "")
        if name and entry.year is not None:
            years.setdefault(name, set()).add(entry.year)
    yield "<h2>各机关</h2>"
    yield "<table><tr><th>机关</th><th>年份</th><th>一致</th><th>对不上</th><th>待核</th><th>说明</th></tr>"
    for name in sorted(years)[:_SHOWN]:
        found = counts.get(name, Counter())
        cells = (
            name,
            "、".join(map(str, sorted(years[name]))),
            *(str(found[finding]) for finding in (Finding.HOLDS, Finding.BROKEN, Finding.UNSURE)),
            spelled.get(name, ""),
        )
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    yield "</table>"
