"""A second look at a line by a slower network: of a long line only at the characters that the first one doubts.

A piece of the line is cut from the middle between two characters to the middle between two others, with a few sure ones
on either side. What the second network reads stands where it begins and ends as the first one read, and is sure: else
the cut went through a character, or the rest of the line must tell, and the whole line is read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.line_reader import MARKS, Image, LineReader, Reading, Seen, reading_of

SURE = 0.9
"""Probability of a character that needs no second look."""

_AROUND = 3  # characters on either side of a doubtful one that are shown with it
_LONG = 12  # characters: a shorter line is read as a whole
_MOST = 0.7  # of a line's characters: where more would be read again, the whole is

_Piece = tuple[int, int]
"""From a character to behind another one."""


def read_again(line: Image, first: Reading, reader: LineReader) -> Reading:
    """The line as `reader` reads it, the doubtful pieces of `first` in their places where it is long."""
    pieces = _pieces(first.seen)
    doubted = sum(end - start for start, end in pieces)
    if len(first.seen) < _LONG or not 0 < doubted <= _MOST * len(first.seen):
        return reader.read([line])[0]
    seen = list(first.seen)
    for start, end in reversed(pieces):
        left, right = _bounds(first.seen, start, end, line.shape[1])
        (again,) = reader.read([np.ascontiguousarray(line[:, left:right])])
        if not _fits(first.seen, start, end, again):
            return reader.read([line])[0]
        seen[start:end] = [s._replace(place=(left + s.place * (right - left)) / line.shape[1]) for s in again.seen]
    return reading_of(seen)


def _pieces(seen: Sequence[Seen]) -> list[_Piece]:
    """The stretches of characters to be read again, those that touch as one."""
    pieces: list[_Piece] = []
    for k, one in enumerate(seen):
        if one.probability < SURE and one.character not in MARKS:
            start, end = max(0, k - _AROUND), min(len(seen), k + _AROUND + 1)
            if pieces and start <= pieces[-1][1]:
                start, _ = pieces.pop()
            pieces.append((start, end))
    return pieces


def _bounds(seen: Sequence[Seen], start: int, end: int, width: int) -> tuple[int, int]:
    """The pixels of a piece: to the middle between its outer characters and the next."""
    left = (seen[start - 1].place + seen[start].place) / 2 if start else 0.0
    right = (seen[end - 1].place + seen[end].place) / 2 if end < len(seen) else 1.0
    return int(left * width), max(int(left * width) + 1, int(np.ceil(right * width)))


def _fits(seen: Sequence[Seen], start: int, end: int, again: Reading) -> bool:
    """Whether what was read again is sure, and begins and ends with the characters that were."""
    if again.weakest < SURE:
        return False
    begins = not start or again.text[0] == seen[start].character
    return begins and (end == len(seen) or again.text[-1] == seen[end - 1].character)
