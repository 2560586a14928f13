"""What two recognisers say of a cell, as one reading."""

from __future__ import annotations

import pytest

from extraction.cell_ink import InkLine
from extraction.cell_settling import SUREST, CellText, Place, joined, settled
from models.cell_reader import CellReading


def place(width: int = 16) -> Place:
    return Place(InkLine(0, 0, width, 24), 24.0)


def said(*candidates: tuple[str, float]) -> CellReading:
    return CellReading(candidates)


def test_no_reading_of_a_picture_is_as_sure_as_what_a_file_states() -> None:
    sure = joined([CellText("12", 1.0)], [])
    assert sure.confidence == SUREST
    assert round(SUREST, 4) < 1.0  # as reports round it


def test_two_engines_that_read_a_short_figure_alike_may_both_be_wrong() -> None:
    """A 0 on a fax: 1 to both, the first of which nearly said 0."""
    found = settled(said(("1", 0.65), ("0", 0.28)), CellText("1", 0.99), place())
    assert (found.text, found.confidence) == ("1", 0.95)
    assert [c.text for c in found.candidates] == ["1", "0"]


def test_two_engines_that_read_a_long_figure_alike_are_right() -> None:
    found = settled(said(("23617.08", 0.51), ("23617.04", 0.2)), CellText("23617.08", 0.99), place(120))
    assert found.confidence > 0.98


@pytest.mark.parametrize("other", ["1", "11", "o", "□"])
def test_a_plain_zero_is_no_doubt_whatever_the_general_engine_makes_of_it(other: str) -> None:
    found = settled(said(("0", 0.9), ("9", 0.05)), CellText(other, 0.9), place())
    assert (found.text, found.doubt) == ("0", "")
    assert found.confidence <= 0.95  # a sum must bear it out


@pytest.mark.parametrize(("probability", "text"), [(0.6, "0"), (0.9, "8")])
def test_another_difference_is_a_doubt(probability: float, text: str) -> None:
    assert settled(said((text, probability), ("9", 0.05)), CellText("11", 0.9), place()).doubt
