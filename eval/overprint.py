"""Accuracy of figures under a seal or a pen stroke that are read with high probability, over scans with known truth.

    python -m training.synthetic DATASET --split train --levels stamped
    python -m eval.overprint DATASET...

Shows which probability `extraction.cells.fusion` may give such figures where no sum confirms them. Sums are not used.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import track

from annotations.store import read_folder
from extraction.cells.fusion import SEEN_THROUGH
from extraction.contents import report_of
from extraction.document import Report
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models


def main() -> None:
    """Print their number and the share that is right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", type=Path, nargs="+", metavar="DATASET")
    annotated = [pair for folder in parser.parse_args().datasets for pair in read_folder(folder)]
    models, settings = Models(), Settings()
    right = [
        ok
        for gold, path in track(annotated, console=Console(stderr=True))
        for ok in plain_ones(gold.report, report_of(read_document(path, models, settings), models, settings))
    ]
    print(f"{len(annotated)} reports: {sum(right)} of {len(right)} right")


def plain_ones(gold: Report, labelled: Report) -> list[bool]:
    """Return for each high-probability figure under coloured ink, sums not used, whether it is as printed."""
    wanted = {f.id: f.value for f in gold.fields}
    return [f.value == wanted[f.id] for f in labelled.fields if f.confidence == SEEN_THROUGH and f.id in wanted]


if __name__ == "__main__":
    main()
