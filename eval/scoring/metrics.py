"""Metrics as shares of counts, so that reports can be resampled; and the calibration of confidences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eval.scoring.outcomes import AS_PRINTED, FOR_REVIEW, SILENT, Outcome
from eval.scoring.score import CONFIDENCE_STEPS, Matches, Score

Counts = Mapping[str, int]
"""Whole numbers by name; those of many reports are the sum of theirs."""


class Metric(NamedTuple):
    """A share of two counts. `better` is 1 where higher is better, -1 where lower is, 0 where it depends."""

    part: str
    whole: str
    title: str
    better: int = 1


FIELD_METRICS = {
    "field_accuracy": Metric("right", "fields", "fields as printed (best guesses too)"),
    "accepted_right": Metric("accepted_right", "fields", "fields as printed and accepted"),
    "silent_rate": Metric("silent", "fields", "silent errors", -1),
    "review_share": Metric("review", "fields", "fields sent to review", -1),
    "missed_share": Metric("missed", "fields", "fields missed", -1),
}
"""The metrics of every group of fields: a table, a level, a field."""

METRICS = {
    **FIELD_METRICS,
    "silent_among_accepted": Metric("silent", "accepted", "silent errors among what was accepted", -1),
    "figure_accuracy": Metric("figures_right", "figures", "figures other than zero as printed"),
    "reports_perfect": Metric("perfect", "reports", "reports perfect"),
    "reports_sound": Metric("sound", "reports", "reports perfect or flagged (no silent error)"),
    "reports_read": Metric("read", "reports", "documents that could be read"),
    "organization": Metric("organization", "reports", "organization right"),
    "year": Metric("year", "reports", "year right"),
    "template": Metric("template", "reports", "form (template) right"),
    "title": Metric("title", "reports", "title right"),
    "section_recall": Metric("sections_found", "sections_gold", "sections found"),
    "sections_in_order": Metric("sections_in_order", "reports", "all sections found, in order"),
    "section_text": Metric("text_alike", "text", "characters of sections alike"),
    "source_error_recall": Metric("source_errors_found", "source_errors_gold", "source errors reported"),
    "source_error_precision": Metric("source_errors_found", "source_errors_reported", "reported source errors genuine"),
    "source_errors_kept": Metric("source_kept", "source_errors_gold", "source errors kept as printed"),
    "correction_precision": Metric("corrections_right", "corrections", "corrections right"),
    "misread_recall": Metric("misreads_repaired", "misreads", "misread figures put right"),
    "misread_in_sums_recall": Metric(
        "summed_repaired", "summed_misreads", "those in sums, their cells known, put right"
    ),
    "extra_row_recall": Metric("extra_rows_found", "extra_rows_gold", "extra rows found"),
    "extra_row_precision": Metric("extra_rows_found", "extra_rows_reported", "extra rows genuine"),
    "narrative_recall": Metric("narrative_found", "narrative_gold", "figures in sentences found"),
    "narrative_precision": Metric("narrative_found", "narrative_reported", "figures in sentences genuine"),
}
"""All metrics of a run or level, in the order in which they are shown."""

_CURVE_POINTS = 200


def field_counts(outcomes: Mapping[Outcome, int], extra: int = 0) -> dict[str, int]:
    """Return the counts of a group of fields by outcome. `extra` of them are not in the gold."""
    right, silent = (sum(outcomes.get(o, 0) for o in group) for group in (AS_PRINTED, SILENT))
    return {
        "fields": sum(outcomes.values()) - extra,
        "right": right,
        "accepted_right": outcomes.get(Outcome.RIGHT, 0),
        "accepted": outcomes.get(Outcome.RIGHT, 0) + silent,
        "silent": silent,
        "review": sum(outcomes.get(o, 0) for o in FOR_REVIEW),
        "missed": outcomes.get(Outcome.MISSED, 0),
    }


def counts(score: Score) -> dict[str, int]:
    """Return all counts that the metrics are shares of."""
    outcomes: Counter[Outcome] = Counter()
    for counted, n in score.cells.items():
        outcomes[counted.outcome] += n
    extra = sum(n for counted, n in score.cells.items() if not counted.in_gold)
    return {
        **field_counts(outcomes, extra),
        "figures": score.figures.whole,
        "figures_right": score.figures.part,
        "reports": score.reports,
        "perfect": score.perfect_reports,
        "sound": score.sound_reports,
        "read": score.reports - score.unread,
        **{name: score.headings[name] for name in ("organization", "year", "template", "title")},
        **_match_counts("sections", score.sections),
        "sections_in_order": score.sections_in_order,
        "text": score.text.whole,
        "text_alike": score.text.part,
        **_match_counts("source_errors", score.source_errors),
        "source_kept": score.source_kept.part,
        "corrections": score.corrections.whole,
        "corrections_right": score.corrections.part,
        "misreads": score.misreads.whole,
        "misreads_repaired": score.misreads.part,
        "summed_misreads": score.misreads_in_sums.whole,
        "summed_repaired": score.misreads_in_sums.part,
        **_match_counts("extra_rows", score.extra_rows),
        **_match_counts("narrative", score.narrative),
    }


def counts_by_table(score: Score) -> dict[str, dict[str, int]]:
    """Return the counts of the fields of each block of the form."""
    return _grouped(score, "table")


def counts_by_field(score: Score) -> dict[str, dict[str, int]]:
    """Return the counts of each field."""
    return _grouped(score, "field")


def rate(numbers: Counts, metric: Metric) -> float | None:
    """Return the share, None where the whole is 0."""
    return numbers[metric.part] / numbers[metric.whole] if numbers[metric.whole] else None


def _grouped(score: Score, by: str) -> dict[str, dict[str, int]]:
    groups: dict[str, Counter[Outcome]] = {}
    extra: Counter[str] = Counter()
    for counted, n in score.cells.items():
        name = getattr(counted, by)
        groups.setdefault(name, Counter())[counted.outcome] += n
        extra[name] += 0 if counted.in_gold else n
    return {name: field_counts(outcomes, extra[name]) for name, outcomes in groups.items()}


def _match_counts(name: str, matches: Matches) -> dict[str, int]:
    return {
        f"{name}_found": matches.found,
        f"{name}_gold": matches.found + matches.missed,
        f"{name}_reported": matches.found + matches.false,
    }


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of confidences.

    `bins`: (mean confidence, share right, number) of the fields in each tenth of the confidence. `ece`: expected
    calibration error, the mean distance of the two weighted by number (Guo et al. 2017). `curve`: (coverage, risk) when
    only fields of the highest confidence are accepted, down to each confidence; `area` under it (AURC), 0 at best.
    """

    bins: tuple[tuple[float, float, int], ...]
    ece: float | None
    curve: tuple[tuple[float, float], ...]
    area: float | None


def calibration(confidences: Mapping[tuple[int, bool], int], bins: int = 10) -> Calibration:
    """Return the calibration of counts by (confidence in `CONFIDENCE_STEPS`, right) as in a score."""
    steps = sorted({step for step, _ in confidences}, reverse=True)
    if not steps:
        return Calibration((), None, (), None)
    right = np.array([confidences.get((step, True), 0) for step in steps], float)
    number = right + np.array([confidences.get((step, False), 0) for step in steps], float)
    confidence = np.array(steps) / CONFIDENCE_STEPS
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    filled = [place == b for b in range(bins) if (place == b).any()]
    shown = tuple(
        (
            float((confidence * number)[m].sum() / number[m].sum()),
            float(right[m].sum() / number[m].sum()),
            int(number[m].sum()),
        )
        for m in filled
    )
    ece = sum(abs(mean - share) * n for mean, share, n in shown) / number.sum()
    coverage, risk = number.cumsum() / number.sum(), 1 - right.cumsum() / number.cumsum()
    kept = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), _CURVE_POINTS)).round().astype(int))
    curve = tuple(zip(coverage[kept].tolist(), risk[kept].tolist(), strict=True))
    return Calibration(shown, float(ece), curve, _area(coverage, risk))


def _area(coverage: npt.NDArray[np.float64], risk: npt.NDArray[np.float64]) -> float:
    """Return the area by trapezoids; fields of one confidence are accepted together, so the first step has constant
    risk."""
    x, y = np.concatenate(([0.0], coverage)), np.concatenate((risk[:1], risk))
    return float(np.trapezoid(y, x))
