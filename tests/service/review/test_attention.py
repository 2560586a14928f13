"""The order of the queue."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.forms.identities import check_sums
from service.review.attention import attention
from tests.service.archive import unsure
from tests.service.review.cells import OTHER, UPHELD, gold


def test_what_the_sums_settle_takes_less_and_more_risk_gains_more() -> None:
    one = attention(check_sums(unsure(gold(), UPHELD, OTHER)))
    assert (len(one.looked_at), len(one.following)) == (1, 1)
    free = attention(check_sums(unsure(gold(), UPHELD, "litigation_direct.upheld")))
    assert free.following == ()  # each is the only open part of its sum, which was not believed
    surer = unsure(gold(), UPHELD, OTHER)
    surer = replace(surer, fields=tuple(replace(f, confidence=max(f.confidence, 0.95)) for f in surer.fields))
    assert attention(check_sums(surer)).gain < one.gain
    assert attention(gold()).gain == attention(gold()).minutes == 0
