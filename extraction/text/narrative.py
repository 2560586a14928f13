"""Figures in running text that have a name: paragraphs in, `NarrativeFigure`s out; then a report's, beside its tables.

Text and tables may count different things (the office, or the whole district): a difference is reported, and nothing
is changed for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.document import Field, NarrativeFigure, Report, Status
from extraction.forms.catalogue import narrative_forms
from extraction.text.keyword_correction import mended
from extraction.text.narrative_patterns import named_by_words
from extraction.text.number_mentions import Skeleton, skeleton
from extraction.text.sections import Paragraph

_ENDS = "，。；,;：:！？\n"
_SENTENCE = re.compile(r"[。；;！？\n]")
_YEAR = re.compile(r"(20[0-4]\d)\s*年|(去年|上年|上一年)")


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure, the place of its paragraph and in it, and the year that its sentence speaks of, if it names one."""

    figure: NarrativeFigure
    place: tuple[int, int]
    year: int | None


def read_narrative(paragraphs: Sequence[Paragraph], year: int | None) -> tuple[NarrativeFigure, ...]:
    """The named figures of a report's running text in reading order, each name and value once; `year` is the report's.

    None of the figures is compared with the tables yet.
    """
    every = (found for number, paragraph in enumerate(paragraphs) for found in _in_paragraph(paragraph, number, year))
    return tuple(found.figure for found in _of_the_year(_once(every), year))


def with_agreement(report: Report) -> Report:
    """The report with its figures in running text compared with the fields of its tables as they are now."""
    fields, of = {f.id: f for f in report.fields}, {form.id: form.fields for form in narrative_forms()}
    figures = (
        replace(figure, agrees=_agreement(figure, [fields[i] for i in of.get(figure.id, ()) if i in fields]))
        for figure in report.narrative
    )
    return replace(report, narrative=tuple(figures))


def _agreement(figure: NarrativeFigure, fields: Sequence[Field]) -> bool | None:
    """Whether the printed ones of the fields add up to the figure, as exactly as the text says it.

    None where none is printed or one has no value, and where they differ but one of them is unsure.
    """
    printed = [f for f in fields if f.status is not Status.MISSING]
    values = [f.value for f in printed if f.value is not None]
    if not printed or len(values) < len(printed):
        return None
    off = abs(sum(values, Decimal(0)) - figure.value)
    if off == 0 or off < _slack(figure):
        return True
    return None if any(f.status is Status.REVIEW for f in printed) else False


def _slack(figure: NarrativeFigure) -> Decimal:
    """How far from it what a figure rounds may be, as its text prints it: 260余件 may be 269."""
    said = skeleton(figure.text).mentions.values()
    return max((mention.slack for mention in said if mention.value == figure.value), default=Decimal(0))


def _in_paragraph(paragraph: Paragraph, number: int, year: int | None) -> Iterator[_Found]:
    for named in named_by_words(_skeleton_of(paragraph)):
        value = named.mention.value if named.mention else Decimal(0)
        clause, page = _clause(paragraph.text, named.start), _page(paragraph, named.start)
        figure = NarrativeFigure(named.id, value, clause, page)
        yield _Found(figure, (number, named.start), _year_before(paragraph.text, named.start, year))


def _skeleton_of(paragraph: Paragraph) -> Skeleton:
    """What forms of words are tried on: what a file itself states as it is, what was recognised with mended words."""
    text = skeleton(paragraph.text)
    return text if all(line.confidence == 1 for line in paragraph.lines) else mended(text)


def _clause(text: str, at: int) -> str:
    """The part of the sentence around a position; a comma within a number (1,234) parts nothing."""
    ends = [k for k, c in enumerate(text) if c in _ENDS and not _within_a_number(text, k)]
    start = max((k + 1 for k in ends if k < at), default=0)
    return text[start : min((k for k in ends if k >= at), default=len(text))].strip()


def _within_a_number(text: str, at: int) -> bool:
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _page(paragraph: Paragraph, at: int) -> int | None:
    """The page of the line in which a character stands."""
    return next(
        (
            line.page
            for line, start in reversed(list(zip(paragraph.lines, paragraph.starts, strict=True)))
            if start <= at
        ),
        paragraph.page,
    )


def _year_before(text: str, at: int, year: int | None) -> int | None:
    """The year that the sentence names last before a position; last year is the one before the report's."""
    start = max((m.end() for m in _SENTENCE.finditer(text, 0, at)), default=0)
    named = list(_YEAR.finditer(text, start, at))
    if named and named[-1][1]:
        return int(named[-1][1])
    return year - 1 if named and year is not None else None


def _once(found: Iterator[_Found]) -> list[_Found]:
    first: dict[tuple[str, Decimal], _Found] = {}
    for f in sorted(found, key=lambda f: f.place):
        first.setdefault((f.figure.id, f.figure.value), f)
    return list(first.values())


def _of_the_year(found: Sequence[_Found], year: int | None) -> list[_Found]:
    """Without what is said of another year, where the same is said of this one too."""
    said = {f.figure.id for f in found if f.year in (None, year)}
    return [f for f in found if f.year in (None, year) or f.figure.id not in said]
