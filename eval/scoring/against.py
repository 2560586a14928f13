"""Two runs compared: changes of metrics, and whether they are significant.

Only documents that both runs have are compared, in pairs: resamples draw the same reports from both (paired bootstrap),
so that a report's difficulty does not count as a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eval.scoring.metrics import FIELD_METRICS, METRICS, Counts, Metric
from extraction.errors import UsageError
from models.gate.intervals import Change, Numbers, resamples, share_change


class Difference(NamedTuple):
    """The change of a metric in a part of the data set: `scope` is "all", "level <level>" or "table <table>"."""

    engine: str
    scope: str
    metric: str
    change: Change

    @property
    def verdict(self) -> str:
        """`better` or `worse` where significant, `chance` where not, `same`, or `unknown`."""
        if self.change.change is None:
            return "unknown"
        if not self.change.certain:
            return "chance" if self.change.change else "same"
        return "better" if self.change.change * METRICS[self.metric].better > 0 else "worse"


def read_scores(path: Path) -> dict[str, Any]:
    """Return another run's `scores.json`. Raises UsageError."""
    try:
        scores = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: no scores can be read ({error})") from error
    if not isinstance(scores, dict) or "engines" not in scores:
        raise UsageError(f"{path} holds no scores of gouji eval")
    return scores


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return every metric of every engine that both runs have, over all documents, by level and by table.

    Two runs of one engine each are compared even where their engines differ. Raises UsageError where nothing is common.
    """
    pairs = [(name, name) for name in new["engines"] if name in old["engines"]]
    if not pairs and len(old["engines"]) == len(new["engines"]) == 1:
        pairs = [(*old["engines"], *new["engines"])]
    found = [d for before, after in pairs for d in _of_engine(old["engines"][before], new["engines"][after], after)]
    if not found:
        raise UsageError("the two runs have no engine and document in common, so they cannot be compared")
    return found


def common_documents(old: Mapping[str, Any], new: Mapping[str, Any]) -> int:
    """Return the number of documents that both runs have, of the first engine of each."""
    ids = [{r["id"] for r in next(iter(run["engines"].values()))["reports"]} for run in (old, new)]
    return len(ids[0] & ids[1])


def difference_data(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return the differences as JSON values."""
    return [
        {"engine": d.engine, "scope": d.scope, "metric": d.metric, **d.change._asdict(), "verdict": d.verdict}
        for d in differences
    ]


def _of_engine(old: Mapping[str, Any], new: Mapping[str, Any], engine: str) -> Iterator[Difference]:
    before, after = ({r["id"]: r for r in run["reports"]} for run in (old, new))
    pairs = [(before[i], r) for i, r in after.items() if i in before]
    if not pairs:
        return
    yield from _of_scope(engine, "all", METRICS, [(a["counts"], b["counts"]) for a, b in pairs])
    for level in dict.fromkeys(r["level"] for _, r in pairs):
        own = [(a["counts"], b["counts"]) for a, b in pairs if b["level"] == level]
        yield from _of_scope(engine, f"level {level}", METRICS, own)
    for table in sorted({t for a, b in pairs for t in (*a["tables"], *b["tables"])}):
        own = [(a["tables"].get(table, {}), b["tables"].get(table, {})) for a, b in pairs]
        yield from _of_scope(engine, f"table {table}", FIELD_METRICS, own)


def _of_scope(
    engine: str, scope: str, metrics: Mapping[str, Metric], pairs: Sequence[tuple[Counts, Counts]]
) -> Iterator[Difference]:
    drawn = resamples(len(pairs))
    for name, metric in metrics.items():
        old, new = (_arrays(metric, [pair[k] for pair in pairs]) for k in (0, 1))
        change = share_change(old, new, drawn)
        if change.old is not None or change.new is not None:
            yield Difference(engine, scope, name, change)


def _arrays(metric: Metric, each: Sequence[Counts]) -> tuple[Numbers, Numbers]:
    part, whole = (np.array([c.get(name, 0) for c in each], np.float64) for name in (metric.part, metric.whole))
    return part, whole
