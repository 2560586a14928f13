"""Lines of text outside tables: found where they are drawn, and read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extraction.geometry import Raster
from extraction.layout.text_lines import find_text_lines, read_page_lines
from models.loaded import Models
from tests.drawing import SCALE, paper, write


def test_lines_outside_tables_with_their_boxes(models: Models) -> None:
    """Text on the page is read where it stands; what a table covers is not."""
    page = paper(1200, 600)
    above = write(page, "Annual report 2024", 100, 60, 44)
    write(page, "447228", 100, 300, 44)
    below = write(page, "12 applications", 500, 500, 44)
    raster = Raster(page, np.array([[SCALE, 0, 0], [0, SCALE, 0]]))
    spans = sorted(read_page_lines(raster, page, [(60, 250, 700, 400)], models.recogniser), key=lambda s: s.box or (0,))
    assert [s.text.replace(" ", "") for s in spans] == ["Annualreport2024", "12applications"]
    for span, drawn in zip(spans, (above, below), strict=True):
        assert span.box == pytest.approx(tuple(SCALE * side for side in drawn), abs=6)


def test_lines_are_found_from_ink_alone() -> None:
    """A long line, a short one, a lone page number: each a line with its box; the ruled table is left out."""
    page = paper(1600, 1200)
    drawn = [
        write(page, "Annual report 2024, the whole of it", 100, 60, 44),
        write(page, "447228 applications", 140, 160, 30),
        write(page, "3", 800, 1120, 24),
    ]
    table = (100, 300, 1500, 900)
    cv2.rectangle(page, table[:2], table[2:], 0, 3)
    write(page, "12", 200, 500, 30)
    quads = find_text_lines(page, SCALE, [table])
    assert len(quads) == len(drawn)
    for quad, (left, top, right, bottom) in zip(quads, drawn, strict=True):
        assert np.all(quad.min(axis=0) <= (left + 2, top + 2))
        assert np.all(quad.max(axis=0) >= (right - 2, bottom - 2))
        assert quad == pytest.approx(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), abs=14)


def test_one_large_character_in_two_parts_is_one_line() -> None:
    """The last of a title, alone on its line: its upper and its lower part do not touch."""
    page = paper(1600, 600)
    for k in range(8):
        write(page, "447228 applications of the year", 100, 250 + 42 * k, 30)
    cv2.rectangle(page, (780, 100), (840, 134), 0, 4)
    cv2.rectangle(page, (788, 138), (832, 162), 0, 4)
    quads = find_text_lines(page, SCALE)
    assert len(quads) == 9
    assert np.all(quads[0].min(axis=0) <= (782, 102))
    assert np.all(quads[0].max(axis=0) >= (838, 160))
