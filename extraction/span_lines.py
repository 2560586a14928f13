"""Spans to printed lines: which pieces of text stand at one height, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from extraction.document import Box, Span, union

_MIN_SPACE_GAP = 0.45  # character heights between two parts of a line that are a space
_MIN_PIECE_GAP = 1.6  # character heights between two parts of a line that are pieces of their own
_MIN_SHARED_HEIGHT = 0.5  # of the lower of two boxes that stand on one line
_OPEN_LINES = 3  # the last lines that a box may belong to, superscripts and brackets between


def text_lines(spans: Iterable[Span]) -> list[Span]:
    """Spans joined to printed lines, top to bottom; a gap of half a character becomes a space.

    Spans without a box are left out: they are not on a page.
    """
    return sorted(map(whole_line, grouped_by_line(spans)), key=lambda s: (box_of(s).top, box_of(s).left))


def text_pieces(spans: Iterable[Span]) -> list[Span]:
    """As `text_lines`, with a line parted wherever two characters or more would fit between."""
    return [whole_line(piece) for line in grouped_by_line(spans) for piece in pieces_of(line)]


def pieces_of(line: Sequence[Span], min_gap: float = _MIN_PIECE_GAP) -> list[list[Span]]:
    """The spans of a printed line from left to right, parted where the gap is more than `min_gap` character heights."""
    parts = sorted(line, key=lambda s: box_of(s).left)
    pieces = [parts[:1]]
    for left, right in pairwise(parts):
        if _room(box_of(left), box_of(right)) > min_gap:
            pieces.append([])
        pieces[-1].append(right)
    return pieces


def whole_line(parts: Sequence[Span]) -> Span:
    """The parts of a printed line as one span."""
    parts = sorted(parts, key=lambda s: box_of(s).left)
    boxes = [box_of(s) for s in parts]
    text = parts[0].text
    for part, (left, right) in zip(parts[1:], pairwise(boxes), strict=True):
        text += " " + part.text if _room(left, right) > _MIN_SPACE_GAP else part.text
    return Span(text, parts[0].page, union(boxes), min(s.confidence for s in parts))


def grouped_by_line(spans: Iterable[Span]) -> list[list[Span]]:
    """The spans of each printed line, lines from top to bottom; spans without a box are left out."""
    placed = [span for span in spans if span.box]
    return [[placed[k] for k in line] for line in lines_of([box_of(span) for span in placed])]


def lines_of(boxes: Sequence[Box]) -> list[list[int]]:
    """Which boxes, by their indices, stand on one printed line each, lines from top to bottom."""
    lines: list[list[int]] = []
    lasts: list[Box] = []
    for box, k in sorted(
        zip(boxes, range(len(boxes)), strict=True), key=lambda pair: (sum(pair[0][1::2]), pair[0].left)
    ):
        for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _OPEN_LINES), -1):
            if _same_line(lasts[index], box):
                lines[index].append(k)
                lasts[index] = box
                break
        else:
            lines.append([k])
            lasts.append(box)
    return lines


def box_of(span: Span) -> Box:
    """The box of a span that stands on a page."""
    assert span.box is not None
    return span.box


def _room(left: Box, right: Box) -> float:
    """The room between two parts of a line, in character heights (the taller's: 一 may have a flat box)."""
    height = max(left.bottom - left.top, right.bottom - right.top) or 1.0  # a damaged font may have none
    return (right.left - left.right) / height


def _same_line(a: Box, b: Box) -> bool:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared > _MIN_SHARED_HEIGHT * min(a.bottom - a.top, b.bottom - b.top)
