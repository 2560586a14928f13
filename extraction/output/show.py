"""`gouji show`: a conversion's results on the terminal, a line a report or one report's open questions."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from extraction.document import Field, Report, Status, Verdict
from extraction.doubts import DoubtCode
from extraction.errors import UsageError
from extraction.messages import Language, Messages, Text
from extraction.output.files import ManifestLine, read_manifest, read_report, report_path

_WIDE = 110  # columns of a terminal that has room for long names
_PIPED = 10_000  # columns of what is no terminal, so that a report is one line
_MAX_REASONS = 3  # that the list names of each report, the most frequent ones
_ACCEPTED = (Status.READ, Status.CORRECTED, Status.INFERRED)

_EPILOG = """\
examples:
  gouji show out                     a line a report
  gouji show out | grep 2023         piped, every report is one line
  gouji show out 2023/report.pdf     one report: fields for review and why, sums that do not hold, warnings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = (
        "Lists the reports in OUT and why fields are for review; with REPORT, these fields with their reasons and "
        "the sums that do not hold in it."
    )
    parser.epilog = _EPILOG
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion")
    parser.add_argument("report", nargs="?", metavar="REPORT", help="path of one input, as the manifest names it")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Show what was asked for; exit code 0. Raises UsageError."""
    lines = read_manifest(parsed.out)
    if not lines:
        raise UsageError("{out} is not the OUT folder of a conversion: it has no manifest.jsonl", out=parsed.out)
    console = line_console()
    if parsed.report:
        for line in _report(parsed.out, parsed.report, lines.get(parsed.report), messages):
            console.print(line, markup=False, soft_wrap=True)
        return 0
    reasons: Counter[DoubtCode] = Counter()
    console.print(_archive(parsed.out, lines, messages, console.width, reasons))
    if console.is_terminal:
        if reasons:
            why = _counted(reasons, messages)
            console.print(messages("for review because: {why}", why=why), style="dim italic", markup=False)
        console.print(messages("errors: sums that the report itself prints wrong"), style="dim italic")
    return 0


def line_console() -> Console:
    """A console that breaks lines at the width of a terminal, and none of what goes to a file or another program."""
    return Console(emoji=False, highlight=False, width=None if sys.stdout.isatty() else _PIPED)


def on_one_line(name: str) -> str:
    """A file name as it may be shown: line breaks and other controls as their escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _archive(
    out: Path, lines: dict[str, ManifestLine], messages: Messages, width: int, reasons: Counter[DoubtCode]
) -> Table:
    """A line a report of the OUT folder, with its reasons where there is room. Counts in `reasons` those of all."""
    wide = width >= _WIDE
    table = Table(
        Column(messages("report"), overflow="fold"),
        Column(messages("organization"), no_wrap=True, max_width=None if wide else 12),
        messages("year"),
        messages("form"),
        *(Column(messages(name), justify="right") for name in ("figures", "blank", "missing", "review", "errors")),
        *([Column(messages("reasons"), overflow="fold")] if wide else []),
        box=None,
        pad_edge=False,
        collapse_padding=True,
    )
    for name, line in sorted(lines.items()):
        shown = escape(on_one_line(name))
        if report_path(out, name).exists():
            report = read_report(out, name)
            why = reasons_for_review(report.fields)
            reasons.update(why)
            named = [_counted(dict(why.most_common(_MAX_REASONS)), messages)] if wide else []
            table.add_row(shown, *_row(report, messages), *named)
        else:
            table.add_row(shown, f"[red]{messages(line.outcome)}[/red]", *[""] * (8 if wide else 7))
    return table


def _row(report: Report, messages: Messages) -> Iterator[str]:
    def count(*statuses: Status) -> str:
        return str(sum(f.status in statuses for f in report.fields))

    wrong = sum(c.verdict is Verdict.SOURCE_INCONSISTENT for c in report.checks)
    yield escape(report.organization or "?")
    yield str(report.year or "?")
    yield report.template or messages("neither")
    yield from (count(*_ACCEPTED), count(Status.BLANK), count(Status.MISSING), count(Status.REVIEW), str(wrong))


def reasons_for_review(fields: Iterable[Field]) -> Counter[DoubtCode]:
    """How many of the fields for review have each reason."""
    return Counter(d.code for field in fields if field.status is Status.REVIEW for d in field.doubts)


def _counted(reasons: Mapping[DoubtCode, int], messages: Messages) -> str:
    """The reasons in words, each with how many fields have it, the most frequent first."""
    ranked = sorted(reasons.items(), key=lambda pair: -pair[1])
    return messages("; ").join(f"{_said(code, messages)} {number:,}" for code, number in ranked)


def _said(code: DoubtCode, messages: Messages) -> str:
    return code.about.zh if messages.language is Language.CHINESE else code.about.en


def _report(out: Path, name: str, line: ManifestLine | None, messages: Messages) -> Iterator[str]:
    """A report's title, its fields for review with their reasons, its sums that do not hold and its warnings.

    Raises UsageError where there is none.
    """
    if line is not None and line.error is not None:
        kind = Text(line.kind or "")
        raise UsageError("{report} could not be converted ({kind}): {error}", report=name, kind=kind, error=line.error)
    if not report_path(out, name).exists():
        raise UsageError("{out} has no report of {report}; `gouji show {out}` lists them", out=out, report=name)
    report = read_report(out, name)
    yield f"{report.title or name}  ({report.organization or '?'}, {report.year or '?'})"
    for field in report.fields:
        if field.status is Status.REVIEW:
            place = messages("page {page}", page=field.page) if field.page else ""
            why = messages("; ").join(_said(d.code, messages) for d in field.doubts)
            yield f"  {messages(field.status)}  {field.label}: {field.printed!r} {place}" + (
                f"  ({why})" if why else ""
            )
    for check in report.checks:
        if check.verdict in (Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED):
            yield f"  {messages(check.verdict)}  {check.id}: {check.expression}"
    for warning in report.warnings:
        yield f"  {messages('warning')}  {warning}"
