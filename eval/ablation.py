"""What each step of Gouji buys, from a run of it without each: `python -m eval.ablation OUT/scores.json`.

The run before it, which goes on where it was ended:

    gouji eval DATASET -o OUT --engine gouji,gouji-without-preparation,gouji-without-rules,gouji-without-layout,\\
        gouji-without-cells,gouji-without-second,gouji-without-sums
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.engines import STEPS
from eval.markdown import head, print_tables, row
from eval.report.table import percent
from eval.scoring.metrics import FIELD_METRICS, Counts, rate

GROUPS = {
    "digital": ("digital",),
    "fair scans": ("clean", "office", "stamped", "skewed", "faint", "phone"),
    "poor scans": ("poor", "fax"),
    "worn scans": ("worn",),
}
"""Levels shown together; any other level is a group of its own."""


def main(arguments: Sequence[str]) -> int:
    """Print the table of one run; exit code 2 where it is none."""
    return print_tables(arguments, "eval.ablation", ablation)


def ablation(scores: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a table: for every group of levels Gouji, and Gouji without each step that was measured."""
    engines: Mapping[str, Any] = scores["engines"]
    shown = {
        name: "Gouji" if not step else f"without {step}: {STEPS[step]}"
        for name in engines
        if (step := name.removeprefix("gouji").removeprefix("-without-")) in ("", *STEPS)
    }
    levels = list(dict.fromkeys(level for name in shown for level in engines[name]["levels"]))
    yield from head("levels", "", "as printed", "accepted and right", "silent errors", "for review", "missed")
    for group, members in _groups(levels).items():
        for name, what in shown.items():
            counts = _together([engines[name]["levels"][m]["counts"] for m in members if m in engines[name]["levels"]])
            shares = {metric: percent(rate(counts, form), 1) for metric, form in FIELD_METRICS.items()}
            yield row(
                f"{group} ({counts['fields']:,} fields)" if name == "gouji" else "",
                what,
                shares["field_accuracy"],
                shares["accepted_right"],
                f"{counts['silent']:,}",
                shares["review_share"],
                shares["missed_share"],
            )


def _groups(levels: Sequence[str]) -> dict[str, list[str]]:
    """The levels that there are, by group."""
    grouped = {group: [m for m in members if m in levels] for group, members in GROUPS.items()}
    known = {m for members in GROUPS.values() for m in members}
    return {g: m for g, m in {**grouped, **{level: [level] for level in levels if level not in known}}.items() if m}


def _together(counts: Sequence[Counts]) -> Counts:
    return {name: sum(c[name] for c in counts) for name in counts[0]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
