"""What two recognisers say of a cell, as one reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.cells.fusion import SUREST, CellText, Place, joined, settled
from extraction.cells.ink_lines import InkLine
from extraction.document import Candidate
from extraction.doubts import need_person
from extraction.settings import DecisionSettings
from models.cells.reader import CellReading

DECISION = DecisionSettings()


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
    assert (found.text, found.confidence) == ("1", pytest.approx(0.825))
    assert [c.text for c in found.candidates] == ["1", "0"]
    found = settled(said(("1", 0.65), ("", 0.01)), CellText("1", 0.99), place())
    assert found.text == "1"
    assert found.confidence < DECISION.alone  # a sum must bear it out


@pytest.mark.parametrize(
    ("one", "other"),
    [(("31", 0.92), ("34", 0.07)), (("796158", 0.77), ("296158", 0.18)), (("3060", 0.87), ("3000", 0.03))],
)
def test_marks_that_look_like_two_figures_are_no_surer_for_two_engines(
    one: tuple[str, float], other: tuple[str, float]
) -> None:
    """Read off faxes without level strokes, as the first by both engines: the second is right, or another."""
    found = settled(said(one, other), CellText(one[0], 0.9995), place(120))
    assert found.confidence == pytest.approx(1 - (1 - one[1]) / 2)


def test_what_the_second_engine_alone_reads_may_stand_by_a_sum_only() -> None:
    """34 without its level stroke: 31 to the second engine, and to the first as well where it stands elsewhere."""
    found = settled(said(("34", 0.67), ("31", 0.31)), CellText("31", 0.999), place())
    assert (found.text, found.doubts) == ("31", ())
    assert found.confidence < 0.5


def test_two_engines_that_read_a_long_figure_alike_are_right() -> None:
    """Where nothing else of as many digits is likely."""
    found = settled(
        said(("23617.08", 0.51), ("2367.08", 0.2), ("23617.04", 0.01)), CellText("23617.08", 0.99), place(120)
    )
    assert found.confidence > 0.98


@pytest.mark.parametrize("other", ["1", "11", "o", "□"])
def test_a_plain_zero_is_no_doubt_whatever_the_general_engine_makes_of_it(other: str) -> None:
    found = settled(said(("0", 0.9), ("9", 0.05)), CellText(other, 0.9), place())
    assert (found.text, found.doubts) == ("0", ())
    assert found.confidence < DECISION.alone  # a sum must bear it out


@pytest.mark.parametrize(("probability", "text"), [(0.6, "0"), (0.9, "8")])
def test_another_difference_is_a_doubt(probability: float, text: str) -> None:
    assert settled(said((text, probability), ("9", 0.05)), CellText("11", 0.9), place()).doubts


@pytest.mark.parametrize(
    ("probability", "least", "below"),
    [
        (0.9999, DECISION.alone, DECISION.alone_in_poor_report),
        (0.998, DECISION.min_reading, DECISION.alone),
        (0.6, 0.0, DECISION.min_reading),
    ],
)
def test_a_figure_under_a_seal_is_less_sure(probability: float, least: float, below: float) -> None:
    """Only what is as plain as any needs no sum to bear it out, and that not in a report of which much is unread."""
    seal = replace(place(), overprinted=True)
    blank = settled(said(("", 0.9999)), None, replace(seal, line=None))
    assert blank.confidence < DECISION.alone  # the ink may have been the figure
    found = settled(said(("8", probability), ("3", 1 - probability)), None, seal)
    assert found.text == "8"
    assert least <= found.confidence < below


LINES = [InkLine(0, 0, 16, 24), InkLine(0, 40, 30, 64)]
MARKS = ["—", "/", "", "·", "——"]


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_figure_beside_marks_that_say_nothing_is_unsure_and_no_other_text(marks: str, turned: bool) -> None:
    """Pieces of a seal's ring below a figure."""
    figure = CellText("7", 0.999, (), (Candidate("7", 0.999), Candidate("1", 0.001)))
    texts = [figure, CellText(marks, 0.9)]
    found = joined(texts[::-1] if turned else texts, LINES)
    assert found.text == "7"
    assert found.confidence < figure.confidence
    assert need_person(found.doubts)
    assert [c.text for c in found.candidates] == ["7", "1"]
    assert sum(c.probability for c in found.candidates) <= 0.5  # the rest is what the marks may be


@pytest.mark.parametrize("other", ["0", "行政许可", "7万元"])
def test_two_things_in_a_cell_stay_two(other: str) -> None:
    found = joined([CellText("7", 0.999), CellText(other, 0.99)], LINES)
    assert found.text == f"7\n{other}"
    assert not found.candidates
