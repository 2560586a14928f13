"""The shape of a table as a witness of what its rows are: labels may be illegible, the rules are not.

A national form has a fixed sequence of rows, merged cells and columns. Where a table whose rules were all found has
exactly that shape, every row has its line, whatever was made of its label; if enough labels say the same, and none says
otherwise. What the shape cannot tell is a report that leaves a row out and has one of its own beside it in the same
group: so no more than a few rows may stand together without a label that bears their place out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from extraction.document import Cell
from extraction.doubts import DoubtStage
from extraction.forms.catalogue import template_ids
from extraction.forms.form_lines import FormLine, LineKind
from extraction.forms.label_similarity import chinese_count, core, shared, similarity
from extraction.labelling.table_rows import AS_SURE, PrintedRow, chance

_SAME = 0.55  # similarity from which a label bears out a line
_ANOTHERS, _BY = 0.65, 0.15  # similarity with another line, and by how much more, that speak against it
_LEGIBLE, _STRANGE, _WORDS = 0.8, 0.35, 3  # a label read so surely, like the line's no more than that, is another one
_ENOUGH = 1 / 3  # of the labels must bear their lines out
_RUN = 3  # rows together of which none does
_OWN = 0.3  # share of a hardly read label's characters under which they are not the line's
_DEEPEST = 3  # label cells beside each other

Pins = dict[int, int]
"""The line (its number) that a row (its number) stands for."""


def pinned(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The rows whose line the shape of their table tells."""
    found: Pins = {}
    for way in (_stacked, _grouped, _unlabelled):
        found |= way(rows, lines)
    return found


def _numbers(lines: Sequence[FormLine], block: str, kind: LineKind) -> list[int]:
    return [j for j, line in enumerate(lines) if line.block.id == block and line.kind is kind]


# ---------------------------------------------------------------- blocks below each other, each with its title


def _stacked(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The table of titled blocks: told by how many cells each of its rows has, from its first row to its last."""
    wanted = [j for j, line in enumerate(lines) if line.block.titled]
    widths = [1 if lines[j].kind is LineKind.TITLE else len(lines[j].block.columns) + 1 for j in wanted]
    starts = [i for i, row in enumerate(rows) if row.row == 0]
    for start in starts:
        end = start + len(wanted)
        whole = end == len(rows) or (end < len(rows) and rows[end].row == 0)
        if whole and all(_has_cells(row, n) for row, n in zip(rows[start:end], widths, strict=True)):
            pins = _borne_out(dict(zip(range(start, end), wanted, strict=True)), rows, lines)
            return {i: j for i, j in pins.items() if lines[j].kind is not LineKind.TITLE}
    return {}


def _has_cells(row: PrintedRow, count: int) -> bool:
    """Whether a row has so many cells, none of them higher than it and all within rules that were found."""
    return row.table.aligned and len(row.cells) == count and all(c.row_span == 1 and _is_firm(c) for c in row.cells)


# ---------------------------------------------------------------- rows with groups


def _grouped(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The table with groups of rows: told by its merged label cells, over page breaks."""
    for block in {line.block.id: line.block for line in lines if line.row and line.row.group}.values():
        data = list(_data_rows(rows, len(block.columns)))
        every = _numbers(lines, block.id, LineKind.DATA)
        for form in template_ids():
            wanted = [j for j in every if (row := lines[j].row) and form in row.templates]
            if len(data) == len(wanted) and _has_groups([rows[i] for i in data], [lines[j] for j in wanted]):
                pins = _borne_out(dict(zip(data, wanted, strict=True)), rows, lines)
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
    if not row.table.aligned or not 1 <= len(labels) <= _DEEPEST:
        return ()
    own = labels[-1]
    if any(c.row_span > 1 or c.row != row.row for c in (own, *values)) or not all(map(_is_firm, labels)):
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


# ---------------------------------------------------------------- values without a label


def _unlabelled(rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
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
            if [c.column_span for c in top.cells] == spans and all(map(_is_firm, row.table.cells)):
                return {i: j} | _above(i, rows, headers)
    return {}


# ---------------------------------------------------------------- what the labels say


def _is_firm(cell: Cell) -> bool:
    return not any(d.stage is DoubtStage.TABLES for d in cell.doubts)


def _borne_out(pins: Pins, rows: Sequence[PrintedRow], lines: Sequence[FormLine]) -> Pins:
    """The pins that the labels bear out; none where one speaks against its line or too few say anything."""
    data = [i for i, j in pins.items() if lines[j].kind is LineKind.DATA]
    known = [lines[pins[i]] for i in data]
    says = {i: _says(rows[i], lines[pins[i]], known) for i in data}
    if False in says.values() or list(says.values()).count(True) < _ENOUGH * len(data):
        return {}
    open_ = {i for i in data if _is_half(rows[i], lines[pins[i]]) or _is_foreign(rows[i], lines[pins[i]])}
    for said, run in groupby(data, key=lambda i: says[i]):
        silent = list(run)
        if said is None and len(silent) > _RUN:
            open_ |= set(silent)
    return {i: j for i, j in pins.items() if i not in open_}


def _label(row: PrintedRow, line: FormLine) -> Cell:
    return row.cells[-len(line.block.columns) - 1]


def _is_half(row: PrintedRow, line: FormLine) -> bool:
    """Whether a row without figures has only the beginning or the end of its label: what a page break has left."""
    text = core(_label(row, line).text)
    parts = [w for w in map(core, line.wordings) if text and w != text and (w.startswith(text) or w.endswith(text))]
    return not row.figures and bool(parts) and text not in map(core, line.wordings)


def _is_foreign(row: PrintedRow, line: FormLine) -> bool:
    """Whether a label that was hardly read has enough text to be another's, and next to nothing of this line's."""
    text = _label(row, line).text
    return chinese_count(text) >= _WORDS and max(shared(text, wording) for wording in line.wordings) < _OWN


def _says(row: PrintedRow, line: FormLine, lines: Sequence[FormLine]) -> bool | None:
    """Whether a row's label bears the line out or speaks against it; None where it says nothing."""
    label = _label(row, line)
    own = max(_alike(label.text, line), AS_SURE * chance(label, line.tag))
    another = max((_alike(label.text, other) for other in lines if other is not line), default=0.0)
    strange = label.confidence >= _LEGIBLE and not label.in_doubt and chinese_count(label.text) >= _WORDS
    if another >= max(_ANOTHERS, own + _BY) or (strange and own < _STRANGE):
        return False
    return True if own >= _SAME else None


def _alike(text: str, line: FormLine) -> float:
    return max(similarity(text, wording) for wording in line.wordings)
