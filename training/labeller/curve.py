"""The learning curve: annotated reports needed for a new layout, and forgetting meanwhile.

    python -m training.labeller.curve OUT

A layout that no training data contains (`provincial.py`) is annotated in 0, 1, 2, 5, 10 and 20 reports. Each time the
network in use is retrained as `gouji train labeller --annotations` does it, and names the labels of reports of that
layout by other agencies, and those of the frozen test split. Reports are typeset without rendering, some characters
misread. OUT/curve.json has the counts, OUT/curve.png the plot; a second call makes only what is missing.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset

from models.files import write_text
from models.gate.intervals import resamples, share_interval
from models.gate.outcomes import Outcome
from models.labeller import NAME, Labeller
from models.weights import weights
from training.labeller.compare import ShownPage, frozen_pages, labeller_in, outcomes
from training.labeller.config import RETRAINING, RetrainingConfig, read_retraining
from training.labeller.data.pages import FEATURES, row_of
from training.labeller.data.provincial import provincial
from training.labeller.data.typeset import typeset
from training.labeller.evaluate import misread_page
from training.labeller.export import CHECKPOINT
from training.labeller.retrain import retrained
from training.synthetic.content.report import draft_report
from training.synthetic.fonts import Split

COUNTS = (0, 1, 2, 5, 10, 20)
_FIRST_TRAINING_REPORT, _FIRST_TEST_REPORT = (
    70_000_000,
    71_000_000,
)  # far from all other training and test reports
_MISREAD_SHARE = 0.03  # of characters
_SETS = {"layout": "unseen reports of the new layout", "frozen": "frozen test split"}


def main(arguments: list[str] | None = None) -> int:
    """Measure, write and print the curve; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.labeller.curve", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the trainings, curve.json and curve.png")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="of annotated reports (default 0 to 20)")
    parser.add_argument("--unseen", type=int, default=30, help="reports of the layout to be tested on")
    parser.add_argument("--frozen", type=int, help="reports of the frozen test split (default: as the settings say)")
    parser.add_argument("--steps", type=int, help="of each retraining (default: as the settings say)")
    parser.add_argument("--batch", type=int, help="windows of each step (default: as the settings say)")
    parser.add_argument("--config", type=Path, default=RETRAINING, help="settings of the retraining")
    parser.add_argument("--base", type=Path, metavar="MODEL", help="folder of another network than the one in use")
    given = parser.parse_args(arguments)
    command = shlex.join(["python", "-m", "training.labeller.curve", *(arguments or sys.argv[1:])])
    config = read_retraining(given.config)
    steps, batch = given.steps or config.training.steps, given.batch or config.training.batch
    tested = replace(config.comparison, reports=given.frozen or config.comparison.reports)
    config = replace(config, training=replace(config.training, steps=steps, batch=batch), comparison=tested)
    base = given.base or weights(NAME).path().parent
    points = curve(config, base, given.out, given.counts, given.unseen, command)
    plot(points, given.out / "curve.png")
    for line in table(points):
        print(line)
    return 0


def curve(
    config: RetrainingConfig, base: Path, out: Path, counts: Sequence[int], unseen: int, command: str
) -> list[dict[str, Any]]:
    """Return a point for each count: the share of labels named rightly on both sets, by kind and of all, with
    intervals."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "curve.json"
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"points": []}
    points = {point["reports"]: point for point in made["points"]}
    sets = {"layout": list(layout_pages("dev", _FIRST_TEST_REPORT, unseen)), "frozen": frozen_pages(config.comparison)}
    for count in counts:
        if count not in points:
            folder = base if count == 0 else _retrained(config, base, out, count, command)
            labeller = labeller_in(folder)
            points[count] = {"reports": count, **{name: shares(labeller, pages) for name, pages in sets.items()}}
            ordered = [points[n] for n in sorted(points)]
            about = {"command": command, "steps": config.training.steps, "seed": config.seed, "unseen": unseen}
            write_text(path, json.dumps({**about, "points": ordered}, indent=1) + "\n")
    return [points[n] for n in sorted(points)]


def layout_pages(split: Split, first: int, reports: int) -> Iterator[ShownPage]:
    """Yield the pages of reports of the new layout, some of their characters misread; the same in every run."""
    for number in range(first, first + reports):
        draft = provincial(draft_report(number, split))
        for index, page in enumerate(typeset(draft)):
            yield ShownPage(draft.id, misread_page(page, number + index, _MISREAD_SHARE))


def _retrained(config: RetrainingConfig, base: Path, out: Path, count: int, command: str) -> Path:
    rows = [row_of(report, report, page) for report, page in layout_pages("train", _FIRST_TRAINING_REPORT, count)]
    learnt = Dataset.from_list(rows, features=FEATURES)
    return retrained(config, learnt, out / f"{count:02}", base / CHECKPOINT, command, data=out / "data")


def shares(labeller: Labeller, pages: Sequence[ShownPage]) -> dict[str, list[float]]:
    """Return by kind the share named rightly with its 95% interval; "all" for rows, columns and headings together."""
    found = outcomes(labeller, pages)
    kinds = ("all", *dict.fromkeys(o.kind for o in found))
    return {kind: _interval([o for o in found if kind in ("all", o.kind)]) for kind in kinds}


def _interval(found: Sequence[Outcome]) -> list[float]:
    reports = {name: k for k, name in enumerate(dict.fromkeys(o.report for o in found))}
    counts = np.zeros((2, len(reports)))
    for outcome in found:
        counts[:, reports[outcome.report]] += outcome.right, 1
    interval = share_interval(counts[0], counts[1], resamples(len(reports)))
    return [round(end, 5) for end in interval if end is not None]


def table(points: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the points as lines of Markdown."""
    kinds = {"all": "all", "row": "rows", "column": "columns", "heading": "headings"}
    yield f"| annotated reports | {' | '.join(f'layout: {k}' for k in kinds.values())} | frozen: all |"
    yield f"| --: |{' --: |' * (len(kinds) + 1)}"
    for point in points:
        layout = " | ".join(f"{point['layout'][kind][0]:.1%}" if kind in point["layout"] else "" for kind in kinds)
        yield f"| {point['reports']} | {layout} | {point['frozen']['all'][0]:.2%} |"


def plot(points: Sequence[dict[str, Any]], path: Path) -> None:
    """Write both curves with their intervals as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.subplots()
    places = list(range(len(points)))
    for (name, title), colour in zip(_SETS.items(), ("#0072b2", "#d55e00"), strict=True):
        middle, low, high = (np.array([point[name]["all"][k] for point in points]) for k in range(3))
        reach = 100 * np.array([middle - low, high - middle])
        axes.errorbar(places, 100 * middle, reach, marker="o", capsize=3, color=colour, label=title)
    axes.set_xticks(places, [str(point["reports"]) for point in points])
    axes.set_xlabel("annotated reports of the new layout")
    axes.set_ylabel("labels named rightly, %")
    axes.set_ylim(0, 102)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=130)


if __name__ == "__main__":
    raise SystemExit(main())
