"""Accuracy of matching spellings of agency names, over invented agencies: `python -m training.agency_names`.

Each agency of a split reports for one to three years, in some years under its name without the places above it. Every
pair of printed names belongs to one agency or to two.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from random import Random

from rich.console import Console
from rich.table import Table

from extraction.archive.agencies import group_agencies
from training.synthetic.content.agencies import draw_agency

_SHORTENED = 0.3  # of reports


def main(arguments: list[str] | None = None) -> int:
    """Print the counts of each split."""
    parser = argparse.ArgumentParser(prog="python -m training.agency_names", description=__doc__)
    parser.add_argument("--agencies", type=int, default=500, help="how many of each split")
    given = parser.parse_args(arguments)
    table = Table("split", "names", "pairs of one agency", "put together rightly", "wrongly", "doubts told")
    for split in ("train", "dev", "test"):
        table.add_row(split, *map(str, counted(split, given.agencies)))
    Console().print(table)
    return 0


def counted(split: str, agencies: int) -> tuple[int, int, int, int, int]:
    """Return the numbers of names, of pairs of one agency, of pairs matched rightly and wrongly, and of reported
    doubts."""
    years: dict[str, set[int]] = {}
    true: dict[str, set[str]] = {}
    for seed in range(agencies):
        rng = Random(f"{split}/{seed}/agency")
        agency, first = draw_agency(rng, split), rng.randint(2019, 2023)
        for year in range(first, first + rng.randint(1, 3)):
            name = agency.short if rng.random() < _SHORTENED else agency.name
            years.setdefault(name, set()).add(year)
            true.setdefault(name, set()).add(agency.name)
    found, doubts = group_agencies(years)
    of = {spelling: agency.name for agency in found for spelling in agency.spellings}
    pairs = [(bool(true[a] & true[b]), of[a] == of[b]) for a, b in combinations(sorted(years), 2)]
    one = sum(same for same, _ in pairs)
    rightly = sum(same and together for same, together in pairs)
    return len(years), one, rightly, sum(together and not same for same, together in pairs), len(doubts)


if __name__ == "__main__":
    raise SystemExit(main())
