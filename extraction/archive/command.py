"""`gouji check OUT`: check a conversion's reports against each other, agency by agency and year by year."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from extraction.errors import UsageError
from extraction.messages import Messages

EPILOG = """\
examples:
  gouji convert archive/ -o out
  gouji check out                  writes out/archive_checks.parquet, .csv and .html (in Chinese)

what is checked:
  结转下年度 of one year      against 上年结转 of the next, column by column
  现行有效 of two years       against what was made and repealed in between (2021 form)
  years of an agency          missing or reported twice
  names of an agency          spellings that may be one

No report is changed.

exit codes: 0 checked, whatever was found; 2 OUT is no conversion
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to the parser."""
    parser.description = "Checks figures carried from year to year, missing and double years, names of agencies."
    parser.epilog = EPILOG
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Check, write the tables and the page, and print the counts. Raises UsageError where OUT is no conversion."""
    from extraction.archive.files import NAME, check_out

    if not (parsed.out / "manifest.jsonl").is_file():
        raise UsageError("{out} is not the OUT folder of a conversion: it has no manifest.jsonl", out=parsed.out)
    try:
        checks = check_out(parsed.out)
    except ValueError as error:
        raise UsageError("{path}: {why}", path=parsed.out, why=error) from error
    counts = Counter(str(check.finding) for check in checks)
    for finding, number in sorted(counts.items()):
        print(f"{number:8}  {messages(finding)}")
    print(messages("see {path}", path=parsed.out / f"{NAME}.html"))
    return 0
