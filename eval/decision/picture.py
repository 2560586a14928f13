"""The risk-coverage curve of a development set, and what each threshold accepts, as a picture."""

from __future__ import annotations

from pathlib import Path

from eval.decision.sweep import Swept, risk_coverage


def draw(found: Swept, path: Path) -> None:
    """Write the picture; the suffix says in which format.

    Left: the share wrong among the fields of highest probability, by how many of all are taken. The cross is the
    decision with all of its thresholds. Right: the share of all fields that each setting accepts, by its value.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    curve = risk_coverage(found)
    left.plot([100 * coverage for coverage, _ in curve], [100 * risk for _, risk in curve], label="by probability")
    coverage, risk = found.accepted / max(1, len(found.judged)), found.silent / max(1, found.accepted)
    left.plot([100 * coverage], [100 * risk], "x", markersize=9, label="the decision as it stands")
    left.set_xlabel("fields taken, % of those read")
    left.set_ylabel("wrong among them, %")
    left.legend(fontsize="small")
    fields = max(1, found.fields)
    for name, steps in found.whole.items():
        right.plot([s.value for s in steps], [100 * s.accepted / fields for s in steps], marker=".", label=name)
    right.set_xlabel("value of the setting, the others as they are")
    right.set_ylabel("fields accepted, % of all")
    right.legend(fontsize="x-small")
    figure.savefig(path)
