"""The priors of errors in print (`extraction.reconcile.error_priors`), estimated from reports whose truth is known.

    python -m eval.simulation.prior DATASET...

Prints in how many reports each kind of error occurs, and its rate: that count plus half a report (Jeffreys prior) over
the places in a report where it can occur. Only real reports say what agencies do; synthetic ones say what the generator
does.
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

PLACES = {
    "misprint": 150,
    "misprinted total": 30,
    "column": 6,
    "row_total": 23,
    "balance": 7,
    "results_total": 7,
    "total": 3,
}
"""Figures, columns and sums of a report in which each kind of error can occur."""

_JEFFREYS = 0.5  # reports


def main() -> None:
    """Print the rates as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    reports = [gold.report for folder in parser.parse_args().datasets for gold, _ in read_folder(folder)]
    print(f"{len(reports)} reports\n\n| error | reports | rate a place |\n| --- | ---: | ---: |")
    for kind, (count, rate) in rates(reports).items():
        print(f"| {kind} | {count} | {rate:.2g} |")


def rates(reports: Iterable[Report]) -> dict[str, tuple[int, float]]:
    """For each kind of error the number of reports that have it, and its rate at one place."""
    found = [set(errors_in_print(report)) for report in reports]
    counts, number = Counter(kind for kinds in found for kind in kinds), len(found) + 2 * _JEFFREYS
    return {kind: (counts[kind], (counts[kind] + _JEFFREYS) / number / places) for kind, places in PLACES.items()}


def errors_in_print(report: Report) -> Iterator[str]:
    """The kind of each error in the report's own print, in the terms of `error_priors`."""
    residuals = {i: residual for i in identities_of(report) if (residual := _residual(i, report))}
    while residuals:
        identity = next(iter(residuals))
        figure = _misprinted(identity, residuals, report)
        other = _of_grand_total(identity, residuals)
        if figure:
            yield "misprinted total" if figure.endswith("total") else "misprint"
            residuals = {i: r for i, r in residuals.items() if figure not in (*i.left, *i.right)}
        elif other is not None:
            yield "column"
            residuals = {i: r for i, r in residuals.items() if i not in (identity, other)}
        else:
            yield _kind(identity)
            del residuals[identity]


def _residual(identity: Identity, report: Report) -> int:
    """How much more the left side prints than the right; 0 where a figure is not printed."""
    sides = [[report.field(i).value for i in side] for side in (identity.left, identity.right)]
    if any(value is None for side in sides for value in side):
        return 0
    left, right = (sum(int(v) for v in side if v is not None) for side in sides)
    return left - right


def _misprinted(identity: Identity, residuals: dict[Identity, int], report: Report) -> str:
    """A figure of several sums that explains the residuals of all of them if it alone is wrong; "" if there is none."""
    for figure in (*identity.left, *identity.right):
        of_it = [i for i in identities_of(report) if figure in (*i.left, *i.right)]
        by = {residuals.get(i, 0) * (1 if figure in i.left else -1) for i in of_it}
        if len(of_it) > 1 and len(by) == 1:
            return figure
    return ""


def _of_grand_total(identity: Identity, residuals: dict[Identity, int]) -> Identity | None:
    """The same sum of 总计's column, or of an applicant's where this is 总计's, if it fails by as much."""
    same = (i for i, r in residuals.items() if r == residuals[identity] and _kind(i) == _kind(identity) in COLUMN_KINDS)
    return next((i for i in same if is_grand_total(i.id) != is_grand_total(identity.id)), None)


def _kind(identity: Identity) -> str:
    kind = identity.id.rpartition(":")[2]
    return kind if kind in ISOLATED_FAILURE else "total"


if __name__ == "__main__":
    main()
