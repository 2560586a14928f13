"""Region F1 of the layout networks by class, ours beside CDLA's.

    python -m training.layout.evaluate DATASET [--split test] [--model FOLDER] [--out layout.json]

A region is found where its box and the gold's have an IoU of at least 0.5, or 0.75. CDLA has one kind of title and no
stamps: the row `title or heading` compares what both know. Classes of CDLA that these pages lack (figures, captions,
references) are ignored.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from annotations.store import Annotation, read_folder
from annotations.zones import Zone, ZoneKind, upright_zone
from extraction.geometry import Box
from models.page_network import Block
from training.layout.layoutparser_models import CdlaLayoutModel, PictureModel, ReportLayoutModel
from training.layout.pages import drawn_pages
from training.layout.score import Detection, Tally, tally

OVERLAPS = (0.5, 0.75)
TITLES = "title or heading"
KINDS = (*(kind.value for kind in ZoneKind), TITLES)
_SIDE = 1754  # pixels of the longer side: A4 at 150 dpi
_NAMES = {"header": "furniture", "footer": "furniture"}

Key = tuple[str, str, float]
"""Level, kind, overlap."""


class Measured:
    """The detections of one network on all pages."""

    def __init__(self, model: PictureModel, kinds: Sequence[str]) -> None:
        self.model, self.kinds = model, kinds
        self.tallies: dict[Key, Tally] = defaultdict(Tally)
        self.seconds: list[float] = []

    def add_page(self, picture: np.ndarray, scale: float, zones: Sequence[Zone], level: str) -> None:
        """Add a page; `scale` is its pixels a point."""
        begun = time.process_time()
        layout = self.model.detect(picture)
        self.seconds.append(time.process_time() - begun)
        detections = list(detections_in(layout, scale))
        for kind in self.kinds:
            wanted = [zone.box for zone in zones if kind in names_of(zone.kind.value)]
            found = [one for one in detections if kind in names_of(one.kind)]
            for overlap in OVERLAPS:
                self.tallies[level, kind, overlap] += tally(found, wanted, overlap)

    def total(self, kind: str, overlap: float, level: str = "") -> Tally:
        """Return the counts of a level, or of all."""
        wanted = (t for (at, k, o), t in self.tallies.items() if (k, o) == (kind, overlap) and level in ("", at))
        return sum(wanted, Tally())

    def data(self) -> dict[str, object]:
        """Return them as JSON values."""
        levels = sorted({level for level, _, _ in self.tallies})
        scores = {
            kind: {f"f1@{overlap}": round(self.total(kind, overlap).f1, 4) for overlap in OVERLAPS}
            | {"wanted": self.total(kind, OVERLAPS[0]).wanted}
            | {"by_level": {level: [round(self.total(kind, o, level).f1, 4) for o in OVERLAPS] for level in levels}}
            for kind in self.kinds
        }
        return {"pages": len(self.seconds), "ms_a_page": self.milliseconds, "kinds": scores}

    @property
    def milliseconds(self) -> float:
        """Median CPU time of a page."""
        return round(float(np.median(self.seconds)) * 1000, 1)


def names_of(kind: str) -> tuple[str, ...]:
    """Return the rows that a block of this type counts in."""
    kind = _NAMES.get(kind, kind)
    return (kind, TITLES) if kind in ("title", "heading") else (kind,)


def detections_in(layout: Iterable[Block], scale: float) -> Iterator[Detection]:
    """Yield the blocks in points."""
    for block in layout:
        yield Detection(block.type, Box(*(side / scale for side in block.coordinates)), float(block.score))


def zones_of(annotation: Annotation) -> tuple[Zone, ...]:
    """Return the gold's zones; of gold without them, its tables, title and headings."""
    if annotation.zones:
        return annotation.zones
    tables = [upright_zone(ZoneKind.TABLE, t.page, t.box) for t in annotation.tables if t.page and t.box]
    labels = [
        upright_zone(ZoneKind.TITLE if label.name == "title" else ZoneKind.HEADING, label.page, label.box)
        for label in annotation.labels
        if label.page and label.box and label.name.partition(".")[0] in ("title", "heading")
    ]
    return (*tables, *labels)


def measure(folder: Path, split: str | None, networks: Mapping[str, Measured]) -> None:
    """Run each network on every page of a data set's PDFs; `KINDS` that no gold has are not expected."""
    for annotation, path in read_folder(folder, split):
        zones = zones_of(annotation)
        if path.suffix != ".pdf" or not zones:
            continue
        for number, picture, scale in drawn_pages(path, _SIDE):
            here = [zone for zone in zones if zone.page == number]
            for network in networks.values():
                network.add_page(picture, scale, here, annotation.level)


def shown(networks: Mapping[str, Measured]) -> Table:
    """Return F1 by kind, networks beside each other."""
    table = Table("kind", "gold", title="region F1 at overlaps of " + " and ".join(map(str, OVERLAPS)))
    for name, network in networks.items():
        table.add_column(f"{name}\n{network.milliseconds} ms a page", justify="right")
    for kind in KINDS:
        cells = [
            " / ".join(f"{network.total(kind, overlap).f1:.3f}" for overlap in OVERLAPS)
            if kind in network.kinds
            else "-"
            for network in networks.values()
        ]
        table.add_row(kind, str(next(iter(networks.values())).total(kind, OVERLAPS[0]).wanted), *cells)
    return table


def main() -> int:
    """Print and write the scores; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.layout.evaluate", description=__doc__)
    parser.add_argument("dataset", type=Path, help="folder of a data set")
    parser.add_argument("--split", help="only the reports of this split")
    parser.add_argument("--model", type=Path, help="folder with layout.onnx and model.toml (default: the one shipped)")
    parser.add_argument("--no-cdla", action="store_true", help="leave the CDLA network out")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    given = parser.parse_args()
    networks = {"ours": Measured(ReportLayoutModel(threads=1, folder=given.model), KINDS)}
    if not given.no_cdla:
        networks["CDLA"] = Measured(CdlaLayoutModel(threads=1), ("text", "table", "furniture", TITLES))
    measure(given.dataset, given.split, networks)
    Console().print(shown(networks))
    if given.out:
        data = {name: network.data() for name, network in networks.items()}
        given.out.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
