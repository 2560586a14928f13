"""Table rows to rows of a national form: all rows of a report aligned with the form's lines as a whole.

In: the report's tables in reading order. Out: for each template, which printed row stands for which line of the form
(block title, header, group or data row), and how well the whole fits; the template that fits best is the report's.
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
from extraction.forms.label_similarity import chinese_count, core, shared
from extraction.labelling.grid_signature import Pins, pinned
from extraction.labelling.table_rows import AS_SURE, PrintedRow, alike, alike_label, alike_together, label_chance
from extraction.settings import LabelSettings
from models.wordings import Wordings

_BLIND = 0.12  # score of a row whose label cannot be read, where its figures fit
_SURELY = 1.2  # score of a row whose line the shape of its table tells
_ANOTHER = 0.1  # a label that fits another line so much better is not this line's
_WORDS = 3  # Chinese characters that can make a label
_OWN = 0.6  # share of a hardly read label's characters that are the line's own, from which it is a piece of its label
_SOME = 0.3  # the same of a label that the token classifier names, for it to be more than a guess by place
_ILLEGIBLE = doubt(DoubtCode.LABEL_UNREADABLE)
_EMPTY = doubt(DoubtCode.ROW_UNCERTAIN, "the row is empty, and may be one half of a row")
_TWO_LABELS = doubt(DoubtCode.ROW_UNCERTAIN, "the label is two rows' labels")
_WHOLE = 0.85  # similarity under which a label may be a part of the line's
_A_NAT = 0.2  # similarity that a nat of its log-probability is worth
_LEGIBLE = 0.8  # reading confidence from which a label that fits nothing is another label, not a misread one


@dataclass(frozen=True, slots=True)
class RowMatch:
    """A line of the form and the one or two printed rows that stand for it.

    `blind` where the label could not be read and the row's place alone says what it is; `doubts` where the match may be
    another line's, or not all that is printed in it. `by_shape` where the shape of the table tells the line.
    """

    line: FormLine
    rows: tuple[PrintedRow, ...]
    blind: bool = False
    doubts: Doubts = ()
    by_shape: bool = False


@dataclass(frozen=True, slots=True)
class FormMatch:
    """How a report's rows fit a template.

    `rest` are the rows that fit no line; `lost` the form's data rows that one of these, with figures, may be.
    `repeated` where the tables are there twice, with other figures.
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
    """The template that the rows fit best, with its matches; None where they fit neither.

    `wordings` are learned ones, which count as the forms' own.
    """
    fits = [_fit(rows, template(template_id, wordings), settings) for template_id in template_ids()]
    best = max(fits, key=lambda fit: fit.score)
    if all(m.blind for m in best.data):
        return None
    others = [line for fit in fits if fit is not best for line in form_lines(fit.template)]
    return best if _is_vouched_for(best, others) else _in_doubt(best)


def _is_vouched_for(fit: FormMatch, others: Sequence[FormLine]) -> bool:
    """Whether a header or label is printed that the other form does not have."""
    return any(
        alike(row, match.line) > max(alike(row, line) for line in others) + _ANOTHER
        for match in fit.rows
        if len(match.line.block.templates) == 1 and not match.blind
        for row in match.rows[:1]
    ) or any(match.by_shape and len(match.line.block.templates) == 1 for match in fit.rows)


def _in_doubt(fit: FormMatch) -> FormMatch:
    """The match where nothing tells the forms apart: what only one of them has may be the other one's."""
    return replace(
        fit,
        rows=tuple(
            m if len(m.line.block.templates) > 1 or m.doubts else replace(m, doubts=doubt(DoubtCode.FORM_UNCERTAIN))
            for m in fit.rows
        ),
    )


def _fit(rows: Sequence[PrintedRow], form: Template, settings: LabelSettings) -> FormMatch:
    lines = form_lines(form)
    pins = pinned(rows, lines)
    sure, blind, double = _emissions(rows, lines, settings)
    _pin(pins, sure, blind, double)
    skip_line = [-0.3 if line.row and form.id in line.row.templates else 0.0 for line in lines]
    skip_row = [-0.15 if row.figures else 0.0 for row in rows]
    matches, score = align(np.maximum(sure, blind), double, skip_row, skip_line)
    taken = {m.first + k for m in matches for k in range(m.count)}
    loose = {i for i, row in enumerate(rows) if row.figures and i not in taken}
    unmatched = {i for i in range(len(rows)) if i not in taken}
    by_place = [m for m in matches if m.count == 1 and sure[m.first, m.second] <= NEVER]
    readable = [m for m in matches if m not in by_place and not _is_piece(m, rows, lines)]
    told = [m for m in matches if pins.get(m.first) == m.second]
    doubts: dict[Match, Doubts] = {
        m: () if m in told else _doubts(m, matches, by_place, readable, rows, lines, form, unmatched) for m in matches
    }
    firm = [m for m in matches if not doubts[m]]
    loose |= {m.first for m in matches if doubts[m] and rows[m.first].figures}
    doubts |= {m: _EMPTY for m in firm if m not in told and _perhaps_half(m, firm, rows, lines, loose)}
    found = tuple(
        RowMatch(lines[m.second], tuple(rows[m.first : m.first + m.count]), m in by_place, doubts[m], m in told)
        for m in matches
    )
    rest = tuple(row for i, row in enumerate(rows) if i not in taken)
    return FormMatch(form, found, rest, _lost(firm, lines, form, rows, loose), score)


def _pin(pins: Pins, *scores: Scores) -> None:
    """Let rows whose line is known match nothing else, nor others their lines. The first scores are of single rows."""
    for i, j in pins.items():
        for score in scores:
            score[i, :] = score[:, j] = NEVER
        scores[-1][max(0, i - 1), :] = NEVER
    for i, j in pins.items():
        scores[0][i, j] = _SURELY


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
    """Why a match may be another line's, none where it is sure."""
    label = lines[match.second].wordings[0]
    if label and any((row := lines[m.second].row) and row.group == label for m in matches):
        return doubt(DoubtCode.ROW_UNCERTAIN, "the label is that of a group, and rows of the group are there")
    if any(_names_next(row, lines, match.second) for row in rows[match.first : match.first + match.count]):
        return _TWO_LABELS
    if match not in by_place:
        return ()
    if _names_another(rows[match.first], lines[match.second]):
        return _ILLEGIBLE
    # Its place is sure where every line between two readable rows has its row, and every row its line.
    above, below = _neighbours(match, readable)
    columns = len(lines[match.second].block.columns)
    if above is None or below is None or _between(above, below, {i for i in unmatched if len(rows[i].own) >= columns}):
        return _ILLEGIBLE
    wanted = {
        j
        for j in range(above.second + 1, below.second)
        if (row := lines[j].row) is not None and form.id in row.templates
    }
    return () if wanted == {m.second for m in by_place if above.first < m.first < below.first} else _ILLEGIBLE


def _names_next(row: PrintedRow, lines: Sequence[FormLine], second: int) -> bool:
    """Whether a label cell over several rows ends with the next line's label: the rule between the two is lost, and
    which of the rows is whose cannot be told, where one is blank."""
    below = lines[second + 1] if second + 1 < len(lines) else None
    if below is None or below.row is None or not row.labels or row.labels[-1].row_span < 2:
        return False
    label, own = core(row.labels[-1].text), [core(wording) for wording in lines[second].wordings]
    names = [core(wording) for wording in below.wordings]
    return any(name and label.endswith(name) and not any(o.endswith(name) for o in own) for name in names)


def _perhaps_half(
    match: Match, firm: Sequence[Match], rows: Sequence[PrintedRow], lines: Sequence[FormLine], loose: Collection[int]
) -> bool:
    """Whether a match without figures may be the empty half of a split row.

    It may be where its label is not the whole label, or where a row beside it has figures that belong to no line for
    sure. `loose` are these rows.
    """
    line, printed = lines[match.second], rows[match.first : match.first + match.count]
    if line.row is None or any(row.figures for row in printed):
        return False
    if _is_piece(match, rows, lines):
        return True
    above, below = _neighbours(match, firm)
    if not line.wordings[0]:
        loose = {i for i in loose if i > match.first or not _is_header_of_zeros(rows[i], printed[0], line.block)}
    return _between(above or Match(-1, -1), below or Match(len(rows), -1), loose)


def _is_header_of_zeros(row: PrintedRow, below: PrintedRow, block: Block) -> bool:
    """Whether a row of the same table is the header, some of its cells typed over with the zeros that belong below.

    Agencies do that. Whether the row below is then blank or zero is the same: other figures would go to a person.
    """
    if row.table_index != below.table_index:
        return False
    if any((figure := parse_figure(cell.text)) and figure.value for cell in row.own):
        return False
    names = [name for c in block.columns for name in (c.label, *c.wordings, c.group, *c.super_labels) if name]
    return any(core(cell.text) in map(core, names) for cell in row.labels)


def _is_piece(match: Match, rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> bool:
    """Whether a match is a row without figures and with a part of the line's label: the second line of another label
    perhaps, which says nothing of the rows around it."""
    line, row = lines[match.second], rows[match.first]
    if line.row is None or not line.wordings[0] or match.count > 1 or row.figures:
        return False
    return not _is_whole(row, line)


def _is_whole(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row's label is all of the line's, misread perhaps, and not what a page break has left of it."""
    label = core(row.labels[-1].text) if row.labels else ""
    wordings = [core(wording) for wording in line.wordings]
    if label in wordings:
        return True
    is_part = any(wording.startswith(label) or wording.endswith(label) for wording in wordings)
    return not is_part and alike_label(row, line) >= _WHOLE


def _neighbours(match: Match, others: Sequence[Match]) -> tuple[Match | None, Match | None]:
    """The last of the others before a match, and the first after it."""
    above = [m for m in others if m.first < match.first]
    below = [m for m in others if m.first > match.first]
    return above[-1] if above else None, below[0] if below else None


def _between(above: Match, below: Match, loose: Collection[int]) -> bool:
    return any(above.first < i < below.first for i in loose)


def _lost(
    firm: Sequence[Match], lines: Sequence[FormLine], form: Template, rows: Sequence[PrintedRow], loose: Collection[int]
) -> tuple[FormLine, ...]:
    """The data rows of the form that a loose row stands for, if any does: both lie between the same matches."""
    tables = {rows[m.first].table_index for m in firm}
    ours = [i for i in loose if rows[i].table_index in tables]
    return tuple(
        line
        for above, below in pairwise([Match(-1, -1), *firm, Match(len(rows), len(lines))])
        if _between(above, below, ours)
        for line in lines[above.second + 1 : below.second]
        if line.row is not None and form.id in line.row.templates
    )


def _names_another(row: PrintedRow, line: FormLine) -> bool:
    """Whether a label that was hardly read has enough text to be another row's name, and little of this line's."""
    label = row.labels[-1].text if row.labels else ""
    if chinese_count(label) < _WORDS:
        return False
    return max(shared(label, wording) for wording in line.wordings) < _OWN


def _emissions(
    rows: Sequence[PrintedRow], lines: Sequence[FormLine], settings: LabelSettings
) -> tuple[Scores, Scores, Scores]:
    """Scores (rows x lines) of a readable match, of a match by place alone, and of a row split in two."""
    shape = (len(rows), len(lines))
    sure, blind, double = np.full(shape, NEVER), np.full(shape, NEVER), np.full(shape, NEVER)
    likeness = [[alike(row, line) for line in lines] for row in rows]
    another = [max(alike_label(row, line) for line in lines) for row in rows]
    for i, row in enumerate(rows):
        for j, line in enumerate(lines):
            here = likeness[i][j]
            named = label_chance(row, line)
            by_name = _named_score(named, line) if named and _says_some(row, line) else NEVER
            if here >= settings.min_similarity and not (line.row and here < another[i] - _ANOTHER):
                sure[i, j] = max(_score(here, line), by_name)
            elif named >= settings.min_probability and by_name > NEVER:
                sure[i, j] = by_name
            elif line.kind is LineKind.DATA and _fits_blindly(row, line):
                blind[i, j] = _BLIND + max(0.0, by_name)
            if line.kind is LineKind.DATA and i + 1 < len(rows):
                together = alike_together(row, rows[i + 1], line)
                # A half without figures may fit as well by itself, if the half with them does not.
                halves = [k for k in (i, i + 1) if rows[k].figures] or [i, i + 1]
                if together >= max(settings.min_similarity, *(likeness[k][j] + 0.03 for k in halves)):
                    double[i, j] = _score(together, line) + 0.05
    return sure, blind, double


def _score(likeness: float, line: FormLine) -> float:
    weight = 1.0 if line.kind is LineKind.DATA else 0.6
    return weight * (0.2 + 2.0 * (likeness - 0.5))


def _says_some(row: PrintedRow, line: FormLine) -> bool:
    """Whether some of what was read of a label is the line's own: else its place alone speaks for the line, and what
    a report leaves out or adds would go unnoticed."""
    return max(shared(row.labels[-1].text, wording) for wording in line.wordings) >= _SOME


def _named_score(probability: float, line: FormLine) -> float:
    """The token classifier's log-probability on the scale of `_score`: what it is sure of counts as much as a label
    with one character in six misread, so that a legible one is stronger."""
    return _score(AS_SURE + _A_NAT * log(max(probability, 1e-9)), line)


def _fits_blindly(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row with an unreadable label has figures for the line's columns."""
    label = next((c for c in reversed(row.labels) if core(c.text)), None)
    if label is not None and label.confidence >= _LEGIBLE and not label.in_doubt:
        return False
    return bool(line.wordings[0]) and row.figures > 0 and len(row.own) >= len(line.block.columns)
