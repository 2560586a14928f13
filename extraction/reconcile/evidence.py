"""What the picture says of each cell: its options with their probabilities, from the readings that a field carries.

The recogniser's probabilities are calibrated, but for three things: where something contradicts a reading, it is right
less often than it says; a cell of which nothing but one sure reading is known may be something that no reading names;
and of a report that is hardly read all is less sure than it seems. The figures
for that are set by hand, on the cautious side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from extraction.cells.fusion import SUREST
from extraction.document import Candidate, Field, Report, Status
from extraction.figures import Unit, parse_figure
from extraction.forms.catalogue import field_forms
from extraction.reconcile.solver.model import Figure, Option

STATED = 1.0
"""Confidence of what the file itself states; no reading of a picture has it."""

_CONTRADICTED = 0.9  # probability at most of a reading that something speaks against
_UNPLACED = 0.5  # of one that may be another cell's, or of which nothing else is known
_ASTRAY = 0.75  # of the figure that goes to a person because its place is in doubt: 71 of 101 on train, 8 in 10 on dev
_NOT_FOUND = 0.03  # of there being nothing where nothing was found: 6 of 374 on train
_UNLISTED = 5e-6  # of a sure reading being something that no reading names
_UNLISTED_OF_REST, _UNLISTED_AT_MOST = 0.1, 0.01  # of the doubt about an unsure one, and of one that has other readings
_UNREAD = 100.0  # times as often where all the rest of the report is unread
_TOO_MANY = 10**9  # for a count
_NEVER = 1e-9  # of what the file states
_LEAST = 1e-6  # probability from which an option is weighed at all


def unread_share(report: Report) -> float:
    """The share of a report's fields that a person must look at. Tables that were not found at all say nothing of how
    well the others were read."""
    found = {_block(f) for f in report.fields if f.page is not None or f.printed}
    known = [f for f in report.fields if _block(f) in found]
    return sum(map(is_doubted, known)) / max(1, len(known))


def is_doubted(field: Field) -> bool:
    """Whether a field goes to a person unless the sums settle it."""
    return field.status is Status.REVIEW or field.in_doubt


def _block(field: Field) -> str:
    form = field_forms().get(field.id)
    return form.block.id if form else field.id


def figure_of(field: Field, unread: float, blank: float = 0.5) -> Figure | None:
    """What a field of a sum may say; None where nothing can be said of it, or there is no such cell.

    `unread` is the share of the report's fields that are unread, `blank` how probable it is that the cell is blank if
    it means zero.
    """
    if field.status is Status.MISSING or not _is_count(field.value):
        return None
    doubted = is_doubted(field)
    if not doubted and field.confidence >= STATED:
        return Figure(field.id, (Option(field.value, field.printed, 1.0),), _NEVER)
    others = _readings(field.candidates)
    first = [o for o in others if o.value == field.value]
    if doubted and not field.candidates:
        if field.value is None:
            return None
        probability = _UNPLACED
    elif doubted:
        probability = min(first[0].probability, _CONTRADICTED) if first else 0.0
    else:
        probability = field.confidence
    others = [o for o in others if o.value != field.value]
    rest = 1 - probability if probability < SUREST else 0.0  # confidence ends there, not what it stands for
    unlisted = max(_UNLISTED * (1 + _UNREAD * unread), min(_UNLISTED_OF_REST * rest, _UNLISTED_AT_MOST))
    listed = sum(o.probability for o in others)
    scale = max(0.0, rest - unlisted) / max(listed, rest, _LEAST) if rest else 1.0
    legible = parse_figure(field.printed) is not None
    printed = field.printed if legible or not first else first[0].printed
    options = [Option(field.value, printed, probability)] if probability else []
    options += [replace(o, probability=o.probability * scale) for o in others]
    options = [o for o in options if o.probability >= _LEAST]
    if not options:
        return None
    options.sort(key=lambda o: -o.probability)
    unlisted = max(unlisted, rest - sum(o.probability for o in options if o.value != field.value))
    return Figure(field.id, tuple(options), unlisted, not doubted or bool(field.candidates), blank)


def probability_alone(field: Field) -> float:
    """Probability (0..1) that a field that is in no sum says what was read."""
    if not is_doubted(field):
        return field.confidence
    if not field.candidates:
        return _NOT_FOUND if field.value is None else _ASTRAY
    return next((min(o.probability, _CONTRADICTED) for o in _readings(field.candidates) if o.value == field.value), 0.0)


def _readings(candidates: Iterable[Candidate]) -> list[Option]:
    """The counts and blanks among the readings, each with the probability of all readings that mean it."""
    found: dict[Decimal | None, Option] = {}
    for candidate in candidates:
        figure = parse_figure(candidate.text)
        if figure is None or not _is_count(figure.value) or _begins_with_zero(candidate.text):
            continue
        if figure.unit not in (None, Unit.COUNT):
            continue
        known = found.get(figure.value)
        text, so_far = (known.printed, known.probability) if known else (candidate.text, 0.0)
        found[figure.value] = Option(figure.value, text, so_far + candidate.probability)
    return sorted(found.values(), key=lambda o: -o.probability)


def _is_count(value: Decimal | None) -> bool:
    return value is None or (0 <= value < _TOO_MANY and value == value.to_integral_value())


def _begins_with_zero(text: str) -> bool:
    """Whether it may be two figures."""
    return len(text) > 1 and text[0] == "0" and text[1].isdigit()
