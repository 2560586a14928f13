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

AS_SURE = 0.85
"""Similarity that a label is worth which the token classifier is sure of: less than one that is legible."""


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
        """What the row's own label may say: the last of its labels, or all that begin in the row and are no higher,
        which the streaks of a scanner have parted."""
        last = self.labels[-1]
        parts = [c.text for c in self.labels if c.row == self.row and c.row_span <= last.row_span]
        return (last.text,) if len(parts) < 2 else (last.text, "".join(parts))

    @cached_property
    def figures(self) -> int:
        """How many cells hold a figure."""
        return sum(bool((f := parse_figure(c.text)) and not f.blank) for c in self.own)


def printed_rows(tables: Sequence[Table]) -> list[PrintedRow]:
    """Every row of every table, in reading order."""
    return [
        PrintedRow(table, t, r, cells, tuple(c for c in cells if c.row == r))
        for t, table in enumerate(tables)
        for r, cells in enumerate(table.rows())
    ]


def is_legible(cell: Cell, least: float) -> bool:
    """Whether a cell was read with this probability at least and nothing speaks against the reading."""
    doubts = tuple(d for d in cell.doubts if d.stage is DoubtStage.CELLS)
    return cell.confidence >= least and not need_person(doubts)


def _has_words(cell: Cell) -> bool:
    """Whether a cell holds Chinese words, not a figure with a stray mark that was read as a character."""
    chinese = chinese_count(cell.text)
    return chinese >= 2 or (chinese == 1 and not cell.in_doubt and not any(c.isdigit() for c in cell.text))


# ---------------------------------------------------------------- likeness


def alike(row: PrintedRow, line: FormLine) -> float:
    """How well a printed row fits a line of the form, 0 to 1."""
    if line.kind is LineKind.HEADER:
        return similarity("".join(c.text for c in row.own), line.wordings[0]) if not row.figures else 0.0
    if line.kind is LineKind.DATA and not line.wordings[0]:
        return _alike_unlabelled(row, line)
    if line.kind is LineKind.GROUP and row.figures:
        return 0.0
    return alike_label(row, line)


def alike_label(row: PrintedRow, line: FormLine) -> float:
    """How well the row's own label fits the line; not its group's, which would fit a neighbour as well."""
    if line.kind not in (LineKind.GROUP, LineKind.DATA) or not row.labels:
        return 0.0
    return likeness(row.own_label, line.wordings)


def _alike_unlabelled(row: PrintedRow, line: FormLine) -> float:
    """A data row without a label (复议诉讼) is told by having a cell for nearly every column, and no words in them."""
    columns = len(line.block.columns)
    if not columns - 3 <= len(row.own) <= columns + 5:
        return 0.0
    valued = sum(_is_value(c) for c in row.own) / len(row.own)
    return 0.8 * valued if valued >= 0.9 else 0.0


def chance(cell: Cell, tag: str) -> float:
    """How probable the token classifier finds it that a cell is what the tag says; 0 where it was not asked."""
    return next((known.probability for known in cell.tags if known.name == tag), 0.0)


def label_chance(row: PrintedRow, line: FormLine) -> float:
    """The same of a row's own label and a line of the form."""
    if (
        line.kind not in (LineKind.GROUP, LineKind.DATA)
        or not row.labels
        or (line.kind is LineKind.GROUP and row.figures)
    ):
        return 0.0
    return chance(row.labels[-1], line.tag)


def alike_together(upper: PrintedRow, lower: PrintedRow, line: FormLine) -> float:
    """How well the labels of two rows fit a line when read as one label that a page break has split."""
    if not line.wordings[0] or not lower.labels or not upper.labels or not _may_be_split(upper, lower):
        return 0.0
    if upper.figures and lower.figures:
        return 0.0
    text = upper.labels[-1].text + lower.labels[-1].text
    return likeness((text,), line.wordings)


def _may_be_split(upper: PrintedRow, lower: PrintedRow) -> bool:
    """Whether a page break may part them: in a text dump anywhere, on pages only between two tables."""
    return upper.table.page is None or upper.table_index != lower.table_index


def _is_value(cell: Cell) -> bool:
    return parse_figure(cell.text) is not None
