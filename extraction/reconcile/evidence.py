"""The evidence of each cell: its options with their probabilities, from the readings that a field carries.

The recogniser's probabilities are calibrated, but for three things: a reading that something contradicts is right less
often than it says; a cell may print what no reading names; and in a report that is hardly read all is less sure than it
seems. Where no data set is named below, the probabilities are set by hand, on the cautious side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from extraction.cells.fusion import SUREST
from extraction.document import Candidate, Field, Report, Status
from extraction.figures import Unit, parse_figure
from extraction.forms.catalogue import field_forms
from extraction.reconcile.solver.model import Figure, Option

STATED = 1.0  # confidence of what the file itself states; no reading of a picture has it
MAX_DOUBTED_PROBABILITY = 0.9  # of a reading that something contradicts
UNPLACED_PROBABILITY = 0.5  # of a figure in a sum that may be another cell's
UNPLACED_PROBABILITY_ALONE = 0.75  # of one in no sum: 71 of 101 on the train split are right, 8 in 10 on dev
EMPTY_PROBABILITY = 0.03  # of a cell in doubt being empty where nothing was found in it: 6 of 374 on the train split
UNLISTED_PROBABILITY = 5e-6  # of a cell that was read surely printing what no reading names

UNLISTED_SHARE, MAX_UNLISTED_PROBABILITY = 0.1, 0.01
"""Of what the first reading leaves of 1, the share for what no reading names, and its limit."""

UNREAD_REPORT_FACTOR = 100.0  # times as often what no reading names is printed where all of the report is in doubt
MIN_OPTION_PROBABILITY = 1e-6  # from which an option is weighed at all
STATED_UNLISTED_PROBABILITY = 1e-9  # of a cell that the file states printing anything else
MAX_COUNT = 10**9  # figures from here on are no counts


def unread_share(report: Report) -> float:
    """The share (0..1) of a report's fields that are in doubt, without blocks of the form of which no field was found:
    these say nothing of how well the others were read."""
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
    """The variable for a field that is in a sum; None where there is no such cell or nothing is known of it.

    `unread` is the share of the report's fields in doubt, `blank` the prior probability that the cell is blank if it
    means zero.
    """
    if field.status is Status.MISSING or not _is_count(field.value):
        return None
    doubted, readings = is_doubted(field), _readings(field.candidates)
    if not doubted and field.confidence >= STATED:
        return Figure(field.id, (Option(field.value, field.printed, 1.0),), STATED_UNLISTED_PROBABILITY)
    probability = UNPLACED_PROBABILITY if doubted and not field.candidates else _probability_as_read(field, readings)
    if doubted and not field.candidates and field.value is None:
        return None
    rest = 1 - probability if probability < SUREST else 0.0  # no confidence is greater: SUREST stands for certainty
    unlisted = UNLISTED_PROBABILITY * (1 + UNREAD_REPORT_FACTOR * unread)
    unlisted = max(unlisted, min(UNLISTED_SHARE * rest, MAX_UNLISTED_PROBABILITY))
    first = readings.pop(field.value, None)
    printed = field.printed if first is None or parse_figure(field.printed) is not None else first.printed
    options = [Option(field.value, printed, probability)]
    listed = sum(o.probability for o in readings.values())
    scale = max(0.0, rest - unlisted) / max(listed, rest, MIN_OPTION_PROBABILITY) if rest else 1.0
    options += [replace(o, probability=o.probability * scale) for o in readings.values()]
    options = [o for o in options if o.probability >= MIN_OPTION_PROBABILITY]
    if not options:
        return None
    options.sort(key=lambda o: -o.probability)
    unlisted = max(unlisted, rest - sum(o.probability for o in options if o.value != field.value))
    return Figure(field.id, tuple(options), unlisted, not doubted or bool(field.candidates), blank)


def probability_alone(field: Field) -> float:
    """Probability (0..1) that a field that is in no sum says what was read."""
    if is_doubted(field) and not field.candidates:
        return EMPTY_PROBABILITY if field.value is None else UNPLACED_PROBABILITY_ALONE
    return _probability_as_read(field, _readings(field.candidates))


def _probability_as_read(field: Field, readings: Mapping[Decimal | None, Option]) -> float:
    """The probability that a field with readings prints its value."""
    if not is_doubted(field):
        return field.confidence
    return min(readings[field.value].probability, MAX_DOUBTED_PROBABILITY) if field.value in readings else 0.0


def _readings(candidates: Iterable[Candidate]) -> dict[Decimal | None, Option]:
    """The counts and blanks among the readings by value, the most probable first; one may have several texts."""
    found: dict[Decimal | None, Option] = {}
    for candidate in candidates:
        figure = parse_figure(candidate.text)
        if figure is None or not _is_count(figure.value) or figure.unit not in (None, Unit.COUNT):
            continue
        if re.match(r"0\d", candidate.text):  # it may be two figures
            continue
        known = found.get(figure.value, Option(figure.value, candidate.text, 0.0))
        found[figure.value] = replace(known, probability=known.probability + candidate.probability)
    return {o.value: o for o in sorted(found.values(), key=lambda o: -o.probability)}


def _is_count(value: Decimal | None) -> bool:
    return value is None or (0 <= value < MAX_COUNT and value == value.to_integral_value())
