"""The model card of the classifier, from its `model.toml` and its scores on the frozen test split.

python -m training.labeller.card MODEL      writes MODEL/README.md
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from rich.progress import track

from models.labeller import NAME, Labeller
from models.weights import network
from training.labeller.compare import labeller_in
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import typeset
from training.labeller.evaluate import FROZEN, STRENGTHS, judged, misread_page
from training.labeller.export import CHECKPOINT
from training.synthetic.content.report import draft_report

_KINDS = {"row": "rows", "column": "columns", "heading": "headings", "narrative": "figures in sentences"}
_REPORTS = 60
_TEMPLATE = Path(__file__).with_suffix(".md")


def main(arguments: list[str] | None = None) -> int:
    """Write the card; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller.card", description=__doc__)
    parser.add_argument("model", type=Path, metavar="MODEL", help="folder with labeller.onnx and model.toml")
    parser.add_argument("--reports", type=int, default=_REPORTS, help="of the frozen test split (default %(default)s)")
    given = parser.parse_args(arguments)
    write_readme(given.model, given.reports)
    return 0


def write_readme(folder: Path, reports: int = _REPORTS) -> None:
    """Score the network in a folder and write its README.md there."""
    path, says = network(NAME, folder)
    labeller = labeller_in(folder)
    shape = json.loads((folder / CHECKPOINT / "config.json").read_text(encoding="utf-8"))
    text = _TEMPLATE.read_text(encoding="utf-8").format(
        name=NAME,
        layers=shape["num_hidden_layers"],
        hidden=shape["hidden_size"],
        size=path.stat().st_size / 1e6,
        tags=len(labeller.tags),
        command=says.get("command", ""),
        sha256=says["sha256"],
        licence=says["licence"],
        temperature=says["temperature"],
        reports=reports,
        kinds=", ".join(_KINDS.values()),
        table="\n".join(_table(labeller, reports)),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def _table(labeller: Labeller, reports: int) -> list[str]:
    pages = [page for n in range(FROZEN, FROZEN + reports) for page in typeset(draft_report(n, "test"))]
    lines = [f"| misread | {' | '.join(_KINDS.values())} |", f"| --- |{' --: |' * len(_KINDS)}"]
    for name, rate in STRENGTHS.items():
        shares = _shares(labeller, pages, rate, name)
        lines.append(f"| {name} ({rate:.0%}) | {' | '.join(shares)} |")
    return lines


def _shares(labeller: Labeller, pages: list[list[Tagged]], rate: float, name: str) -> list[str]:
    whole, right = Counter[str](), Counter[str]()
    for number, page in enumerate(track(pages, name, transient=True)):
        for label in judged(labeller, misread_page(page, number, rate)):
            whole[label.kind] += 1
            right[label.kind] += label.right
    return [f"{right[kind] / whole[kind]:.2%}" if whole[kind] else "" for kind in _KINDS]


if __name__ == "__main__":
    raise SystemExit(main())
