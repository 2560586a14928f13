"""`gouji check OUT`: check a conversion's reports against each other, agency by agency and year by year."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from extraction.errors import UsageError

EPILOG = """\
examples:
  gouji convert archive/ -o out
  gouji check out                  writes out/archive_checks.parquet, .csv and .html (in Chinese)

Checked are 结转下年度 of one year against 上年结转 of the next, column by column; 现行有效 against what was
made and repealed (2021 form); years that are missing or reported twice; and spellings of one agency's name.
No report is changed.

exit codes: 0 checked, whatever was found; 2 OUT is no conversion
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to the parser."""
    parser.description = "Checks figures carried from year to year, missing and double years, names of agencies."
    parser.epilog = EPILOG
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion")


def run(parsed: argparse.Namespace) -> int:
    """Check, write the tables and the page, and print the counts. Raises UsageError where OUT is no conversion."""
    from extraction.archive.files import NAME, check_out

    if not (parsed.out / "manifest.jsonl").is_file():
        raise UsageError(f"{parsed.out} is not the OUT folder of a conversion: it has no manifest.jsonl")
    try:
        checks = check_out(parsed.out)
    except ValueError as error:
        raise UsageError(f"{parsed.out}: {error}") from error
    counts = Counter(str(check.finding) for check in checks)
    for finding, number in sorted(counts.items()):
        print(f"{number:8}  {finding}")
    print(f"see {parsed.out / NAME}.html")
    return 0
