"""What the page of a report under review is told."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.doubts import Doubt, DoubtCode
from service.desk.state import report_data
from tests.service.archive import report, unsure

FIELD = "review.upheld"


def test_reasons_of_doubt_are_told_by_code_and_in_chinese() -> None:
    read = unsure(report(), FIELD, doubts=(Doubt(DoubtCode.SEAL_OVER_FIGURE), Doubt(DoubtCode.GRID_LINE_BROKEN)))
    fields = report_data(1, 1, read, [])["fields"]
    assert fields[FIELD]["reasons"] == [
        {"code": code, "text": code.about.zh} for code in (DoubtCode.SEAL_OVER_FIGURE, DoubtCode.GRID_LINE_BROKEN)
    ]
    assert fields["review.total"]["reasons"] == []
