"""How often agencies print what does not add up, counted over reports whose truth is known.

    python -m eval.simulation.prior DATASET...

Prints what `extraction.reconcile.error_priors` calls each way to fail, with half a report more for each (Jeffreys),
divided by the places in a report where it can happen. Synthetic data sets have the generator's habits: only real
reports say what agencies do.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotations.store import read_folder
from extraction.document import Report
from extraction.forms.catalogue import Identity
from extraction.forms.identities import identities_of
from extraction.reconcile.error_priors import COLUMN_KINDS, ISOLATED_FAILURE, is_grand_total

_FIGURES = 150  # in sums of a report
_PLACES = {"misprint": _FIGURES, "misprinted total": 30, "column": 6, "row_total": 23, "balance": 7, "results_total": 7}
_PLACES["total"] = 3
_JEFFREYS = 0.5


def main() -> None:
    """Print the rates as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    reports = [gold.report for folder in parser.parse_args().datasets for gold, _ in read_folder(folder)]
    print(f"{len(reports)} reports\n\n| fails by | reports | rate a place |\n| --- | ---: | ---: |")
    for way, (count, rate) in rates(reports).items():
        print(f"| {way} | {count} | {rate:.2g} |")


def rates(reports: Iterable[Report]) -> dict[str, tuple[int, float]]:
    """For each way to fail in how many reports it happens, and the rate of one place."""
    known = list(reports)
    counts = Counter(way for report in known for way in set(ways_to_fail(report)))
    return {
        way: (counts[way], (counts[way] + _JEFFREYS) / (len(known) + 2 * _JEFFREYS) / _PLACES[way]) for way in _PLACES
    }


def ways_to_fail(report: Report) -> Iterator[str]:
    """What the report's own print has wrong, one word each: in the terms of `error_priors`."""
    gaps = {i: gap for i in identities_of(report) if (gap := _gap(i, report))}
    while gaps:
        identity = next(iter(gaps))
        figure = _misprinted(identity, gaps, report)
        other = _with_grand(identity, gaps)
        if figure:
            yield "misprinted total" if figure.endswith("total") else "misprint"
            gaps = {i: g for i, g in gaps.items() if figure not in (*i.left, *i.right)}
        elif other is not None:
            yield "column"
            gaps = {i: g for i, g in gaps.items() if i not in (identity, other)}
        else:
            yield _kind(identity)
            del gaps[identity]


def _gap(identity: Identity, report: Report) -> int:
    """How much more the left side prints than the right; 0 where a figure is not printed."""
    sides = [[report.field(i).value for i in side] for side in (identity.left, identity.right)]
    if any(value is None for side in sides for value in side):
        return 0
    left, right = (sum(int(v) for v in side if v is not None) for side in sides)
    return left - right


def _misprinted(identity: Identity, gaps: dict[Identity, int], report: Report) -> str:
    """A figure that puts right every sum it is in if it alone is wrong, "" if there is none; of several sums."""
    for figure in (*identity.left, *identity.right):
        of_it = [i for i in identities_of(report) if figure in (*i.left, *i.right)]
        by = {gaps.get(i, 0) * (1 if figure in i.left else -1) for i in of_it}
        if len(of_it) > 1 and len(by) == 1:
            return figure
    return ""


def _with_grand(identity: Identity, gaps: dict[Identity, int]) -> Identity | None:
    """The same sum of 总计's column, or of an applicant's where this is 总计's, if it fails by as much."""
    same = (i for i, gap in gaps.items() if gap == gaps[identity] and _kind(i) == _kind(identity) in COLUMN_KINDS)
    return next((i for i in same if is_grand_total(i.id) != is_grand_total(identity.id)), None)


def _kind(identity: Identity) -> str:
    kind = identity.id.rpartition(":")[2]
    return kind if kind in ISOLATED_FAILURE else "total"


if __name__ == "__main__":
    main()
