"""Mark rows that a file prints twice with other figures as doubtful: it has two reports, or another year's table.

The alignment may have taken some rows from the one and some from the other, and nothing tells which is the report's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.doubts import DoubtCode, doubt
from extraction.figures import parse_figure
from extraction.forms.form_lines import FormLine, LineKind
from extraction.labelling.row_alignment import FormMatch, RowMatch
from extraction.labelling.table_rows import PrintedRow, row_similarity

_MIN_LABEL_SIMILARITY, _MIN_UNLABELLED_SIMILARITY = 0.85, 0.7  # of two rows of one line, with and without a label
_MIN_DIFFERING_ROWS = 3  # for the whole table to be there twice

OtherRows = Sequence[tuple[PrintedRow, tuple[Decimal, ...]]]
"""Rows with their figures."""


def with_repeats_doubted(match: FormMatch) -> FormMatch:
    """The match with those data rows in doubt that are printed twice with other figures; where these are several, all
    rows that are not confirmed by a second print."""
    unsure = [row for row in match.rest if row.figures]
    unsure += [row for m in match.data if m.by_place and m.doubts for row in m.rows if row.figures]
    others = [(row, _figures((row,))) for row in unsure]
    alike_twice = [_is_confirmed(m, others) if m.line.kind is LineKind.DATA else True for m in match.rows]
    differing = sum(same is False for same in alike_twice)
    if not differing:
        return match
    several = differing >= _MIN_DIFFERING_ROWS
    twice = doubt(DoubtCode.ROW_PRINTED_TWICE, "so is the whole table" if several else "")
    rows = tuple(
        m if m.doubts or same or (same is None and not several) else replace(m, doubts=twice)
        for m, same in zip(match.rows, alike_twice, strict=True)
    )
    return replace(match, rows=rows, repeated=several)


def _is_confirmed(match: RowMatch, others: OtherRows) -> bool | None:
    """Whether all other rows that may be the line, with as many figures, have the same figures; None without any."""
    printed = _figures(match.rows)
    twins = [
        figures
        for row, figures in others
        if len(figures) == len(printed) and row not in match.rows and _is_same(row, match.line)
    ]
    return all(figures == printed for figures in twins) if twins else None


def _is_same(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row may be a line, by the label left of its figures, or by its cells where none is printed."""
    if not line.wordings[0]:
        return row_similarity(row, line) >= _MIN_UNLABELLED_SIMILARITY
    first = next((c.column for c in row.own if (f := parse_figure(c.text)) is not None and f.value is not None), -1)
    return row_similarity(row, line) >= _MIN_LABEL_SIMILARITY and row.labels[-1].column < first


def _figures(rows: Sequence[PrintedRow]) -> tuple[Decimal, ...]:
    """The figures of rows, without blanks."""
    found = (parse_figure(cell.text) for row in rows for cell in row.own)
    return tuple(f.value for f in found if f is not None and f.value is not None)
