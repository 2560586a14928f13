"""What is accepted, alone or weighed with its sums, and what goes to a person."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate, Field, Status
from extraction.doubts import DoubtCode, doubt
from extraction.reconcile.beliefs import Belief
from extraction.reconcile.decision import decide, decide_alone, decide_by_reading, thresholds
from extraction.reconcile.solver.model import Figure, Option
from tests.extraction.sums import USUAL, field

SHARES = st.floats(0, 1)
LIMITS = thresholds(0.0, USUAL)


def read(confidence: float, *codes: DoubtCode) -> Field:
    doubts = tuple(d for code in codes for d in doubt(code))
    named = (Candidate("3", confidence),)
    return Field("review.other", "", Decimal(3), "3", Status.READ, confidence, candidates=named, doubts=doubts)


@given(confidence=SHARES, unread=SHARES)
def test_an_unsure_figure_that_no_sum_confirms_goes_to_a_person_as_probable_as_it_was(
    confidence: float, unread: float
) -> None:
    limits = thresholds(unread, USUAL)
    found = decide_alone(read(confidence), False, limits)
    assert (found.status is Status.REVIEW) == (confidence < limits.alone)
    assert abs(found.confidence - confidence) < 0.001
    assert decide_alone(read(confidence), True, limits).status is Status.READ


@given(code=st.sampled_from(DoubtCode), confidence=SHARES)
def test_a_doubt_sends_a_figure_to_a_person_unless_it_only_lowers_the_probability(
    code: DoubtCode, confidence: float
) -> None:
    (found,) = decide_by_reading([read(confidence, code)])
    assert (found.status is Status.REVIEW) == code.about.needs_person
    assert [d.code for d in found.doubts] == [code]


@given(less=SHARES, more=SHARES)
def test_the_more_is_unread_the_surer_a_reading_must_be(less: float, more: float) -> None:
    less, more = sorted((less, more))
    assert thresholds(less, USUAL).alone <= thresholds(more, USUAL).alone


def as_read(value: int | None, confidence: float, status: Status = Status.READ) -> Field:
    found = field("a", value, status, confidence)
    return replace(found, candidates=(Candidate(found.printed, confidence), Candidate("17", 1 - confidence)))


def belief(value: int | None, first: float, *, confirmed: bool = True, incomplete: bool = False) -> Belief:
    """Of what was read, with the rest of the probability for 17."""
    options = (
        Option(None if value is None else Decimal(value), "" if value is None else str(value), 0.9),
        Option(Decimal(17), "17", 0.1),
    )
    return Belief(Figure("a", options, 1e-6), (first, 1 - first), incomplete, confirmed)


@given(SHARES, SHARES, st.sampled_from([Status.READ, Status.REVIEW]), st.booleans(), st.booleans())
def test_a_decision_is_for_one_of_the_readings_and_a_figure_for_review_keeps_them_all(
    first: float, confidence: float, status: Status, confirmed: bool, incomplete: bool
) -> None:
    found = decide(
        as_read(8, confidence, status), belief(8, first, confirmed=confirmed, incomplete=incomplete), confirmed, LIMITS
    )
    assert found.value in (8, 17)
    assert (found.reading is not None) == (found.value == 17)
    if found.status is Status.REVIEW:
        assert found.value == (8 if first >= 0.5 else 17)
        assert {c.text for c in found.candidates} <= {"8", "17"}
    else:
        assert not found.candidates
        assert found.status is (Status.CORRECTED if found.value == 17 else Status.READ)


@given(SHARES, SHARES, st.sampled_from([Status.READ, Status.REVIEW]))
def test_a_higher_posterior_never_sends_what_was_read_to_a_person(first: float, other: float, status: Status) -> None:
    less, more = sorted((first, other))
    before, after = (decide(as_read(8, 0.98, status), belief(8, p), True, LIMITS) for p in (less, more))
    if before.value == 8 and before.status is Status.READ:
        assert after.status is Status.READ


@pytest.mark.parametrize(
    ("doubted", "changed", "code"),
    [
        (belief(8, 0.9999, incomplete=True), {}, DoubtCode.SEARCH_INCOMPLETE),
        (replace(belief(8, 0.9999), shifted=True), {}, DoubtCode.LINE_SHIFTED),
        (belief(8, 0.6), {}, DoubtCode.SUM_FAILS),
        (belief(None, 0.9999), {"value": None, "printed": "", "status": Status.REVIEW}, DoubtCode.BLANK_OR_ZERO),
    ],
)
def test_a_figure_for_review_says_why(doubted: Belief, changed: dict[str, object], code: DoubtCode) -> None:
    found = decide(replace(as_read(8, 0.98), **changed), doubted, False, LIMITS)  # type: ignore[arg-type]
    assert found.status is Status.REVIEW
    assert code in [d.code for d in found.doubts]


@given(SHARES, st.booleans(), st.booleans())
def test_what_the_file_states_stands_whatever_the_sums_say(first: float, confirmed: bool, incomplete: bool) -> None:
    stated = as_read(8, 1.0)
    found = decide(stated, belief(8, first, incomplete=incomplete), confirmed, LIMITS)
    assert (found.value, found.status) == (8, Status.READ)
