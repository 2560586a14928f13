"""`gouji show`: a conversion's results on the terminal, a line a report or one report's open questions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from extraction.document import Report, Status, Verdict
from extraction.errors import UsageError
from extraction.messages import Messages, Text
from extraction.output.files import ManifestLine, read_manifest, read_report, report_path

_WIDE = 110  # columns of a terminal that has room for long names
_PIPED = 10_000  # columns of what is no terminal, so that a report is one line
_ACCEPTED = (Status.READ, Status.CORRECTED, Status.INFERRED)

_EPILOG = """\
examples:
  gouji show out                     a line a report
  gouji show out | grep 2023         piped, every report is one line
  gouji show out 2023/report.pdf     one report: fields for review, sums that do not hold, warnings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = (
        "Lists the reports in OUT; with REPORT, the fields for review and the sums that do not hold in it."
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
    console.print(_archive(parsed.out, lines, messages, console.width))
    if console.is_terminal:
        console.print(messages("errors: sums that the report itself prints wrong"), style="dim italic")
    return 0


def line_console() -> Console:
    """A console that breaks lines at the width of a terminal, and none of what goes to a file or another program."""
    return Console(emoji=False, highlight=False, width=None if sys.stdout.isatty() else _PIPED)


def on_one_line(name: str) -> str:
    """A file name as it may be shown: line breaks and other controls as their escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _archive(out: Path, lines: dict[str, ManifestLine], messages: Messages, width: int) -> Table:
    """A line a report of the OUT folder."""
    table = Table(
        Column(messages("report"), overflow="fold"),
        Column(messages("organization"), no_wrap=True, max_width=12 if width < _WIDE else None),
        messages("year"),
        messages("form"),
        *(Column(messages(name), justify="right") for name in ("figures", "blank", "missing", "review", "errors")),
        box=None,
        pad_edge=False,
        collapse_padding=True,
    )
    for name, line in sorted(lines.items()):
        shown = escape(on_one_line(name))
        if report_path(out, name).exists():
            table.add_row(shown, *_row(read_report(out, name), messages))
        else:
            table.add_row(shown, f"[red]{messages(line.outcome)}[/red]", *[""] * 7)
    return table


def _row(report: Report, messages: Messages) -> Iterator[str]:
    def count(*statuses: Status) -> str:
        return str(sum(f.status in statuses for f in report.fields))

    wrong = sum(c.verdict is Verdict.SOURCE_INCONSISTENT for c in report.checks)
    yield escape(report.organization or "?")
    yield str(report.year or "?")
    yield report.template or messages("neither")
    yield from (count(*_ACCEPTED), count(Status.BLANK), count(Status.MISSING), count(Status.REVIEW), str(wrong))


def _report(out: Path, name: str, line: ManifestLine | None, messages: Messages) -> Iterator[str]:
    """A report's title, its fields for review, its sums that do not hold and its warnings. Raises UsageError where
    there is none."""
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
            yield f"  {messages(field.status)}  {field.label}: {field.printed!r} {place}"
    for check in report.checks:
        if check.verdict in (Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED):
            yield f"  {messages(check.verdict)}  {check.id}: {check.expression}"
    for warning in report.warnings:
        yield f"  {messages('warning')}  {warning}"
