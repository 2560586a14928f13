"""`gouji check OUT`: the reports of a conversion beside each other, agency by agency and year by year."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from extraction.errors import UsageError

EPILOG = """\
examples:
  gouji convert archive/ -o out
  gouji check out                  writes out/archive_checks.parquet, .csv and .html (in Chinese)

Looked at are 结转下年度 of one year and 上年结转 of the next, column by column; 现行有效 with what was
made and repealed (2021 form); years that are missing or double; and names of one agency.
Nothing in the reports is changed.

exit codes: 0 checked, whatever was found; 2 OUT is no conversion
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.description = (
        "Checks what one year's report hands on to the next, missing and double years, agencies' names."
    )
    parser.epilog = EPILOG
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion")


def run(parsed: argparse.Namespace) -> int:
    """Check, write and say what was found. Raises UsageError."""
    from extraction.archive.files import NAME, check_out

    if not (parsed.out / "manifest.jsonl").is_file():
        raise UsageError(f"{parsed.out} is no folder of a conversion: it has no manifest.jsonl")
    try:
        checks = check_out(parsed.out)
    except ValueError as error:
        raise UsageError(f"{parsed.out}: {error}") from error
    counts = Counter(str(check.finding) for check in checks)
    for finding, number in sorted(counts.items()):
        print(f"{number:8}  {finding}")
    print(f"see {parsed.out / NAME}.html")
    return 0
