"""`scores.json`: all metrics of a run by engine, with the counts of every report for comparison with later runs."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from eval.runs.dataset import Case
from eval.runs.prediction import Prediction
from eval.runs.run import read_prediction
from eval.scoring.compare import compare
from eval.scoring.metrics import (
    FIELD_METRICS,
    METRICS,
    Counts,
    Metric,
    calibration,
    counts,
    counts_by_field,
    counts_by_table,
    rate,
)
from eval.scoring.score import Score, total
from eval.scoring.structure import StructureScore, structure_score
from eval.scoring.tokens import TokenScore, token_score
from extraction.bulk.record import package_versions
from models.gate.intervals import Interval, Numbers, macro_interval, resamples, share_interval

SCHEMA_VERSION = 1
_MIN_POOL_DOCUMENTS = 60  # fewer are scored before processes have started
_PACKAGES = (
    "gouji",
    "numpy",
    "rapidocr",
    "onnxruntime",
    "opencv-python-headless",
    "pypdfium2",
    "paddleocr",
    "pdfplumber",
)
_STRUCTURE_RATES = (
    "precision_50",
    "recall_50",
    "f1_50",
    "precision_75",
    "recall_75",
    "f1_75",
    "grits_top",
    "grits_con",
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One document of one engine, scored. `score`, `structure` and `tokens` add."""

    id: str
    level: str
    score: Score
    structure: StructureScore
    tokens: TokenScore
    seconds: float
    pages: int
    error: str


def score_case(case: Case, prediction: Prediction) -> Scored:
    """Return all scores of a document."""
    return Scored(
        case.id,
        case.gold.level,
        compare(case.gold, prediction),
        structure_score(case.gold.tables, prediction.tables) if case.gold.tables else StructureScore(),
        token_score(case.gold.labels, prediction.labels) if case.gold.labels and find_spec("seqeval") else TokenScore(),
        prediction.seconds,
        prediction.pages,
        prediction.error,
    )


def score_all(cases: Sequence[Case], engine: str, out: Path, workers: int, on_done: Callable[[], None]) -> list[Scored]:
    """Return the score of every case, in order, from the kept predictions; `on_done` is called for each."""
    if workers == 1 or len(cases) < _MIN_POOL_DOCUMENTS:
        scored = []
        for case in cases:
            scored.append(_score_kept(case, engine, out))
            on_done()
        return scored
    scored = []
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for one in pool.map(_score_kept, cases, repeat(engine), repeat(out), chunksize=4):
            scored.append(one)
            on_done()
    return scored


def _score_kept(case: Case, engine: str, out: Path) -> Scored:
    return score_case(case, read_prediction(out, engine, case))


def engine_scores(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return all scores of an engine as JSON values: overall, by level, table and field, and the counts of each
    report."""
    score = total(s.score for s in scored)
    reports = [_report_data(s) for s in scored]
    levels = list(dict.fromkeys(s.level for s in scored))
    of_level = {level: [s for s in scored if s.level == level] for level in levels}
    own = np.array([levels.index(s.level) for s in scored], np.int64)
    drawn = resamples(len(reports))
    tables = sorted({table for r in reports for table in r["tables"]})
    return {
        "counts": counts(score),
        "metrics": _intervals(METRICS, [r["counts"] for r in reports], drawn),
        "macro": {
            name: _interval_data(macro_interval(*_arrays(metric, [r["counts"] for r in reports]), own, drawn))
            for name, metric in METRICS.items()
        },
        "levels": {level: _level_data(of_level[level]) for level in levels},
        "tables": {
            table: {
                "counts": counts_by_table(score)[table],
                "metrics": _intervals(FIELD_METRICS, [r["tables"].get(table, _NO_FIELDS) for r in reports], drawn),
            }
            for table in tables
        },
        "fields": counts_by_field(score),
        **_added(scored),
        "reports": reports,
    }


def versions() -> dict[str, str]:
    """Return the versions of Python, Gouji and the reading packages that are installed."""
    return package_versions(_PACKAGES)


def without_times(scores: Any) -> Any:
    """Return scores without seconds, the only values that differ between runs over equal predictions."""
    if isinstance(scores, Mapping):
        return {k: without_times(v) for k, v in scores.items() if k not in ("speed", "seconds")}
    return [without_times(v) for v in scores] if isinstance(scores, list) else scores


_NO_FIELDS = dict.fromkeys(("fields", "right", "accepted_right", "accepted", "silent", "review", "missed"), 0)


def _level_data(scored: Sequence[Scored]) -> dict[str, Any]:
    score = total(s.score for s in scored)
    drawn = resamples(len(scored))
    return {
        "counts": counts(score),
        "metrics": _intervals(METRICS, [counts(s.score) for s in scored], drawn),
        "tables": {
            table: {"counts": numbers, "metrics": {n: rate(numbers, m) for n, m in FIELD_METRICS.items()}}
            for table, numbers in sorted(counts_by_table(score).items())
        },
        **_added(scored),
    }


def _added(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return what has no interval: table structure, labels, calibration, time."""
    structure = sum((s.structure for s in scored), StructureScore())
    tokens = sum((s.tokens for s in scored), TokenScore())
    known = calibration(total(s.score for s in scored).confidences)
    seconds, pages = sum(s.seconds for s in scored), sum(s.pages for s in scored)
    return {
        "structure": {**_rounded(asdict(structure)), **_rounded({n: getattr(structure, n) for n in _STRUCTURE_RATES})},
        "tokens": {
            kind: {**asdict(count), **_rounded({"precision": count.precision, "recall": count.recall, "f1": count.f1})}
            for kind, count in {**tokens.kinds, "all": tokens.total}.items()
        },
        "calibration": _rounded(asdict(known)),
        "speed": {
            "seconds": round(seconds, 3),
            "pages": pages,
            "seconds_a_page": round(seconds / pages, 4) if pages else None,
        },
    }


def _report_data(scored: Scored) -> dict[str, Any]:
    return {
        "id": scored.id,
        "level": scored.level,
        "counts": counts(scored.score),
        "tables": counts_by_table(scored.score),
        "structure": _rounded({f.name: getattr(scored.structure, f.name) for f in fields(StructureScore)}),
        "tokens": {kind: asdict(count) for kind, count in scored.tokens.kinds.items()},
        "pages": scored.pages,
        "seconds": round(scored.seconds, 3),
        "error": scored.error,
    }


def _intervals(metrics: Mapping[str, Metric], each: Sequence[Counts], drawn: Numbers) -> dict[str, Any]:
    return {name: _interval_data(share_interval(*_arrays(metric, each), drawn)) for name, metric in metrics.items()}


def _arrays(metric: Metric, each: Sequence[Counts]) -> tuple[Numbers, Numbers]:
    """Return the two counts of every report."""
    part, whole = (np.array([c[name] for c in each], np.float64) for name in (metric.part, metric.whole))
    return part, whole


def _interval_data(interval: Interval) -> dict[str, float | None]:
    data: dict[str, float | None] = _rounded(interval._asdict())
    return data


def _rounded(value: Any) -> Any:
    """Round to six decimals: far below any interval's width, and equal on all machines."""
    rounders: dict[type, Callable[[Any], Any]] = {
        float: lambda v: round(v, 6),
        dict: lambda v: {k: _rounded(x) for k, x in v.items()},
        tuple: lambda v: [_rounded(x) for x in v],
        list: lambda v: [_rounded(x) for x in v],
    }
    return rounders.get(type(value), lambda v: v)(value)
