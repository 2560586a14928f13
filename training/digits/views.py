"""The benefit of several views of an uncertain cell (test-time augmentation): `python -m training.digits.views RUN`.

Reads the dev cells that `gouji train digits RUN` has cropped, scans only, with the weights in use. Those of low
probability are read again in other frames (`extraction.cells.reader`), and the readings are fused.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from extraction.cells.fusion import SURE, together
from extraction.cells.reader import FRAMES
from models.cells.charset import OTHER
from models.cells.crop import cut, window_around
from models.cells.reader import CellReader, CellReading
from training.digits.evaluate import ACCEPT, same_figure
from training.digits.pages import PageCell, load_cells

TRIED = ((1.0,), (1.0, FRAMES[0]), (1.0, *FRAMES), (1.0, *FRAMES, 0.92, 1.08, 1.22))
_MIN_PRINTED_PROBABILITY = 1e-4  # probability at least of what is printed, for its mean surprise


@dataclass(frozen=True, slots=True)
class Worth:
    """Over the uncertain cells: shares read right and silently wrong (at `ACCEPT` or above), and the mean negative
    log probability of the printed text."""

    frames: tuple[float, ...]
    right: float
    silent: float
    surprise: float


def worth(cells: Sequence[PageCell], reader: CellReader) -> tuple[int, list[Worth]]:
    """Return the number of uncertain cells, and the scores of each set of frames."""
    figures = [c for c in cells if OTHER not in c.text and c.level != "digital"]
    first = _read(figures, reader, 1.0)
    unsure = [c for c, view in zip(figures, first, strict=True) if view.probability < SURE and not view.foreign]
    views = {frame: _read(unsure, reader, frame) for frame in TRIED[-1]}
    found = []
    for frames in TRIED:
        readings = [together(each) for each in zip(*(views[f] for f in frames), strict=True)]
        right = np.array([same_figure(r.text, c.text) for r, c in zip(readings, unsure, strict=True)], bool)
        sure = np.array([r.probability >= ACCEPT for r in readings], bool)
        surprise = [
            -np.log(max(_MIN_PRINTED_PROBABILITY, _chance(r, c.text))) for r, c in zip(readings, unsure, strict=True)
        ]
        found.append(Worth(frames, float(right.mean()), float((sure & ~right).mean()), float(np.mean(surprise))))
    return len(unsure), found


def _read(cells: Sequence[PageCell], reader: CellReader, frame: float) -> list[CellReading]:
    return reader.read([cut(c.picture, window_around(c.line, c.digit, frame), c.inside) for c in cells])


def _chance(reading: CellReading, printed: str) -> float:
    return sum(p for text, p in reading.candidates if same_figure(text, printed))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m training.digits.views", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a training, with its cells")
    given = parser.parse_args()
    unsure, found = worth(load_cells(given.run / "cells" / "dev", common={}), CellReader())
    table = Table("frames", "right", "silently wrong", "surprise", title=f"{unsure} unsure cells")
    for line in found:
        frames = ", ".join(map(str, line.frames))
        table.add_row(frames, f"{line.right:.1%}", f"{line.silent:.2%}", f"{line.surprise:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
