"""Align the rows of a report's tables with the lines of a national form, all of them as a whole.

In: the printed rows in reading order. Out: the form that fits best, and which row stands for which of its lines (block
title, header, group or data row).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

import numpy as np

from extraction.doubts import DoubtCode, Doubts, doubt
from extraction.figures import parse_figure
from extraction.forms.alignment import NEVER, Match, Scores, align
from extraction.forms.catalogue import Block, Template, template, template_ids
from extraction.forms.form_lines import FormLine, LineKind, form_lines
from extraction.forms.label_similarity import chinese_count, core, most_shared
from extraction.labelling.grid_signature import Pins, lines_by_shape
from extraction.labelling.table_rows import (
    TAG_SIMILARITY,
    PrintedRow,
    joined_label_similarity,
    label_probability,
    own_label_similarity,
    row_similarity,
)
from extraction.settings import LabelSettings
from models.wordings import Wordings

_PLACE_SCORE = 0.12  # of a row whose label cannot be read, where its figures fit
_SHAPE_SCORE = 1.2  # of a row whose line the shape of its table tells
_MIN_OTHER_LEAD = 0.1  # of the similarity with another line, for a label to be that line's
_MIN_CHINESE = 3  # characters of a label that may name another row
_MIN_OWN_SHARE = 0.6  # of the characters of such a label that its line has too, for it not to
_MIN_TAGGED_SHARE = 0.3  # the same of a label that the classifier has tagged, for the tag to count
_MIN_WHOLE_SIMILARITY = 0.85  # of a label and its line; with less it may be a part of the line's label
_MIN_CONFIDENCE = 0.8  # of a legible label: where it fits no line, it is none of the form's
_SIMILARITY_PER_NAT = 0.2  # of the log-probability of a tag
_LABEL_UNREADABLE = doubt(DoubtCode.LABEL_UNREADABLE)
_MAY_BE_HALF = doubt(DoubtCode.ROW_UNCERTAIN, "the row is empty, and may be one half of a row")
_TWO_LABELS = doubt(DoubtCode.ROW_UNCERTAIN, "the label is two rows' labels")


@dataclass(frozen=True, slots=True)
class RowMatch:
    """A line of the form and the one or two printed rows that stand for it.

    `by_place`: the label could not be read, only the row's place tells its line. `by_shape`: the shape of the table
    tells it. `doubts`: the row may be another line's, or not all of the line.
    """

    line: FormLine
    rows: tuple[PrintedRow, ...]
    by_place: bool = False
    doubts: Doubts = ()
    by_shape: bool = False


@dataclass(frozen=True, slots=True)
class FormMatch:
    """How a report's rows fit a template.

    `rest` are the rows without a line; `lost` the form's data rows that one of these, with figures, may be.
    `repeated`: the tables are there twice, with other figures. `score` is the alignment's.
    """

    template: Template
    rows: tuple[RowMatch, ...]
    rest: tuple[PrintedRow, ...]
    lost: tuple[FormLine, ...]
    score: float
    repeated: bool = False

    @property
    def data(self) -> tuple[RowMatch, ...]:
        """The matches of data rows."""
        return tuple(m for m in self.rows if m.line.kind is LineKind.DATA)


def match_form(rows: Sequence[PrintedRow], settings: LabelSettings, wordings: Wordings = ()) -> FormMatch | None:
    """The alignment with the form that the rows fit best, None where they fit neither.

    Learned `wordings` count as the forms' own.
    """
    fits = [_fit(rows, template(template_id, wordings), settings) for template_id in template_ids()]
    best = max(fits, key=lambda fit: fit.score)
    if all(m.by_place for m in best.data):
        return None
    others = [line for fit in fits if fit is not best for line in form_lines(fit.template)]
    return best if _is_told_apart(best, others) else _in_doubt(best)


def _is_told_apart(fit: FormMatch, others: Sequence[FormLine]) -> bool:
    """Whether a label or header is printed, or a shape found, that the other form does not have."""
    return any(
        row_similarity(row, match.line) > max(row_similarity(row, line) for line in others) + _MIN_OTHER_LEAD
        for match in fit.rows
        if len(match.line.block.templates) == 1 and not match.by_place
        for row in match.rows[:1]
    ) or any(match.by_shape and len(match.line.block.templates) == 1 for match in fit.rows)


def _in_doubt(fit: FormMatch) -> FormMatch:
    """The match with all rows in doubt that only one form has, for want of anything that tells the forms apart."""
    return replace(
        fit,
        rows=tuple(
            m if len(m.line.block.templates) > 1 or m.doubts else replace(m, doubts=doubt(DoubtCode.FORM_UNCERTAIN))
            for m in fit.rows
        ),
    )


def _fit(rows: Sequence[PrintedRow], form: Template, settings: LabelSettings) -> FormMatch:
    lines = form_lines(form)
    pins = lines_by_shape(rows, lines)
    single, unread, split = _match_scores(rows, lines, settings)
    _pin(pins, single, unread, split)
    skip_line = [-0.3 if line.row and form.id in line.row.templates else 0.0 for line in lines]
    skip_row = [-0.15 if row.figures else 0.0 for row in rows]
    matches, score = align(np.maximum(single, unread), split, skip_row, skip_line)
    taken = {m.first + k for m in matches for k in range(m.count)}
    unsure = {i for i, row in enumerate(rows) if row.figures and i not in taken}
    unmatched = {i for i in range(len(rows)) if i not in taken}
    by_place = [m for m in matches if m.count == 1 and single[m.first, m.second] <= NEVER]
    readable = [m for m in matches if m not in by_place and not _is_part_of_label(m, rows, lines)]
    by_shape = [m for m in matches if pins.get(m.first) == m.second]
    doubts: dict[Match, Doubts] = {
        m: () if m in by_shape else _doubts(m, matches, by_place, readable, rows, lines, form, unmatched)
        for m in matches
    }
    sure = [m for m in matches if not doubts[m]]
    unsure |= {m.first for m in matches if doubts[m] and rows[m.first].figures}
    doubts |= {m: _MAY_BE_HALF for m in sure if m not in by_shape and _may_be_half(m, sure, rows, lines, unsure)}
    found = tuple(
        RowMatch(lines[m.second], tuple(rows[m.first : m.first + m.count]), m in by_place, doubts[m], m in by_shape)
        for m in matches
    )
    rest = tuple(row for i, row in enumerate(rows) if i not in taken)
    return FormMatch(form, found, rest, _lost(sure, lines, form, rows, unsure), score)


def _pin(pins: Pins, *scores: Scores) -> None:
    """Let rows with a known line match no other, and other rows not that line. The first scores are of single rows."""
    for i, j in pins.items():
        for score in scores:
            score[i, :] = score[:, j] = NEVER
        scores[-1][max(0, i - 1), :] = NEVER
    for i, j in pins.items():
        scores[0][i, j] = _SHAPE_SCORE


def _doubts(
    match: Match,
    matches: Sequence[Match],
    by_place: Sequence[Match],
    readable: Sequence[Match],
    rows: Sequence[PrintedRow],
    lines: Sequence[FormLine],
    form: Template,
    unmatched: Collection[int],
) -> Doubts:
    """Why a row may be another line's; none where it is certain."""
    label = lines[match.second].wordings[0]
    if label and any((row := lines[m.second].row) and row.group == label for m in matches):
        return doubt(DoubtCode.ROW_UNCERTAIN, "the label is that of a group, and rows of the group are there")
    if any(_names_next(row, lines, match.second) for row in rows[match.first : match.first + match.count]):
        return _TWO_LABELS
    if match not in by_place:
        return ()
    if _names_another(rows[match.first], lines[match.second]):
        return _LABEL_UNREADABLE
    # The place is certain where every line between two readable rows has its row, and every row its line.
    above, below = _neighbours(match, readable)
    columns = len(lines[match.second].block.columns)
    if above is None or below is None or _between(above, below, {i for i in unmatched if len(rows[i].own) >= columns}):
        return _LABEL_UNREADABLE
    wanted = {
        j
        for j in range(above.second + 1, below.second)
        if (row := lines[j].row) is not None and form.id in row.templates
    }
    return () if wanted == {m.second for m in by_place if above.first < m.first < below.first} else _LABEL_UNREADABLE


def _names_next(row: PrintedRow, lines: Sequence[FormLine], second: int) -> bool:
    """Whether a label cell over several rows ends with the next line's label: the grid line between the two was not
    detected, and where one row is blank nothing tells whose it is."""
    below = lines[second + 1] if second + 1 < len(lines) else None
    if below is None or below.row is None or not row.labels or row.labels[-1].row_span < 2:
        return False
    label, own = core(row.labels[-1].text), [core(wording) for wording in lines[second].wordings]
    names = [core(wording) for wording in below.wordings]
    return any(name and label.endswith(name) and not any(o.endswith(name) for o in own) for name in names)


def _may_be_half(
    match: Match, sure: Sequence[Match], rows: Sequence[PrintedRow], lines: Sequence[FormLine], unsure: Collection[int]
) -> bool:
    """Whether a match without figures may be the empty half of a row that is split in two.

    Its label is then not the whole label, or one of the rows beside it has figures and no certain line (`unsure`).
    """
    line, printed = lines[match.second], rows[match.first : match.first + match.count]
    if line.row is None or any(row.figures for row in printed):
        return False
    if _is_part_of_label(match, rows, lines):
        return True
    above, below = _neighbours(match, sure)
    if not line.wordings[0]:
        unsure = {i for i in unsure if i > match.first or not _is_header_of_zeros(rows[i], printed[0], line.block)}
    return _between(above or Match(-1, -1), below or Match(len(rows), -1), unsure)


def _is_header_of_zeros(row: PrintedRow, below: PrintedRow, block: Block) -> bool:
    """Whether a row of the same table is the header, some cells overwritten with the zeros that belong below it.

    Agencies do that. The row below then counts as blank; figures other than zero would be in doubt.
    """
    if row.table_index != below.table_index:
        return False
    if any((figure := parse_figure(cell.text)) and figure.value for cell in row.own):
        return False
    names = [name for c in block.columns for name in (c.label, *c.wordings, c.group, *c.super_labels) if name]
    return any(core(cell.text) in map(core, names) for cell in row.labels)


def _is_part_of_label(match: Match, rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> bool:
    """Whether a match is a row without figures and with a part of the line's label. It may be the second line of
    another label, and tells nothing about the rows around it."""
    line, row = lines[match.second], rows[match.first]
    if line.row is None or not line.wordings[0] or match.count > 1 or row.figures:
        return False
    return not _is_whole(row, line)


def _is_whole(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row's label is the line's whole label, misread perhaps, not its part before or after a page break."""
    label = core(row.labels[-1].text) if row.labels else ""
    wordings = [core(wording) for wording in line.wordings]
    if label in wordings:
        return True
    is_part = any(wording.startswith(label) or wording.endswith(label) for wording in wordings)
    return not is_part and own_label_similarity(row, line) >= _MIN_WHOLE_SIMILARITY


def _neighbours(match: Match, others: Sequence[Match]) -> tuple[Match | None, Match | None]:
    """The nearest of the others before and after a match."""
    above = [m for m in others if m.first < match.first]
    below = [m for m in others if m.first > match.first]
    return above[-1] if above else None, below[0] if below else None


def _between(above: Match, below: Match, unsure: Collection[int]) -> bool:
    return any(above.first < i < below.first for i in unsure)


def _lost(
    sure: Sequence[Match],
    lines: Sequence[FormLine],
    form: Template,
    rows: Sequence[PrintedRow],
    unsure: Collection[int],
) -> tuple[FormLine, ...]:
    """The data rows of the form that an unsure row may be: both lie between the same two certain matches."""
    tables = {rows[m.first].table_index for m in sure}
    ours = [i for i in unsure if rows[i].table_index in tables]
    return tuple(
        line
        for above, below in pairwise([Match(-1, -1), *sure, Match(len(rows), len(lines))])
        if _between(above, below, ours)
        for line in lines[above.second + 1 : below.second]
        if line.row is not None and form.id in line.row.templates
    )


def _names_another(row: PrintedRow, line: FormLine) -> bool:
    """Whether a label has enough text to be another row's, and too few of this line's characters."""
    label = row.labels[-1].text if row.labels else ""
    if chinese_count(label) < _MIN_CHINESE:
        return False
    return most_shared(label, line.wordings) < _MIN_OWN_SHARE


def _match_scores(
    rows: Sequence[PrintedRow], lines: Sequence[FormLine], settings: LabelSettings
) -> tuple[Scores, Scores, Scores]:
    """Scores (rows x lines) of a readable match, of a match by place, and of a line split over a row and the next."""
    shape = (len(rows), len(lines))
    readable, by_place, split = np.full(shape, NEVER), np.full(shape, NEVER), np.full(shape, NEVER)
    alike = [[row_similarity(row, line) for line in lines] for row in rows]
    another = [max(own_label_similarity(row, line) for line in lines) for row in rows]
    for i, row in enumerate(rows):
        for j, line in enumerate(lines):
            here = alike[i][j]
            named = label_probability(row, line)
            by_tag = _tagged_score(named, line) if named and _shares_some(row, line) else NEVER
            if here >= settings.min_similarity and not (line.row and here < another[i] - _MIN_OTHER_LEAD):
                readable[i, j] = max(_score(here, line), by_tag)
            elif named >= settings.min_probability and by_tag > NEVER:
                readable[i, j] = by_tag
            elif line.kind is LineKind.DATA and _fits_by_place(row, line):
                by_place[i, j] = _PLACE_SCORE + max(0.0, by_tag)
            if line.kind is LineKind.DATA and i + 1 < len(rows):
                together = joined_label_similarity(row, rows[i + 1], line)
                # A half without figures may fit as well by itself, if the half with them does not.
                halves = [k for k in (i, i + 1) if rows[k].figures] or [i, i + 1]
                if together >= max(settings.min_similarity, *(alike[k][j] + 0.03 for k in halves)):
                    split[i, j] = _score(together, line) + 0.05
    return readable, by_place, split


def _score(likeness: float, line: FormLine) -> float:
    weight = 1.0 if line.kind is LineKind.DATA else 0.6
    return weight * (0.2 + 2.0 * (likeness - 0.5))


def _shares_some(row: PrintedRow, line: FormLine) -> bool:
    """Whether a label has some of the line's characters. A tag without any comes from the place alone, and would hide
    that a report leaves a row out or adds one."""
    return most_shared(row.labels[-1].text, line.wordings) >= _MIN_TAGGED_SHARE


def _tagged_score(probability: float, line: FormLine) -> float:
    """The log-probability of a tag on the scale of `_score`: at probability 1 it counts as a label with one character
    in six misread, so that a legible label counts more."""
    return _score(TAG_SIMILARITY + _SIMILARITY_PER_NAT * log(max(probability, 1e-9)), line)


def _fits_by_place(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row has no legible label, and cells with figures for all of the line's columns."""
    label = next((c for c in reversed(row.labels) if core(c.text)), None)
    if label is not None and label.confidence >= _MIN_CONFIDENCE and not label.in_doubt:
        return False
    return bool(line.wordings[0]) and row.figures > 0 and len(row.own) >= len(line.block.columns)
