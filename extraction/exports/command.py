"""`gouji export`: write the results of a conversion as a workbook, a table, a database or a page."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from extraction.errors import UsageError
from extraction.messages import Messages

if TYPE_CHECKING:  # the writers are imported where they are needed: they load slowly
    from extraction.document import Report

_EPILOG = """\
examples:
  gouji export out --to out.xlsx               the national form, a sheet a report, what is for review coloured
  gouji export out 2023/a.pdf --to a.xlsx      one report
  gouji export out --to fields.csv --bom       a CSV that Excel opens as it should
  gouji export out --to fields --by-year       Parquet in folders year=2023 and so on, for large archives
  gouji export out --to sqlite:///archive.db   reports, fields and sums as tables
  gouji export out --to postgresql+psycopg://user@host/archive
  gouji export out --to summary.html           counts, sums that fail, the reports that need most work
  gouji export s3://archive/out --to s3://archive/fields.csv
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to the parser."""
    parser.description = "Writes the reports in OUT, or those named, to TARGET; its ending or address says as what."
    parser.epilog = _EPILOG
    parser.add_argument("out", metavar="OUT", help="folder of a conversion, here or in an object store")
    parser.add_argument("reports", nargs="*", metavar="REPORT", help="paths of inputs, as the manifest names them")
    parser.add_argument("--to", required=True, metavar="TARGET", help="*.xlsx, *.csv, *.html, a folder, a database")
    parser.add_argument(
        "--bom", action="store_true", help="CSV for Excel: marked as UTF-8, no text taken for a formula"
    )
    parser.add_argument("--by-year", action="store_true", help="Parquet, a folder a year")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Write what was asked for; exit code 0. Raises UsageError, StoreError."""
    from extraction.output.files import FAILED, read_manifest
    from extraction.output.places import place, store_faults

    with store_faults():
        out = place(parsed.out)
        lines = read_manifest(out)
        if not lines:
            raise UsageError("{out} is not the OUT folder of a conversion: it has no manifest.jsonl", out=out)
        if unknown := [name for name in parsed.reports if name not in lines or lines[name].outcome == FAILED]:
            raise UsageError(
                "{out} has no report of {report}; `gouji show {out}` lists them", out=out, report=unknown[0]
            )
        names = parsed.reports or [name for name, line in sorted(lines.items()) if line.outcome != FAILED]
        _write(parsed, out, names)
    print(messages("{count:,} reports: {target}", count=len(names), target=parsed.to))
    return 0


def _write(parsed: argparse.Namespace, out: Path, names: list[str]) -> None:
    from extraction.output.places import place

    suffix = Path(parsed.to).suffix  # a database's address has none of these
    target = place(parsed.to) if suffix in (".xlsx", ".csv", ".html") else Path(parsed.to)
    if parsed.by_year:
        if "://" in parsed.to:
            raise UsageError("{path}: --by-year writes to a folder of this machine; copy it from there", path=parsed.to)
        from extraction.exports.partitions import write_by_year

        write_by_year(target, _reports(out, names))
    elif suffix == ".xlsx":
        _require("xlsxwriter")
        from extraction.exports.workbook import MAX_REPORTS, write_workbook

        if len(names) > MAX_REPORTS:
            raise UsageError(
                "a workbook takes {limit} reports, not {count:,}: name some, or use a database",
                limit=MAX_REPORTS,
                count=len(names),
            )
        write_workbook(target, _reports(out, names))
    elif suffix == ".csv":
        from extraction.output.field_tables import write_csv

        write_csv(target, _reports(out, names), for_excel=parsed.bom)
    elif suffix == ".html":
        from extraction.output.files import read_manifest
        from extraction.output.summary_page import ArchiveSummary, write_summary

        summary = ArchiveSummary()
        for report in _reports(out, names):
            summary.add(report)
        write_summary(target, summary, read_manifest(out))
    elif "://" in parsed.to:
        _require("sqlalchemy")
        from extraction.exports.database import write_database

        write_database(parsed.to, _reports(out, names))
    else:
        raise UsageError(
            "{path}: end it with .xlsx, .csv or .html, give a database's address, or add --by-year", path=parsed.to
        )


def _reports(out: Path, names: list[str]) -> Iterator[Report]:
    from extraction.output.files import read_report

    for name in names:
        try:
            yield read_report(out, name)
        except (OSError, ValueError) as error:
            unreadable = "the report of {report} cannot be read ({error}); run gouji convert again"
            raise UsageError(unreadable, report=name, error=error) from error


def _require(package: str) -> None:
    if find_spec(package) is None:
        raise UsageError("{package} is not installed: pip install 'gouji[{extra}]'", package=package, extra="export")
