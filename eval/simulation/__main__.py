"""Reconciliation of simulated reports, as a table and a picture.

    python -m eval.simulation [--reports N] [--first SEED] [--picture FILE.svg]

Misreads of 1, 3, 8 and 20% of the figures in sums, 4 and 8 readings of each unsure one, with and without an error of
the report itself.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from eval.simulation.outcome import Outcome
from eval.simulation.picture import draw
from eval.simulation.readings import simulated_report
from extraction.reconcile.reconcile import reconcile
from extraction.settings import DecisionSettings

MISREADS = (0.01, 0.03, 0.08, 0.2)
CANDIDATES = (4, 8)

Cases = dict[tuple[float, int, bool], Outcome]


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=100, help="a case")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    cases: Cases = {}
    print("| " + " | ".join(COLUMNS) + " |\n|" + " ---: |" * len(COLUMNS))
    for misreads in MISREADS:
        for candidates in CANDIDATES:
            for source_error in (False, True):
                outcome = simulate(range(args.first, args.first + args.reports), misreads, candidates, source_error)
                cases[misreads, candidates, source_error] = outcome
                print(row(misreads, candidates, source_error, outcome), flush=True)
    if args.picture:
        draw(cases, args.picture)


def simulate(seeds: range, misreads: float, candidates: int, source_error: bool) -> Outcome:
    """The outcome over the simulated reports of these seeds (see `simulated_report`)."""
    outcome = Outcome()
    for seed in seeds:
        case = simulated_report(seed, misreads, candidates, source_error=source_error)
        start = time.thread_time()
        after = reconcile(case.read, DecisionSettings())
        outcome.count(case, after, time.thread_time() - start)
    return outcome


COLUMNS = (
    "misread",
    "readings",
    "source error",
    "misreads recovered",
    "silent",
    "right ones spoilt",
    "corrected wrongly",
    "for review",
    "reports complete",
    "source errors preserved",
    "reported",
    "falsely",
    "ms, median",
    "95%",
    "worst",
)


def row(misreads: float, candidates: int, source_error: bool, found: Outcome) -> str:
    """One case as a row of the table, in the order of `COLUMNS`."""
    milliseconds = (f"{1000 * found.seconds_at(share):.0f}" for share in (0.5, 0.95, 1.0))
    cells = (
        f"{misreads:.0%}",
        candidates,
        "yes" if source_error else "no",
        _share(found.recovered, found.misread),
        f"{found.silent} of {found.figures - found.review}",
        found.spoilt,
        f"{found.corrected_wrong} of {found.corrected}",
        _share(found.review, found.figures),
        _share(found.complete, found.reports),
        _share(found.preserved, found.errors),
        _share(found.reported, found.inconsistent),
        found.false_reports,
        *milliseconds,
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


if __name__ == "__main__":
    main()
