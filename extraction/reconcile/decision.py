"""Read or review: the one place where it is decided which figures are accepted and which go to a person.

A decision weighs the calibrated probability that the value is right, the doubts raised by the stages before, the sums
that the figure is in, and how much of the report could be read. Its thresholds are `DecisionSettings`. A figure that
goes to a person keeps its probability and its doubts, and says everything that it may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.document import Candidate, Field, Status
from extraction.doubts import DoubtCode, doubt, joined
from extraction.figures import parse_figure
from extraction.reconcile.beliefs import Belief
from extraction.reconcile.evidence import STATED, is_doubted, probability_alone
from extraction.settings import DecisionSettings

_HIGHEST = 0.9999  # probability at most that sums give a reading
_MIN_ALTERNATIVE = 0.001  # probability from which an alternative is worth a person's look


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The probability from which a reading is accepted in one report: `alone` where no sum confirms it, `in_sums` where
    the figure was weighed with its sums and had been read without a doubt."""

    alone: float
    in_sums: float
    settings: DecisionSettings


def thresholds(unread: float, settings: DecisionSettings) -> Thresholds:
    """The thresholds for a report of which the share `unread` (0..1) of the fields could not be read: where much is
    unread, strokes are missing that no probability knows of."""
    if unread > settings.illegible_share:
        return Thresholds(STATED, settings.proven, settings)
    if unread > settings.poor_share:
        return Thresholds(settings.alone_in_poor_report, settings.alone_in_poor_report, settings)
    return Thresholds(settings.alone, settings.in_sums, settings)


def decide_by_reading(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields, every one in doubt for a person and all others as read: what remains without the sums."""
    return tuple(_for_person(f) if is_doubted(f) else f for f in fields)


def decide_alone(field: Field, confirmed: bool, limits: Thresholds) -> Field:
    """The decision on a figure about which no sum says anything, or only that all is well (`confirmed`)."""
    if is_doubted(field):
        return _for_person(field)
    if field.status is not Status.MISSING and field.confidence < limits.alone and not confirmed:
        return _for_person(field, DoubtCode.UNCONFIRMED)
    return replace(field, candidates=())


def decide(field: Field, belief: Belief, confirmed: bool, limits: Thresholds) -> Field:
    """The decision on a figure that was weighed with its sums.

    Args: `field` as read; `belief` the posterior of what it says; `confirmed` whether a sum that it is in holds by
    what was read. A figure changes only to another of its readings; a zero or blank in doubt is settled only where the
    report's habit tells the two apart, for no sum does.
    """
    option, probability = belief.best
    as_read = option.value == field.value and parse_figure(field.printed) is not None
    doubted, settings = is_doubted(field), limits.settings
    habit = belief.figure.blank_prior if option.value is None else 1 - belief.figure.blank_prior
    if (doubted or not as_read) and not option.value and habit < settings.blank_habit:
        return _for_person(field, DoubtCode.BLANK_OR_ZERO, belief)
    if field.confidence >= STATED and not doubted:
        return replace(field, candidates=())
    if belief.incomplete and not belief.shifted and not doubted and field.confidence >= settings.proven and confirmed:
        return replace(field, candidates=())
    if belief.shifted or belief.incomplete:
        return _for_person(field, DoubtCode.LINE_SHIFTED if belief.shifted else DoubtCode.SEARCH_INCOMPLETE, belief)
    least = settings.corrected if not as_read else settings.settled if doubted else limits.in_sums
    sure = probability >= least
    if doubted or not as_read:
        sure = sure and belief.figure.decidable and belief.confirmed
    if not sure or (not doubted and field.confidence < settings.alone and not belief.confirmed):
        return _for_person(field, None if doubted else DoubtCode.SUM_FAILS, belief)
    accepted = replace(field, confidence=_rounded(probability), candidates=())
    if as_read:
        return replace(accepted, status=Status.BLANK if field.value is None else Status.READ)
    if option.value is None and not doubted:  # a correction is a figure: what was hardly read was none
        return _for_person(field, DoubtCode.SUM_FAILS, belief)
    return replace(
        accepted,
        value=option.value,
        printed=option.printed,
        reading=field.printed,
        status=Status.BLANK if option.value is None else Status.CORRECTED,
        doubts=field.doubts if doubted else joined(field.doubts, doubt(DoubtCode.SUM_FAILS)),
    )


def _for_person(field: Field, why: DoubtCode | None = None, belief: Belief | None = None) -> Field:
    """The field for review, with its probability and doubts; after weighing, with everything that it may say, the
    likeliest first. What was read stays the guess where nothing is likelier."""
    doubts = joined(field.doubts, doubt(why)) if why else field.doubts
    if belief is None:
        return replace(field, status=Status.REVIEW, confidence=round(probability_alone(field), 4), doubts=doubts)
    ranked = sorted(zip(belief.probabilities, belief.figure.options, strict=True), key=lambda pair: -pair[0])
    option, probability = belief.best
    guess = replace(
        field,
        status=Status.REVIEW,
        confidence=_rounded(probability),
        candidates=tuple(Candidate(o.printed, round(p, 4)) for p, o in ranked if p >= _MIN_ALTERNATIVE),
        doubts=doubts,
    )
    if option.value == field.value:
        return guess
    return replace(guess, value=option.value, printed=option.printed, reading=field.printed)


def _rounded(probability: float) -> float:
    return round(min(max(probability, 0.0), _HIGHEST), 4)
