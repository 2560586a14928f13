"""What each value of each threshold of `[decision]` would accept, and how much of it would be wrong.

Documents are read once, up to their labelled fields. These are weighed with their sums once, since no threshold is in
that, and decided anew for every value of one threshold while the others stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace as with_setting

from eval.decision.selective import Step
from eval.engines import LABELLED
from eval.runs.dataset import Case
from eval.runs.run import read_prediction
from eval.scoring.metrics import calibration
from eval.scoring.outcomes import AS_PRINTED, SILENT, Outcome, compare_fields
from eval.scoring.score import CONFIDENCE_STEPS
from extraction.document import Field, Report, Status
from extraction.doubts import DoubtCode, doubt
from extraction.reconcile.reconcile import Weighed, decided_fields, weigh
from extraction.settings import DecisionSettings

_PROBABILITIES = (1.0, 0.999, 0.998, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9)

GRID: Mapping[str, tuple[float, ...]] = {
    "min_reading": (0.99, 0.97, 0.95, 0.9, 0.8, 0.7, 0.5),
    "alone": _PROBABILITIES,
    "in_sums": _PROBABILITIES,
    "settled": _PROBABILITIES,
    "corrected": _PROBABILITIES,
    "proven": _PROBABILITIES,
    "alone_in_poor_report": _PROBABILITIES,
    "poor_share": (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25),
    "illegible_share": (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
    "blank_habit": (1.0, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.5),
}
"""The values that are tried of each setting of `[decision]`, strictest first. Fixed before any data is seen: the bounds
of `eval.decision.selective` share their risk among them."""

_ACCEPTED = (Outcome.RIGHT, *SILENT)


@dataclass(frozen=True, slots=True)
class Judged:
    """A field after the decision: its probability (0..1), its doubts, and whether it is as printed."""

    probability: float
    doubts: tuple[DoubtCode, ...]
    outcome: Outcome

    @property
    def right(self) -> bool:
        """Whether its value, or its best guess, is what is printed."""
        return self.outcome in AS_PRINTED

    @property
    def accepted(self) -> bool:
        """Whether nobody need look at it."""
        return self.outcome in _ACCEPTED


@dataclass(frozen=True, slots=True)
class Swept:
    """The decisions on one report or many; they add.

    `judged` are all fields that are accepted or for review with the thresholds as they stand, and `outcomes` those of
    all fields. `steps` has for each setting and value what it accepts among the fields whose decision that setting
    changes somewhere on its grid (`decides`: how many these are), `whole` the same of all fields.
    """

    reports: int = 0
    flawed: int = 0  # reports with a silent error
    judged: tuple[Judged, ...] = ()
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    decides: Counter[str] = field(default_factory=Counter)
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    whole: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    @property
    def fields(self) -> int:
        """Fields of the gold, and those that only the reports have."""
        return sum(self.outcomes.values())

    @property
    def accepted(self) -> int:
        """Fields that are accepted with the thresholds as they stand."""
        return sum(self.outcomes[o] for o in _ACCEPTED)

    @property
    def silent(self) -> int:
        """Silent errors: fields that are accepted and wrong."""
        return sum(self.outcomes[o] for o in SILENT)

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.reports + other.reports,
            self.flawed + other.flawed,
            (*self.judged, *other.judged),
            self.outcomes + other.outcomes,
            self.decides + other.decides,
            _added(self.steps, other.steps),
            _added(self.whole, other.whole),
        )


def swept(gold: Report, labelled: Report, settings: DecisionSettings) -> Swept:
    """What the values of `GRID` decide about the fields of a labelled report. Of a report whose form is not known
    nothing is accepted, and nothing is decided."""
    if labelled.template is None:
        return Swept(reports=1)
    weighed = weigh(labelled)
    now = compare_fields(gold, replace(labelled, fields=decided_fields(weighed, settings)))
    steps, whole, decides = {}, {}, Counter[str]()
    for name, values in GRID.items():
        tried = [_outcomes(gold, weighed, name, value, settings) for value in values]
        accepted = np.array([[outcome in _ACCEPTED for outcome in each] for each in tried], np.bool_)
        wrong = np.array([[outcome in SILENT for outcome in each] for each in tried], np.bool_)
        changing = accepted.any(axis=0) & ~accepted.all(axis=0)
        decides[name] = int(changing.sum())
        steps[name] = _steps(values, accepted[:, changing], wrong[:, changing])
        whole[name] = _steps(values, accepted, wrong)
    return Swept(
        1,
        int(any(o.outcome in SILENT for o in now)),
        tuple(
            Judged(o.found.confidence, tuple(d.code for d in o.found.doubts), o.outcome)
            for o in now
            if o.found is not None and o.found.status is not Status.MISSING
        ),
        Counter(o.outcome for o in now),
        decides,
        steps,
        whole,
    )


def risk_coverage(found: Swept) -> tuple[tuple[float, float], ...]:
    """(coverage, risk), both 0..1: of the fields of highest probability, taken down to each probability there is, their
    share of all that were read and the share wrong among them, best guesses of fields for review included."""
    counted = Counter((round(j.probability * CONFIDENCE_STEPS), j.right) for j in found.judged)
    return calibration(counted).curve


def swept_kept(case: Case, out: Path, settings: DecisionSettings) -> Swept:
    """The same of the kept reading of a case; nothing of one that could not be read."""
    report = read_prediction(out, LABELLED, case).report
    return Swept(reports=1) if report is None else swept(case.gold.report, report, settings)


def _outcomes(
    gold: Report, weighed: Weighed, name: str, value: float, settings: DecisionSettings
) -> tuple[Outcome, ...]:
    """The outcomes of all fields, in an order that the value does not change."""
    if name == "min_reading":
        weighed = weigh(with_min_reading(weighed.report, value, settings.min_reading))
    changed = with_setting(settings, **{name: value})
    fields = decided_fields(weighed, changed)
    # A field that is said to be missing is no decision of these thresholds, and stays the same throughout.
    return tuple(o.outcome for o in compare_fields(gold, replace(weighed.report, fields=fields)))


def with_min_reading(report: Report, value: float, before: float) -> Report:
    """A report that was labelled with `min_reading` at `before`, as it would have been with it at `value`.

    Probabilities of fields are rounded to four places; a blank that is alone among printed cells keeps its own doubt.
    """
    return report if value == before else replace(report, fields=tuple(_relabelled(f, value) for f in report.fields))


def _relabelled(field: Field, value: float) -> Field:
    if field.status is Status.MISSING:
        return field
    others = tuple(d for d in field.doubts if d.code is not DoubtCode.LOW_PROBABILITY)
    unsure = doubt(DoubtCode.LOW_PROBABILITY) if field.confidence < value else ()
    return replace(field, doubts=others + unsure)


def _steps(values: Sequence[float], accepted: npt.NDArray[np.bool_], wrong: npt.NDArray[np.bool_]) -> tuple[Step, ...]:
    counts = zip(values, accepted.sum(axis=1), wrong.sum(axis=1), strict=True)
    return tuple(Step(value, int(taken), int(errors)) for value, taken, errors in counts)


def _added(one: Mapping[str, tuple[Step, ...]], other: Mapping[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
    if not one or not other:
        return dict(one or other)
    return {
        name: tuple(
            Step(a.value, a.accepted + b.accepted, a.wrong + b.wrong) for a, b in zip(steps, other[name], strict=True)
        )
        for name, steps in one.items()
    }
