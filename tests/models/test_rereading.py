"""A second look at a long line: only where the first one doubts, and at the whole line where the pieces do not fit."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from models.line_reader import Image, LineReader, Reading, Seen, reading_of
from models.rereading import read_again
from models.weights import weights

TEXT = "4172389056174208356190"


def drawn(text: str) -> Image:
    """A line whose characters stand apart."""
    page = np.full((60, 40 + 32 * len(text)), 255, np.uint8)
    for k, character in enumerate(text):
        cv2.putText(page, character, (20 + 32 * k, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3, cv2.LINE_AA)
    return page


class Watched(LineReader):
    """A network that remembers how wide the pictures were that it was shown."""

    widths: list[int]

    def read(self, lines: Sequence[Image], look_alikes: dict[str, str] | None = None) -> list[Reading]:  # type: ignore[override]
        self.widths += [line.shape[1] for line in lines]
        return super().read(lines, look_alikes)


@pytest.fixture(scope="module")
def network() -> Watched:
    return Watched(weights("ppocrv6-tiny-rec").verified_path())


@pytest.fixture
def reader(network: Watched) -> Watched:
    network.widths = []
    return network


def doubting(first: Reading, at: int, instead: str) -> Reading:
    """The reading with one character taken for another, and not sure of it alone."""
    seen = [s._replace(probability=0.99) for s in first.seen]
    seen[at] = Seen(instead, 0.5, seen[at].place)
    return reading_of(seen)


@pytest.mark.parametrize("at", [3, 10, 20])
def test_a_doubtful_character_is_put_right_from_a_piece_of_the_line(reader: Watched, at: int) -> None:
    line = drawn(TEXT)
    (first,) = reader.read([line])
    reader.widths = []
    again = read_again(line, doubting(first, at, "#"), reader)
    assert again.text == first.text
    assert len(reader.widths) == 1
    assert reader.widths[0] < 0.5 * line.shape[1]
    assert [s.place for s in again.seen] == pytest.approx([s.place for s in first.seen], abs=0.03)
    assert again.weakest != 0.5


def test_a_piece_that_does_not_fit_gives_way_to_the_whole_line(reader: Watched) -> None:
    line = drawn(TEXT)
    (first,) = reader.read([line])
    seen = [*first.seen]
    seen[7] = Seen("%", 0.99, seen[7].place)  # sure, and wrong: three before the doubtful one
    again = read_again(line, doubting(reading_of(seen), 10, "#"), reader)
    assert again == first
    assert reader.widths[-1] == line.shape[1]


def test_short_lines_and_lines_without_a_doubt_are_read_as_a_whole(reader: Watched) -> None:
    for text in ("2024", TEXT):
        line = drawn(text)
        (first,) = reader.read([line])
        sure = reading_of([s._replace(probability=0.99) for s in first.seen])
        assert read_again(line, sure, reader) == first
        assert reader.widths[-1] == line.shape[1]


def test_marks_between_words_are_no_doubt() -> None:
    seen = [Seen("本", 0.98), Seen("，", 0.4), Seen("年", 0.95)]
    assert reading_of(seen).weakest == 0.95
    assert reading_of(seen[1:2]).weakest == 0.0
    assert reading_of([]) == Reading("", 0.0)
    assert np.isclose(reading_of(seen).score, (0.98 + 0.4 + 0.95) / 3)
