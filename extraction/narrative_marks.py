"""The other reader of figures in running text: what the token classifier marks in the lines of a paragraph.

In: a paragraph whose lines have marks, and its skeleton. Out: the figures that they name. The classifier says where a
figure stands and what it is; what it is worth is read from the print (`mentions`), never from a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.document import Mark
from extraction.mentions import Named, Skeleton
from extraction.sections import Paragraph

_NARRATIVE = "narrative."
_NONE = re.compile(r"[未没无零免不]")


def named_by_marks(paragraph: Paragraph, text: Skeleton) -> Iterator[Named]:
    """The figures of a paragraph that a mark names: a number that a mark touches, or words for none that it holds."""
    for mark in _joined(_marks(paragraph)):
        name = mark.name.removeprefix(_NARRATIVE)
        touched = [m for m in text.mentions.values() if m.start < mark.end and mark.start < m.end]
        if touched:
            number = max(touched, key=lambda m: min(m.end, mark.end) - max(m.start, mark.start))
            yield Named(name, number.start, number.end, number, mark.probability)
        elif _NONE.search(paragraph.text[mark.start : mark.end]):
            yield Named(name, mark.start, mark.end, None, mark.probability)


def _marks(paragraph: Paragraph) -> Iterator[Mark]:
    """The marks of figures in a paragraph's lines, by their places in its text."""
    for line, start in zip(paragraph.lines, paragraph.starts, strict=True):
        indent = len(line.text) - len(line.text.lstrip())
        for mark in line.marks:
            first, last = start + mark.start - indent, start + mark.end - indent
            if mark.name.startswith(_NARRATIVE) and 0 <= first < last <= len(paragraph.text):
                yield Mark(mark.name, first, last, mark.probability)


def _joined(marks: Iterator[Mark]) -> Iterator[Mark]:
    """Marks of one name that touch are one, which a line break has parted."""
    open_mark: Mark | None = None
    for mark in marks:
        if open_mark is not None and open_mark.name == mark.name and open_mark.end == mark.start:
            probability = min(open_mark.probability, mark.probability)
            open_mark = Mark(mark.name, open_mark.start, mark.end, probability)
            continue
        if open_mark is not None:
            yield open_mark
        open_mark = mark
    if open_mark is not None:
        yield open_mark
