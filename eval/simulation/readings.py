"""Reports as a recogniser might have read them: invented figures, and calibrated readings of each of their cells.

Most cells are read surely. Of the others the readings have probabilities, and the truth is drawn by them: the first
reading is right as often as its probability says, so that the evidence is calibrated by construction. Wrong readings
are the right figure with a digit that looks alike, one too many or one too few.
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

ALIKE: Mapping[str, str] = {
    "0": "689", "1": "74", "2": "7", "3": "85", "4": "19", "5": "63", "6": "085", "7": "12", "8": "3069", "9": "04"
}  # fmt: skip
_LEVELS: tuple[Literal["town", "district", "city"], ...] = ("town", "district", "city")
_SURELY = 0.9999
_WRONG = 5e-5  # share of sure readings that are wrong
_LEAST, _MOST = 0.4, 1.0  # probability of the first of several readings
_OTHERS = 0.6  # each further reading's share of what is left
_ACCEPTED = 0.9  # probability from which a reading is believed until the sums are looked at


@dataclass(frozen=True, slots=True)
class Simulated:
    """A report as it was read, and what it prints: the figures that are in sums."""

    read: Report
    printed: Mapping[str, Decimal]
    source_error: str


def simulated(seed: int, misreads: float, candidates: int, *, source_error: bool) -> Simulated:
    """The report of a seed: this share of its cells in sums misread, so many readings of each unsure one."""
    rng = Random(f"{seed}/{misreads}/{candidates}/{source_error}")
    form = template(rng.choice(("2019", "2021")))
    values = draw_values(rng, form.id, rng.choice(_LEVELS), one_row_other=form.id == "2019")
    kind = ""
    if source_error:
        kind, values = break_a_sum(rng, form.id, values, one_row_other=form.id == "2019")
    in_sums = {part for i in form.identities() for part in (*i.left, *i.right)}
    unsure = misreads / (1 - (_LEAST + _MOST) / 2)
    fields = tuple(
        _read(rng, f.id, values[f.id], candidates, unsure)
        if f.id in in_sums
        else Field(f.id, f.label, values[f.id], str(values[f.id]), Status.READ, 1.0)
        for f in form.fields
    )
    report = Report(Source(f"{seed}", "", "", None), None, None, form.id, None, fields=fields)
    return Simulated(report, {i: values[i] for i in in_sums}, kind)


def _read(rng: Random, field_id: str, true: Decimal, count: int, unsure: float) -> Field:
    """A cell with its readings."""
    if rng.random() >= unsure:
        said = _confused(rng, true, {true}) if rng.random() < _WRONG else true
        return _field(field_id, [(said, _SURELY)])
    left = 1.0
    probabilities = []
    first = rng.uniform(_LEAST, _MOST)
    for number in range(count):
        probabilities.append(first if number == 0 else left * _OTHERS)
        left -= probabilities[-1]
    right = next(iter(rng.choices(range(count + 1), [*probabilities, left])))
    readings: list[Decimal] = []
    for number in range(count):
        readings.append(true if number == right else _confused(rng, true, {true, *readings}))
    ranked = sorted(zip(readings, probabilities, strict=True), key=lambda pair: -pair[1])
    return _field(field_id, ranked)


def _confused(rng: Random, true: Decimal, known: set[Decimal]) -> Decimal:
    """Another figure that looks like it."""
    while True:
        digits = list(str(true))
        place = rng.randrange(len(digits))
        change = rng.random()
        if change < 0.7:
            digits[place] = rng.choice(ALIKE[digits[place]])
        elif change < 0.85 and len(digits) > 1:
            del digits[place]
        else:
            digits.insert(place, rng.choice("0123456789"))
        found = Decimal("".join(digits))
        if found not in known and (len(digits) == 1 or digits[0] != "0"):
            return found
        true = found if rng.random() < 0.3 else true


def _field(field_id: str, readings: list[tuple[Decimal, float]]) -> Field:
    (value, probability), *_ = readings
    status, confidence = (Status.READ, probability) if probability >= _ACCEPTED else (Status.REVIEW, 0.5)
    candidates = tuple(Candidate(str(v), p) for v, p in readings)
    return Field(field_id, field_id, value, str(value), status, confidence, candidates=candidates)
