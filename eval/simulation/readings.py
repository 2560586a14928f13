"""Simulated reports: invented figures, and readings of each cell as a calibrated recogniser would give them.

Most cells have one sure reading. Others have several with probabilities, and which of them is right is drawn by these:
the readings are calibrated by construction. Wrong readings are the right figure with a digit substituted by one that
looks alike, deleted or inserted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Literal

from extraction.document import Candidate, Field, Report, Source, Status
from extraction.forms.catalogue import template
from training.synthetic.content.figures import break_a_sum, draw_values

LOOKALIKES: Mapping[str, str] = {
    "0": "689", "1": "74", "2": "7", "3": "85", "4": "19", "5": "63", "6": "085", "7": "12", "8": "3069", "9": "04"
}  # fmt: skip
SURE_PROBABILITY = 0.9999
"""Of the reading of a cell that is read surely."""

SURE_ERROR_RATE = 5e-5
"""Share of sure readings that are wrong."""

MIN_FIRST_PROBABILITY, MAX_FIRST_PROBABILITY = 0.4, 1.0
"""Of the first of several readings, uniformly drawn."""

NEXT_READING_SHARE = 0.6
"""Of the probability that is left, for each further reading."""

ACCEPTANCE_PROBABILITY = 0.9
"""From which a reading is accepted before reconciliation."""

SUBSTITUTION_SHARE, DELETION_SHARE = 0.7, 0.15
"""Of the edits that make a wrong reading; the rest are insertions."""

SECOND_EDIT_SHARE = 0.3
"""Of the edits whose result cannot be taken, that are followed by another edit of it and not of the truth."""

_LEVELS: tuple[Literal["town", "district", "city"], ...] = ("town", "district", "city")


@dataclass(frozen=True, slots=True)
class SimulatedReport:
    """A report as `read`, and as `printed`: the values of the figures in sums, by field id. `source_error` names the
    kind of error that the print has, "" where it has none."""

    read: Report
    printed: Mapping[str, Decimal]
    source_error: str


def simulated_report(seed: int, misreads: float, candidates: int, *, source_error: bool) -> SimulatedReport:
    """The report of a seed.

    `misreads` is the share of the cells in sums whose first reading is wrong, `candidates` the number of readings of
    each cell that is not read surely, `source_error` whether one sum fails in print.
    """
    rng = Random(f"{seed}/{misreads}/{candidates}/{source_error}")
    form = template(rng.choice(("2019", "2021")))
    values = draw_values(rng, form.id, rng.choice(_LEVELS), one_row_other=form.id == "2019")
    kind = ""
    if source_error:
        kind, values = break_a_sum(rng, form.id, values, one_row_other=form.id == "2019")
    in_sums = {part for i in form.identities() for part in (*i.left, *i.right)}
    unsure = misreads / (1 - (MIN_FIRST_PROBABILITY + MAX_FIRST_PROBABILITY) / 2)
    fields = tuple(
        _read(rng, f.id, values[f.id], candidates, unsure)
        if f.id in in_sums
        else Field(f.id, f.label, values[f.id], str(values[f.id]), Status.READ, 1.0)
        for f in form.fields
    )
    report = Report(Source(f"{seed}", "", "", None), None, None, form.id, None, fields=fields)
    return SimulatedReport(report, {i: values[i] for i in in_sums}, kind)


def _read(rng: Random, field_id: str, true: Decimal, count: int, unsure: float) -> Field:
    """A cell with its readings, of which there are `count` with the probability `unsure`."""
    if rng.random() >= unsure:
        said = _misread(rng, true, {true}) if rng.random() < SURE_ERROR_RATE else true
        return _field(field_id, [(said, SURE_PROBABILITY)])
    left = 1.0
    probabilities = []
    first = rng.uniform(MIN_FIRST_PROBABILITY, MAX_FIRST_PROBABILITY)
    for number in range(count):
        probabilities.append(first if number == 0 else left * NEXT_READING_SHARE)
        left -= probabilities[-1]
    right = next(iter(rng.choices(range(count + 1), [*probabilities, left])))
    readings: list[Decimal] = []
    for number in range(count):
        readings.append(true if number == right else _misread(rng, true, {true, *readings}))
    ranked = sorted(zip(readings, probabilities, strict=True), key=lambda pair: -pair[1])
    return _field(field_id, ranked)


def _misread(rng: Random, true: Decimal, known: set[Decimal]) -> Decimal:
    """A misreading of a figure that is none of `known`."""
    while True:
        digits = list(str(true))
        place = rng.randrange(len(digits))
        edit = rng.random()
        if edit < SUBSTITUTION_SHARE:
            digits[place] = rng.choice(LOOKALIKES[digits[place]])
        elif edit < SUBSTITUTION_SHARE + DELETION_SHARE and len(digits) > 1:
            del digits[place]
        else:
            digits.insert(place, rng.choice("0123456789"))
        found = Decimal("".join(digits))
        if found not in known and (len(digits) == 1 or digits[0] != "0"):
            return found
        true = found if rng.random() < SECOND_EDIT_SHARE else true


def _field(field_id: str, readings: list[tuple[Decimal, float]]) -> Field:
    (value, probability), *_ = readings
    status, confidence = (Status.READ, probability) if probability >= ACCEPTANCE_PROBABILITY else (Status.REVIEW, 0.5)
    candidates = tuple(Candidate(str(v), p) for v, p in readings)
    return Field(field_id, field_id, value, str(value), status, confidence, candidates=candidates)
