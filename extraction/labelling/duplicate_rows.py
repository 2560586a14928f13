"""Rows that a file prints twice, with other figures: it holds two reports, or the table of another year beside its own.

The rows of a report are aligned with the form in order, so some may come from the one and some from the other. Which of
the two is meant nothing in the file tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.doubts import DoubtCode, doubt
from extraction.figures import parse_figure
from extraction.forms.form_lines import FormLine, LineKind
from extraction.labelling.row_alignment import FormMatch, RowMatch
from extraction.labelling.table_rows import PrintedRow, alike

_SAME, _UNNAMED = 0.85, 0.7  # likeness from which a row is a line's, by its label and without one
_SEVERAL = 3  # rows printed twice: the whole table is there twice


Loose = Sequence[tuple[PrintedRow, tuple[Decimal, ...]]]  # rows with what they print


def with_repeats_doubted(match: FormMatch) -> FormMatch:
    """The match with its data rows in doubt that are printed twice, unless both print the same; where there are several
    of them, all rows that are not printed alike twice."""
    loose = [row for row in match.rest if row.figures]
    loose += [row for m in match.data if m.blind and m.doubts for row in m.rows if row.figures]
    others = [(row, _figures((row,))) for row in loose]
    alike_twice = [_is_confirmed(m, others) if m.line.kind is LineKind.DATA else True for m in match.rows]
    differing = sum(same is False for same in alike_twice)
    if not differing:
        return match
    several = differing >= _SEVERAL
    twice = doubt(DoubtCode.ROW_PRINTED_TWICE, "so is the whole table" if several else "")
    rows = tuple(
        m if m.doubts or same or (same is None and not several) else replace(m, doubts=twice)
        for m, same in zip(match.rows, alike_twice, strict=True)
    )
    return replace(match, rows=rows, repeated=several)


def _is_confirmed(match: RowMatch, others: Loose) -> bool | None:
    """Whether all other rows that may stand for a match's line, with as many figures and a label left of them, print
    the same; None where there are none."""
    printed = _figures(match.rows)
    twins = [
        figures
        for row, figures in others
        if len(figures) == len(printed) and row not in match.rows and _is_same(row, match.line)
    ]
    return all(figures == printed for figures in twins) if twins else None


def _is_same(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row may stand for a line, by the label left of its figures, or by its cells where none is printed."""
    if not line.wordings[0]:
        return alike(row, line) >= _UNNAMED
    first = next((c.column for c in row.own if (f := parse_figure(c.text)) is not None and f.value is not None), -1)
    return alike(row, line) >= _SAME and row.labels[-1].column < first


def _figures(rows: Sequence[PrintedRow]) -> tuple[Decimal, ...]:
    """What rows print, blanks left out."""
    found = (parse_figure(cell.text) for row in rows for cell in row.own)
    return tuple(f.value for f in found if f is not None and f.value is not None)
