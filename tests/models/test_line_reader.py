"""The networks of the cascade read drawn lines at any width, and which readings of the quick one stand."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.line_reader import LINE_HEIGHT, Image, LineReader, Reading, Seen, prepared
from models.recogniser import is_accepted, nothing_expected
from models.weights import WeightsError, weights


def drawn(text: str) -> Image:
    page = np.full((60, 40 + 26 * len(text)), 255, np.uint8)
    cv2.putText(page, text, (16, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3, cv2.LINE_AA)
    return page


def read_as(text: str, score: float, weakest: float) -> Reading:
    return Reading(text, score, tuple(Seen(character, weakest) for character in text))


@pytest.fixture(scope="module", params=["ppocrv6-tiny-rec", "ppocrv6-small-rec"])
def reader(request: pytest.FixtureRequest) -> LineReader:
    return LineReader(weights(request.param).verified_path())


def test_reads_lines_of_any_width(reader: LineReader) -> None:
    texts = ["7", "2024", "447228", "90135 and 60 more of 1187"]
    readings = reader.read([drawn(text) for text in texts])
    assert [r.text.replace(" ", "") for r in readings] == [text.replace(" ", "") for text in texts]
    assert all(0 < r.weakest <= r.score <= 1 for r in readings)


def test_grey_and_colour_read_the_same(reader: LineReader) -> None:
    line = drawn("2024")
    assert reader.read([line]) == reader.read([np.asarray(cv2.cvtColor(line, cv2.COLOR_GRAY2BGR), np.uint8)])


def test_a_line_alone_and_among_others_is_the_same(reader: LineReader) -> None:
    lines = [drawn("2024"), drawn("447228 applications in all")]
    assert reader.read(lines) == [*reader.read(lines[:1]), *reader.read(lines[1:])]


def test_blank_paper_says_nothing(reader: LineReader) -> None:
    assert reader.read([np.full((48, 96), 255, np.uint8)]) == [Reading("", 0.0)]
    assert reader.read([]) == []


def test_twins_give_their_probability_to_the_character(reader: LineReader) -> None:
    line = drawn("0")
    (plain,), (folded,) = reader.read([line]), reader.read([line], {"0": "OoQ〇"})
    assert folded.text == "0"
    assert folded.score >= (plain.score if plain.text == "0" else 0)


def test_prepared_is_as_high_as_the_network_sees_it() -> None:
    feed = prepared(np.full((20, 100), 255, np.uint8))
    assert feed.shape == (1, 3, LINE_HEIGHT, 240)
    assert feed.min() == feed.max() == 1


def test_a_file_with_other_classes_than_characters() -> None:
    path: Path = weights("ppocrv6-tiny-rec").verified_path()
    with pytest.raises(WeightsError, match="has 6906 classes and names 5"):
        LineReader(path, characters="abc")


@pytest.mark.parametrize(
    ("reading", "wording", "good"),
    [
        (read_as("本年新收", 0.95, 0.92), False, True),
        (read_as("本年新收", 0.95, 0.70), False, False),  # one character is not sure
        (read_as("本年新收", 0.70, 0.40), True, True),
        (read_as("本年新收", 0.50, 0.40), True, False),
        (Reading("本年，", 0.8, (Seen("本", 0.95), Seen("年", 0.95), Seen("，", 0.5))), False, True),  # only a mark is
        (read_as("447228", 0.99, 0.99), False, False),  # a figure is read by the better network
        (read_as("447228", 0.99, 0.99), True, True),  # unless it only bears out what the file says
        (Reading("", 0.0), False, False),
    ],
)
def test_which_quick_readings_stand(reading: Reading, wording: bool, good: bool) -> None:
    assert is_accepted(reading, (lambda text: True) if wording else nothing_expected) is good
