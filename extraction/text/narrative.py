"""Read the named figures of running text, and compare them with the fields of the tables.

Text and tables may count different things (the office, or the whole district): a difference is reported and changes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.document import Field, NarrativeFigure, Report, Status
from extraction.forms.catalogue import narrative_forms
from extraction.text.keyword_correction import correct_key_words
from extraction.text.narrative_patterns import named_figures
from extraction.text.number_mentions import mask_numbers
from extraction.text.sections import Paragraph

_CLAUSE_ENDS = "，。；,;：:！？\n"
_SENTENCE_END = re.compile(r"[。；;！？\n]")
_YEAR = re.compile(r"(20[0-4]\d)\s*年|(去年|上年|上一年)")


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure, its paragraph and its offset there, and the year that its sentence names, None for none."""

    figure: NarrativeFigure
    place: tuple[int, int]
    year: int | None


def read_narrative(paragraphs: Sequence[Paragraph], year: int | None) -> tuple[NarrativeFigure, ...]:
    """The named figures of a report on `year` in reading order, each name and value once; not compared with tables."""
    every = (found for number, paragraph in enumerate(paragraphs) for found in _in_paragraph(paragraph, number, year))
    first: dict[tuple[str, Decimal], _Found] = {}
    for found in sorted(every, key=lambda f: f.place):
        first.setdefault((found.figure.id, found.figure.value), found)
    of_this_year = {f.figure.id for f in first.values() if f.year in (None, year)}
    # A figure of another year counts only where the text has none of this year.
    return tuple(f.figure for f in first.values() if f.year in (None, year) or f.figure.id not in of_this_year)


def with_agreement(report: Report) -> Report:
    """The report with `agrees` of its narrative figures set by the fields as they are now."""
    fields, of = {f.id: f for f in report.fields}, {form.id: form.fields for form in narrative_forms()}
    figures = (
        replace(figure, agrees=_agreement(figure, [fields[i] for i in of.get(figure.id, ()) if i in fields]))
        for figure in report.narrative
    )
    return replace(report, narrative=tuple(figures))


def _agreement(figure: NarrativeFigure, fields: Sequence[Field]) -> bool | None:
    """Whether the printed fields add up to the figure, as exactly as the text gives it.

    None where no field is printed or one has no value, and where they differ but one of them is for review.
    """
    printed = [f for f in fields if f.status is not Status.MISSING]
    values = [f.value for f in printed if f.value is not None]
    if not printed or len(values) < len(printed):
        return None
    off = abs(sum(values, Decimal(0)) - figure.value)
    mentions = mask_numbers(figure.text).mentions.values()  # 260余件 may be up to 269
    if off == 0 or any(mention.value == figure.value and off < mention.slack for mention in mentions):
        return True
    return None if any(f.status is Status.REVIEW for f in printed) else False


def _in_paragraph(paragraph: Paragraph, number: int, year: int | None) -> Iterator[_Found]:
    text = mask_numbers(paragraph.text)
    if any(line.confidence < 1 for line in paragraph.lines):  # a recogniser has read it
        text = correct_key_words(text)
    for named in named_figures(text):
        value = named.mention.value if named.mention else Decimal(0)
        starts = [start for start in paragraph.starts if start <= named.start]
        page = paragraph.lines[len(starts) - 1].page if starts else paragraph.page
        figure = NarrativeFigure(named.id, value, _clause(paragraph.text, named.start), page)
        yield _Found(figure, (number, named.start), _year_before(paragraph.text, named.start, year))


def _clause(text: str, at: int) -> str:
    """The clause around an offset; a comma within a number (1,234) does not end it."""
    ends = [
        k
        for k, c in enumerate(text)
        if c in _CLAUSE_ENDS and not (text[k - 1 : k].isdigit() and text[k + 1 : k + 2].isdigit())
    ]
    start = max((k + 1 for k in ends if k < at), default=0)
    return text[start : min((k for k in ends if k >= at), default=len(text))].strip()


def _year_before(text: str, at: int, year: int | None) -> int | None:
    """The last year that the sentence names before an offset, where 去年 is the one before the report's."""
    start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, at)), default=0)
    named = list(_YEAR.finditer(text, start, at))
    if named and named[-1][1]:
        return int(named[-1][1])
    return year - 1 if named and year is not None else None
