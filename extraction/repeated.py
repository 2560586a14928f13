"""Rows that a file prints twice, with other figures: it holds two reports, or the table of another year beside its own.

The rows of a report are aligned with the form in order, so some may come from the one and some from the other. Which of
the two is meant nothing in the file tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.form_lines import FormLine
from extraction.numbers import parse_figure
from extraction.printed import PrintedRow, alike
from extraction.rows import FormMatch, RowMatch

_SAME, _UNNAMED = 0.85, 0.7  # likeness from which a row is a line's, by its label and without one
_SEVERAL = 3  # rows printed twice: the whole table is there twice
_TWICE = "the row is there twice, with other figures"
_TABLE_TWICE = "the table is there twice, with other figures"


def with_repeats_doubted(match: FormMatch) -> FormMatch:
    """The match with its data rows in doubt that are printed twice, unless both print the same; where there are several
    of them, all rows that are not printed alike twice."""
    loose = [row for row in match.rest if row.figures]
    loose += [row for m in match.data if m.blind and m.doubt for row in m.rows if row.figures]
    printed = {id(m): _figures(m.rows) for m in match.data}
    twins = {id(m): list(_twins(m, loose, len(printed[id(m)]))) for m in match.data}
    differing = {key for key, figures in twins.items() if any(f != printed[key] for f in figures)}
    if not differing:
        return match
    confirmed = {key for key, figures in twins.items() if figures and key not in differing}
    several = len(differing) >= _SEVERAL

    def doubted(m: RowMatch) -> RowMatch:
        if m.doubt or not (id(m) in differing or (several and id(m) in printed and id(m) not in confirmed)):
            return m
        return replace(m, doubt=_TABLE_TWICE if several else _TWICE)

    return replace(match, rows=tuple(map(doubted, match.rows)), repeated=several)


def _twins(match: RowMatch, others: Sequence[PrintedRow], count: int) -> Iterator[tuple[Decimal, ...]]:
    """The figures of other rows that may stand for a match's line: with as many figures, and a label left of them."""
    for row in others:
        figures = _figures((row,))
        if len(figures) == count and row not in match.rows and _is_same(row, match.line):
            yield figures


def _is_same(row: PrintedRow, line: FormLine) -> bool:
    if not line.wordings[0]:
        return alike(row, line) >= _UNNAMED
    first = next((c.column for c in row.own if (f := parse_figure(c.text)) is not None and f.value is not None), -1)
    return alike(row, line) >= _SAME and row.labels[-1].column < first


def _figures(rows: Sequence[PrintedRow]) -> tuple[Decimal, ...]:
    """What rows print, blanks left out."""
    found = (parse_figure(cell.text) for row in rows for cell in row.own)
    return tuple(f.value for f in found if f is not None and f.value is not None)
