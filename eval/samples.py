"""`python -m eval.samples OUT`: the reports of a conversion of annotations/samples beside their gold, as a table.

Nothing is converted here; make OUT first:

    gouji convert 'annotations/samples/*/*.pdf' 'annotations/samples/*/*.docx' 'annotations/samples/*/*.html' -o OUT
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from annotations.store import read_folder
from eval.compare import compare
from eval.prediction import Prediction
from eval.score import Score, total
from extraction.outputs import read_report, report_path

SAMPLES = Path(__file__).parents[1] / "annotations" / "samples"
RENDERINGS = ("report.pdf", "scan.pdf", "report.docx", "report.html")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and every fault; 1 where a wrong figure was accepted, 2 where there is nothing to compare."""
    parser = argparse.ArgumentParser(prog="python -m eval.samples", description="Compare OUT with the samples' gold.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of a conversion of annotations/samples")
    parser.add_argument("--samples", type=Path, default=SAMPLES, metavar="FOLDER", help="the samples with their gold")
    parsed = parser.parse_args(arguments)
    scores = dict(score_samples(parsed.out, parsed.samples))
    if not scores:
        print(f"{parsed.out} has no report of a sample in {parsed.samples}", file=sys.stderr)
        return 2
    console = Console()
    console.print(_table(scores))
    for (report, rendering), score in scores.items():
        for fault in score.faults:
            console.print(f"{report}/{rendering}: {fault}", markup=False, highlight=False, soft_wrap=True)
    return 1 if total(scores.values()).silent else 0


def score_samples(out: Path, samples: Path) -> Iterator[tuple[tuple[str, str], Score]]:
    """The score of every sample and rendering that OUT has a report of, by (report, rendering)."""
    for gold, document in read_folder(samples):
        if report_path(out, f"{gold.id}/{document.name}").exists():
            report = read_report(out, f"{gold.id}/{document.name}")
            yield (gold.id, document.name), compare(gold, Prediction(report))


def _table(scores: dict[tuple[str, str], Score]) -> Table:
    table = Table("report", "rendering", box=None)
    for heading in ("fields", "right", "review", "silent"):
        table.add_column(heading, justify="right")
    for (report, rendering), score in scores.items():
        table.add_row(report, rendering, *_counts(score))
    for rendering in RENDERINGS:
        of_rendering = [score for (_, name), score in scores.items() if name == rendering]
        if of_rendering:
            table.add_row("all", rendering, *_counts(total(of_rendering)), style="bold")
    table.add_row("all", "all", *_counts(total(scores.values())), style="bold")
    return table


def _counts(score: Score) -> Iterator[str]:
    yield from (str(score.fields), str(score.right), str(score.review), str(score.silent))


if __name__ == "__main__":
    sys.exit(main())
