"""`gouji show`: a conversion's results on the terminal, a line a report or one report's open questions."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from extraction.document import Report, Status, Verdict
from extraction.errors import UsageError
from extraction.output.files import read_manifest, read_report, report_path

_WIDE = 110  # characters of a terminal that has room for long names
_ACCEPTED = (Status.READ, Status.CORRECTED, Status.INFERRED)

_EPILOG = """\
examples:
  gouji show out                     a line a report
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


def run(parsed: argparse.Namespace) -> int:
    """Show what was asked for; exit code 0. Raises UsageError."""
    return show_report(parsed.out, parsed.report) if parsed.report else show_archive(parsed.out)


def show_archive(out: Path) -> int:
    """One line a report of the OUT folder. Raises UsageError where it is none."""
    lines = read_manifest(out)
    if not lines:
        raise UsageError(f"{out} is not the OUT folder of a conversion: it has no manifest.jsonl")
    console = Console(emoji=False)
    table = Table(
        Column("report", overflow="fold"),
        Column("organization", no_wrap=True, max_width=12 if console.width < _WIDE else None),
        "year",
        "form",
        *(Column(heading, justify="right") for heading in ("figures", "blank", "missing", "review", "errors")),
        box=None,
        pad_edge=False,
        collapse_padding=True,
        caption="errors: sums that the report itself prints wrong",
    )
    for name, line in sorted(lines.items()):
        if not report_path(out, name).exists():
            table.add_row(escape(name), f"[red]{line.outcome}[/red]", *[""] * 7)
            continue
        table.add_row(escape(name), *_row(read_report(out, name)))
    console.print(table)
    return 0


def show_report(out: Path, name: str) -> int:
    """The fields of one report for review and its sums that do not hold. Raises UsageError where there is none."""
    if not report_path(out, name).exists():
        raise UsageError(f"{out} has no report of {name}; `gouji show {out}` lists them")
    report = read_report(out, name)
    console = Console(emoji=False)
    console.print(f"{report.title or name}  ({report.organization or '?'}, {report.year or '?'})", markup=False)
    for field in report.fields:
        if field.status is Status.REVIEW:
            place = f"page {field.page}" if field.page else ""
            console.print(f"  review  {field.label}: {field.printed!r} {place}", markup=False)
    for check in report.checks:
        if check.verdict in (Verdict.SOURCE_INCONSISTENT, Verdict.UNRESOLVED):
            console.print(f"  {check.verdict}  {check.id}: {check.expression}", markup=False)
    for warning in report.warnings:
        console.print(f"  warning  {warning}", markup=False)
    return 0


def _row(report: Report) -> Iterable[str]:
    def count(*statuses: Status) -> str:
        return str(sum(f.status in statuses for f in report.fields))

    wrong = sum(c.verdict is Verdict.SOURCE_INCONSISTENT for c in report.checks)
    yield escape(report.organization or "?")
    yield str(report.year or "?")
    yield report.template or "neither"
    yield from (count(*_ACCEPTED), count(Status.BLANK), count(Status.MISSING), count(Status.REVIEW), str(wrong))
