"""Grouping of spans and boxes into printed lines, and of a line's spans into pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from extraction.document import Span
from extraction.geometry import Box, union

MIN_SPACE_CHARACTER_HEIGHTS = 0.45  # gap between two parts of a line that is a space
MIN_PIECE_GAP_CHARACTER_HEIGHTS = 1.6  # gap between two parts of a line that parts it into pieces
MIN_SHARED_HEIGHT = 0.5  # of the lower of two boxes on one line, that both share
MAX_MIDDLE_OFFSET_POINTS = 4.0  # between the middles of two boxes on one line, or, where that is more,
MAX_MIDDLE_OFFSET_HEIGHTS = 0.25  # of the taller: what is as tall as two lines is on neither of them
OPEN_LINES = 3  # the last lines to which a box may be added: superscripts and brackets may come between


def text_lines(spans: Iterable[Span]) -> list[Span]:
    """The printed lines of the spans, top to bottom, each as one span; a gap of half a character becomes a space.

    Spans without a box are left out.
    """
    return sorted(map(whole_line, grouped_by_line(spans)), key=lambda s: (box_of(s).top, box_of(s).left))


def text_pieces(spans: Iterable[Span]) -> list[Span]:
    """The pieces of the printed lines, each as one span: a line is parted where about two characters would fit."""
    return [whole_line(piece) for line in grouped_by_line(spans) for piece in pieces_of(line)]


def pieces_of(line: Sequence[Span]) -> list[list[Span]]:
    """The spans of a printed line, left to right, parted at wide gaps."""
    parts = sorted(line, key=lambda s: box_of(s).left)
    pieces = [parts[:1]]
    for left, right in pairwise(parts):
        if _gap(box_of(left), box_of(right)) > MIN_PIECE_GAP_CHARACTER_HEIGHTS:
            pieces.append([])
        pieces[-1].append(right)
    return pieces


def whole_line(parts: Sequence[Span]) -> Span:
    """The parts of a printed line joined to one span, with the lowest of their confidences."""
    parts = sorted(parts, key=lambda s: box_of(s).left)
    boxes = [box_of(s) for s in parts]
    text = parts[0].text
    for part, (left, right) in zip(parts[1:], pairwise(boxes), strict=True):
        text += " " + part.text if _gap(left, right) > MIN_SPACE_CHARACTER_HEIGHTS else part.text
    return Span(text, parts[0].page, union(boxes), min(s.confidence for s in parts))


def grouped_by_line(spans: Iterable[Span]) -> list[list[Span]]:
    """The spans of each printed line, lines top to bottom; spans without a box are left out."""
    placed = [span for span in spans if span.box]
    return [[placed[k] for k in line] for line in lines_of([box_of(span) for span in placed])]


def lines_of(boxes: Sequence[Box]) -> list[list[int]]:
    """The indices of the boxes of each printed line, lines top to bottom."""
    lines: list[list[int]] = []
    lasts: list[Box] = []
    for box, k in sorted(
        zip(boxes, range(len(boxes)), strict=True), key=lambda pair: (sum(pair[0][1::2]), pair[0].left)
    ):
        for index in range(len(lines) - 1, max(-1, len(lines) - 1 - OPEN_LINES), -1):
            if _same_line(lasts[index], box):
                lines[index].append(k)
                lasts[index] = box
                break
        else:
            lines.append([k])
            lasts.append(box)
    return lines


def box_of(span: Span) -> Box:
    """The box of a span that is on a page."""
    assert span.box is not None
    return span.box


def _gap(left: Box, right: Box) -> float:
    """The gap between two parts of a line in heights of the taller one: 一 may have a flat box."""
    height = max(left.bottom - left.top, right.bottom - right.top) or 1.0  # a damaged font may have none
    return (right.left - left.right) / height


def _same_line(a: Box, b: Box) -> bool:
    heights = a.bottom - a.top, b.bottom - b.top
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    offset = abs(a.middle[1] - b.middle[1])
    return shared > MIN_SHARED_HEIGHT * min(heights) and offset < max(
        MAX_MIDDLE_OFFSET_POINTS, MAX_MIDDLE_OFFSET_HEIGHTS * max(heights)
    )
