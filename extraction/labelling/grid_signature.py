"""The lines of rows as the shape of their table tells them, where labels are illegible but the grid lines are not.

A national form has a fixed sequence of rows, merged cells and columns. Where a table without doubtful grid lines has
exactly that shape, every row has its line, if enough labels confirm theirs and none contradicts it. A report that
leaves a row out and adds one to the same group has the same shape; therefore a long run of rows whose labels confirm
nothing is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from extraction.document import Cell
from extraction.doubts import DoubtStage
from extraction.forms.catalogue import template_ids
from extraction.forms.form_lines import FormLine, LineKind
from extraction.forms.label_similarity import chinese_count, core, likeness, most_shared
from extraction.labelling.table_rows import TAG_SIMILARITY, PrintedRow, tag_probability

_MIN_CONFIRMING_SIMILARITY = 0.55  # of a label and its line
_MIN_OTHER_SIMILARITY = 0.65  # of a label and another line, with
_MIN_OTHER_LEAD = 0.15  # over the similarity with its own, to contradict its line
_MIN_OWN_SIMILARITY = 0.35  # of a label and its line; with less a label is another row's, if it was read with
_MIN_CONFIDENCE = 0.8  # and has
_MIN_CHINESE = 3  # Chinese characters
_MIN_CONFIRMED_SHARE = 1 / 3  # of the rows of a table
_MAX_UNCONFIRMED_ROWS = 3  # one below the other
_MIN_OWN_SHARE = 0.3  # of a label's characters that its line has too; with less it is another row's
_MAX_LABEL_CELLS = 3  # beside each other in a row

Pins = dict[int, int]
"""The number of the line that a row stands for, by the row's number."""


def lines_by_shape(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The rows whose line the shape of their table tells."""
    return _titled_blocks(rows, lines) | _grouped_rows(rows, lines) | _unlabelled_row(rows, lines)


def _numbers(lines: Sequence[FormLine], block: str, kind: LineKind) -> list[int]:
    return [j for j, line in enumerate(lines) if line.block.id == block and line.kind is kind]


def _titled_blocks(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The table of titled blocks: told by how many cells each of its rows has, from its first row to its last."""
    wanted = [j for j, line in enumerate(lines) if line.block.titled]
    widths = [1 if lines[j].kind is LineKind.TITLE else len(lines[j].block.columns) + 1 for j in wanted]
    starts = [i for i, row in enumerate(rows) if row.row == 0]
    for start in starts:
        end = start + len(wanted)
        whole = end == len(rows) or (end < len(rows) and rows[end].row == 0)
        if whole and all(_has_cells(row, n) for row, n in zip(rows[start:end], widths, strict=True)):
            pins = _confirmed(dict(zip(range(start, end), wanted, strict=True)), rows, lines)
            return {i: j for i, j in pins.items() if lines[j].kind is not LineKind.TITLE}
    return {}


def _has_cells(row: PrintedRow, count: int) -> bool:
    """Whether a row has `count` cells, one row high and with no doubt of their grid lines."""
    return (
        row.table.aligned and len(row.cells) == count and all(c.row_span == 1 and _has_sure_lines(c) for c in row.cells)
    )


def _grouped_rows(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The table with groups of rows: told by its merged label cells, over page breaks."""
    for block in {line.block.id: line.block for line in lines if line.row and line.row.group}.values():
        data = list(_data_rows(rows, len(block.columns)))
        every = _numbers(lines, block.id, LineKind.DATA)
        for form in template_ids():
            wanted = [j for j in every if (row := lines[j].row) and form in row.templates]
            if len(data) == len(wanted) and _has_groups([rows[i] for i in data], [lines[j] for j in wanted]):
                pins = _confirmed(dict(zip(data, wanted, strict=True)), rows, lines)
                headers = _numbers(lines, block.id, LineKind.HEADER)
                return pins | (_above(data[0], rows, headers) if pins else {})
    return {}


def _data_rows(rows: Sequence[PrintedRow], columns: int) -> Iterator[int]:
    """The rows of each table that have as many values at the same places as most of the table's rows."""
    places = {i: _value_places(row, columns) for i, row in enumerate(rows)}
    for _, group in groupby(places, key=lambda i: rows[i].table_index):
        table = [i for i in group if places[i]]
        usual = Counter(places[i] for i in table).most_common(1)
        yield from (i for i in table if places[i] == usual[0][0])


def _value_places(row: PrintedRow, columns: int) -> tuple[tuple[int, int], ...]:
    """Where the values of a row stand, () where it has no label cell and values beside it, each one row high."""
    labels, values = row.cells[:-columns], row.cells[-columns:]
    if not row.table.aligned or not 1 <= len(labels) <= _MAX_LABEL_CELLS:
        return ()
    own = labels[-1]
    if any(c.row_span > 1 or c.row != row.row for c in (own, *values)) or not all(map(_has_sure_lines, labels)):
        return ()
    return tuple((c.column, c.column_span) for c in values)


def _has_groups(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> bool:
    """Whether the label cells beside the rows' own are merged as the form's groups are."""
    beside = [_beside(row, len(line.block.columns)) for row, line in zip(rows, lines, strict=True)]
    groups = [_group(line) for line in lines]
    if any((cell is None) != (group == "") for cell, group in zip(beside, groups, strict=True)):
        return False
    return all(
        a.table_index != b.table_index or (x is not None and x is y) == (g != "" and g == h)
        for (a, b), (x, y), (g, h) in zip(pairwise(rows), pairwise(beside), pairwise(groups), strict=True)
    )


def _beside(row: PrintedRow, columns: int) -> Cell | None:
    """The cell left of the row's own label."""
    labels = row.cells[:-columns]
    return labels[-2] if len(labels) > 1 else None


def _group(line: FormLine) -> str:
    """What the cell left of a line's label names: its group, or what the lines have in common whose ids begin alike."""
    assert line.row is not None
    return line.row.group or ".".join(line.row.id.split(".")[:-1])[:1]


def _above(first: int, rows: Sequence[PrintedRow], headers: Sequence[int]) -> Pins:
    """The header's rows above the first row of values: as many as the form has, and nothing above them."""
    if rows[first].row != len(headers):
        return {}
    return dict(zip(range(first - len(headers), first), headers, strict=True))


def _unlabelled_row(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The table of one row without a label: told by the merged cells of its header."""
    for j, line in enumerate(lines):
        if line.kind is not LineKind.DATA or line.wordings[0]:
            continue
        count = len(line.block.columns)
        headers = _numbers(lines, line.block.id, LineKind.HEADER)
        spans = [len(list(same)) for _, same in groupby(c.super_labels[0] for c in line.block.columns)]
        for i, row in enumerate(rows):
            if row.row != len(headers) or row.row + 1 != row.table.row_count or not _has_cells(row, count):
                continue
            top = rows[i - len(headers)]
            if any(2 * above.figures > len(above.own) for above in rows[i - len(headers) : i]):
                continue  # figures where the header should be: it may be overwritten
            if [c.column_span for c in top.cells] == spans and all(map(_has_sure_lines, row.table.cells)):
                return {i: j} | _above(i, rows, headers)
    return {}


def _has_sure_lines(cell: Cell) -> bool:
    return not any(d.stage is DoubtStage.TABLES for d in cell.doubts)


def _confirmed(pins: Pins, rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The pins that the labels confirm; none where a label contradicts its line or too few confirm theirs."""
    data = [i for i, j in pins.items() if lines[j].kind is LineKind.DATA]
    known = [lines[pins[i]] for i in data]
    confirms = {i: _label_confirms(rows[i], lines[pins[i]], known) for i in data}
    if False in confirms.values() or list(confirms.values()).count(True) < _MIN_CONFIRMED_SHARE * len(data):
        return {}
    left_out = {i for i in data if _is_part_of_label(rows[i], lines[pins[i]]) or _is_foreign(rows[i], lines[pins[i]])}
    for verdict, run in groupby(data, key=lambda i: confirms[i]):
        unconfirmed = list(run)
        if verdict is None and len(unconfirmed) > _MAX_UNCONFIRMED_ROWS:
            left_out |= set(unconfirmed)
    return {i: j for i, j in pins.items() if i not in left_out}


def _label(row: PrintedRow, line: FormLine) -> Cell:
    return row.cells[-len(line.block.columns) - 1]


def _is_part_of_label(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row without figures has only the start or end of its line's label, the rest being on another page."""
    text = core(_label(row, line).text)
    parts = [w for w in map(core, line.wordings) if text and w != text and (w.startswith(text) or w.endswith(text))]
    return not row.figures and bool(parts) and text not in map(core, line.wordings)


def _is_foreign(row: PrintedRow, line: FormLine) -> bool:
    """Whether a label has enough text to be another line's, and hardly any character of this line's."""
    text = _label(row, line).text
    return chinese_count(text) >= _MIN_CHINESE and most_shared(text, line.wordings) < _MIN_OWN_SHARE


def _label_confirms(row: PrintedRow, line: FormLine, lines: Sequence[FormLine]) -> bool | None:
    """Whether a row's label confirms the line (True) or contradicts it (False); None where it does neither."""
    label = _label(row, line)
    own = max(likeness((label.text,), line.wordings), TAG_SIMILARITY * tag_probability(label, line.tag))
    others = (likeness((label.text,), other.wordings) for other in lines if other is not line)
    another = max(others, default=0.0)
    strange = label.confidence >= _MIN_CONFIDENCE and not label.in_doubt and chinese_count(label.text) >= _MIN_CHINESE
    if another >= max(_MIN_OTHER_SIMILARITY, own + _MIN_OTHER_LEAD) or (strange and own < _MIN_OWN_SIMILARITY):
        return False
    return True if own >= _MIN_CONFIRMING_SIMILARITY else None
