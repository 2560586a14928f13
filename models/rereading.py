"""Rereading of uncertain lines by a slower network: of a long line, only the characters of low probability.

A piece of the line is cut midway between neighbouring characters, with a few certain characters on either side. The
second reading replaces the piece where it is certain and begins and ends with the same characters as the first;
otherwise the cut went through a character, or the reading needs more context, and the whole line is read again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.line_reader import PUNCTUATION, Image, LineReader, Reading, Seen, reading_of

MIN_SURE_PROBABILITY = 0.9
"""Probability from which a character is not read again."""

_CONTEXT_CHARACTERS = 3  # on either side of an uncertain one
_MIN_LONG_CHARACTERS = 12  # a shorter line is read again as a whole
_MAX_REREAD_SHARE = 0.7  # of a line's characters; where more are uncertain, the whole line is read again

_Piece = tuple[int, int]
"""Indices of characters [start, end)."""


def read_again(line: Image, first: Reading, reader: LineReader) -> Reading:
    """Return the line as `reader` reads it; of a long line, `first` with its uncertain pieces replaced."""
    pieces = _pieces(first.seen)
    uncertain = sum(end - start for start, end in pieces)
    if len(first.seen) < _MIN_LONG_CHARACTERS or not 0 < uncertain <= _MAX_REREAD_SHARE * len(first.seen):
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
    """Return the ranges of characters to read again, overlapping ones joined."""
    pieces: list[_Piece] = []
    for k, one in enumerate(seen):
        if one.probability < MIN_SURE_PROBABILITY and one.character not in PUNCTUATION:
            start, end = max(0, k - _CONTEXT_CHARACTERS), min(len(seen), k + _CONTEXT_CHARACTERS + 1)
            if pieces and start <= pieces[-1][1]:
                start, _ = pieces.pop()
            pieces.append((start, end))
    return pieces


def _bounds(seen: Sequence[Seen], start: int, end: int, width: int) -> tuple[int, int]:
    """Return the columns of a piece in pixels: midway between its outer characters and their neighbours."""
    left = (seen[start - 1].place + seen[start].place) / 2 if start else 0.0
    right = (seen[end - 1].place + seen[end].place) / 2 if end < len(seen) else 1.0
    return int(left * width), max(int(left * width) + 1, int(np.ceil(right * width)))


def _fits(seen: Sequence[Seen], start: int, end: int, again: Reading) -> bool:
    """Whether the second reading is certain, and begins and ends with the same characters as the first."""
    if again.weakest < MIN_SURE_PROBABILITY:
        return False
    begins = not start or again.text[0] == seen[start].character
    return begins and (end == len(seen) or again.text[-1] == seen[end - 1].character)
