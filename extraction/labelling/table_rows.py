"""The rows of a report's tables as they are printed, and how well each fits a line of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from extraction.document import Cell, Table
from extraction.doubts import DoubtStage, need_person
from extraction.figures import parse_figure
from extraction.forms.form_lines import FormLine, LineKind
from extraction.forms.label_similarity import chinese_count, likeness, similarity

TAG_SIMILARITY = 0.85
"""Similarity that a tag of probability 1 counts for: less than a legible label's."""


@dataclass(frozen=True)
class PrintedRow:
    """One grid row of a table. `cells` cover it from left to right; `own` of them begin in it."""

    table: Table
    table_index: int
    row: int
    cells: tuple[Cell, ...]
    own: tuple[Cell, ...]

    @cached_property
    def labels(self) -> tuple[Cell, ...]:
        """The cells with words before the first figure, from left to right: groups, then the row's own label."""
        labels = []
        for cell in self.cells:
            figure = parse_figure(cell.text)
            if figure is None and _has_words(cell):
                labels.append(cell)
            elif figure is not None and not figure.blank and labels:
                break
        return tuple(labels)

    @cached_property
    def own_label(self) -> tuple[str, ...]:
        """Readings of the row's own label: the last label cell, and, where a scanner's streak may have divided it, all
        label cells joined that begin in the row and are no higher."""
        last = self.labels[-1]
        parts = [c.text for c in self.labels if c.row == self.row and c.row_span <= last.row_span]
        return (last.text,) if len(parts) < 2 else (last.text, "".join(parts))

    @cached_property
    def figures(self) -> int:
        """How many cells hold a figure."""
        return sum(map(has_figure, self.own))

    @property
    def values(self) -> tuple[Cell, ...]:
        """The cells right of the row's own label; all cells of a row without one."""
        return self.cells[self.cells.index(self.labels[-1]) + 1 :] if self.labels else self.cells


def printed_rows(tables: Sequence[Table]) -> list[PrintedRow]:
    """Every row of every table, in reading order."""
    return [
        PrintedRow(table, t, r, cells, tuple(c for c in cells if c.row == r))
        for t, table in enumerate(tables)
        for r, cells in enumerate(table.rows())
    ]


def has_figure(cell: Cell) -> bool:
    """Whether a cell prints a figure; a blank, or a dash for none, is no figure."""
    return (figure := parse_figure(cell.text)) is not None and not figure.blank


def is_legible(cell: Cell, min_confidence: float) -> bool:
    """Whether a cell was read with at least `min_confidence`, and without a doubt of the reading itself."""
    doubts = tuple(d for d in cell.doubts if d.stage is DoubtStage.CELLS)
    return cell.confidence >= min_confidence and not need_person(doubts)


def _has_words(cell: Cell) -> bool:
    """Whether a cell holds Chinese words, not a figure with a speck that was read as one character."""
    chinese = chinese_count(cell.text)
    return chinese >= 2 or (chinese == 1 and not cell.in_doubt and not any(c.isdigit() for c in cell.text))


def row_similarity(row: PrintedRow, line: FormLine) -> float:
    """How well a printed row fits a line of the form, 0 to 1: by its label, or its cells where none is printed."""
    if line.kind is LineKind.HEADER:
        return similarity("".join(c.text for c in row.own), line.wordings[0]) if not row.figures else 0.0
    if line.kind is LineKind.DATA and not line.wordings[0]:
        return _unlabelled_similarity(row, line)
    if line.kind is LineKind.GROUP and row.figures:
        return 0.0
    return own_label_similarity(row, line)


def own_label_similarity(row: PrintedRow, line: FormLine) -> float:
    """How well the row's own label fits the line, 0 to 1; its group's would fit its neighbours as well."""
    if line.kind not in (LineKind.GROUP, LineKind.DATA) or not row.labels:
        return 0.0
    return likeness(row.own_label, line.wordings)


def _unlabelled_similarity(row: PrintedRow, line: FormLine) -> float:
    """The same of a row without a label (复议诉讼): it has a cell for nearly every column, and no words in them."""
    columns = len(line.block.columns)
    if not columns - 3 <= len(row.own) <= columns + 5:
        return 0.0
    valued = sum(_is_value(c) for c in row.own) / len(row.own)
    return 0.8 * valued if valued >= 0.9 else 0.0


def tag_probability(cell: Cell, tag: str) -> float:
    """The token classifier's probability of the tag for a cell; 0 where the classifier was not asked."""
    return next((known.probability for known in cell.tags if known.name == tag), 0.0)


def label_probability(row: PrintedRow, line: FormLine) -> float:
    """The token classifier's probability that a row's own label is that of a line of the form."""
    if (
        line.kind not in (LineKind.GROUP, LineKind.DATA)
        or not row.labels
        or (line.kind is LineKind.GROUP and row.figures)
    ):
        return 0.0
    return tag_probability(row.labels[-1], line.tag)


def joined_label_similarity(upper: PrintedRow, lower: PrintedRow, line: FormLine) -> float:
    """How well the labels of two rows, joined as one that a page break has split, fit a line, 0 to 1."""
    if not line.wordings[0] or not lower.labels or not upper.labels or not _may_be_split(upper, lower):
        return 0.0
    if upper.figures and lower.figures:
        return 0.0
    text = upper.labels[-1].text + lower.labels[-1].text
    return likeness((text,), line.wordings)


def _may_be_split(upper: PrintedRow, lower: PrintedRow) -> bool:
    """Whether a page break may divide two rows: in a text dump anywhere, on pages only between two tables."""
    return upper.table.page is None or upper.table_index != lower.table_index


def _is_value(cell: Cell) -> bool:
    return parse_figure(cell.text) is not None
