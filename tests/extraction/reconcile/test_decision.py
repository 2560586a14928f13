"""What is accepted without the sums, and what goes to a person."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Candidate, Field, Status
from extraction.doubts import DoubtCode, doubt
from extraction.reconcile.decision import decide_alone, decide_by_reading, thresholds
from extraction.settings import DEFAULT_DECISION

SHARES = st.floats(0, 1)


def read(confidence: float, *codes: DoubtCode) -> Field:
    doubts = tuple(d for code in codes for d in doubt(code))
    named = (Candidate("3", confidence),)
    return Field("review.other", "", Decimal(3), "3", Status.READ, confidence, candidates=named, doubts=doubts)


@given(confidence=SHARES, unread=SHARES)
def test_an_unsure_figure_that_no_sum_confirms_goes_to_a_person_as_probable_as_it_was(
    confidence: float, unread: float
) -> None:
    limits = thresholds(unread, DEFAULT_DECISION)
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
    assert thresholds(less, DEFAULT_DECISION).alone <= thresholds(more, DEFAULT_DECISION).alone
