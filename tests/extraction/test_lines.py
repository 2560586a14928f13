"""Lines of text outside tables: found where they are drawn, and read."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.document import Raster
from extraction.lines import read_page_lines
from models.loaded import Models
from tests.drawing import SCALE, paper, write


def test_lines_outside_tables_with_their_boxes(models: Models) -> None:
    """Text on the page is read where it stands; what a table covers is not."""
    page = paper(1200, 600)
    above = write(page, "Annual report 2024", 100, 60, 44)
    write(page, "447228", 100, 300, 44)
    below = write(page, "12 applications", 500, 500, 44)
    raster = Raster(page, np.array([[SCALE, 0, 0], [0, SCALE, 0]]))
    quads = models.recogniser.find_lines(page)
    spans = sorted(
        read_page_lines(raster, quads, [(60, 250, 700, 400)], models.recogniser), key=lambda s: s.box or (0,)
    )
    assert [s.text.replace(" ", "") for s in spans] == ["Annualreport2024", "12applications"]
    for span, drawn in zip(spans, (above, below), strict=True):
        assert span.box == pytest.approx(tuple(SCALE * side for side in drawn), abs=6)
