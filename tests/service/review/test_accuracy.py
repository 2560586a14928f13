"""How right the reading before a review was."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.review.accuracy import count_right_cells
from service.review.replay import replay
from tests.service.archive import unsure
from tests.service.review.cells import OTHER, TOTAL, UPHELD, gold, value


def test_what_a_review_found_is_counted() -> None:
    before = unsure(gold(), UPHELD, OTHER)
    then = replay(before, (value(UPHELD, "3"), value(OTHER, "4"), value(TOTAL, "9"))).report
    counts = count_right_cells(before, then)
    assert (counts["unsure"], counts["unsure_right"]) == (2, 1)
    assert counts["sure"] - counts["sure_right"] == 1
