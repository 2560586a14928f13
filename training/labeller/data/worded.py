"""Gold without boxes (DOCX, HTML, text; several renderings of one report) -> tags of what was read, by wording.

The form's cells with the gold's fields are aligned with the cells that were read, both in reading order: similar labels
are paired, and cells between two pairs are paired too where both sides have equally many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from annotations.store import Annotation
from extraction.document import Cell, Status
from extraction.forms.catalogue import field_forms, template_ids
from extraction.forms.label_similarity import similarity
from extraction.forms.label_tags import OUTCOMES
from extraction.forms.printed_form import Departures, tables
from extraction.labelling.tagger_input import PagePieces, is_shown
from training.labeller.data.placed import part_of, with_part
from training.labeller.data.tagged import Tagged

_MIN_SIMILARITY = 0.6  # of a cell and a label, to be paired
_MIN_CLAUSE_CHARACTERS = 4  # of a clause, to be searched for

Wanted = tuple[str, tuple[str, ...]]
"""A label's name and its wordings; "" for a figure's cell with words in it."""


def worded(annotation: Annotation, pages: Sequence[PagePieces]) -> list[list[Tagged]]:
    """Return the pieces of all pages, tagged by wording."""
    found = [[_untagged(page, k) for k in range(len(page.pieces))] for page in pages]
    cells = [(p, k) for p, page in enumerate(found) for k, tagged in enumerate(page) if tagged.cell]
    wanted = _cells_of(annotation)
    texts = [found[p][k].text for p, k in cells]
    for place, label in _one_to_one(texts, wanted).items():
        p, k = cells[place]
        found[p][k] = with_part(found[p][k], 0, len(texts[place]), wanted[label][0])
    lines = [(p, k) for p, page in enumerate(found) for k, tagged in enumerate(page) if not tagged.cell]
    _tag_lines(annotation, found, lines)
    return found


def _untagged(page: PagePieces, k: int) -> Tagged:
    piece = page.pieces[k]
    return Tagged(piece.text, ("",) * len(piece.text), box=piece.box, cell=isinstance(page.sources[k], Cell))


def _cells_of(annotation: Annotation) -> list[Wanted]:
    """Return the cells with words of the gold's tables, in reading order, as the form prints them."""
    report = annotation.report
    if report.template not in template_ids():
        return []
    printed = {f.id: f.printed for f in report.fields if f.status is not Status.MISSING}
    wordings = _wordings()
    found: list[Wanted] = []
    for table in tables(report.template, printed, Departures()):
        for _, _, cell in table.placed():
            if cell.field is not None and is_shown(cell.text):
                found.append(("", (cell.text,)))
            elif cell.label:
                found.append((cell.label, (cell.text, *wordings.get(cell.label, ()))))
    return found


def _wordings() -> Mapping[str, tuple[str, ...]]:
    """Return agencies' other wordings, by a label's name."""
    found: dict[str, tuple[str, ...]] = {f"group.{OUTCOMES}": ("本年度办理结果",)}
    for form in field_forms().values():
        found[f"row.{form.block.id}.{form.row.id}"] = form.row.wordings
        found[f"column.{form.block.id}.{form.column.id}"] = form.column.wordings
    return found


def _one_to_one(texts: Sequence[str], wanted: Sequence[Wanted]) -> dict[int, int]:
    """Return text -> label: the order-preserving alignment of the greatest total similarity (Needleman and Wunsch
    1970)."""
    alike = np.zeros((len(texts), len(wanted)))
    for i, text in enumerate(texts):
        for j, (_, wordings) in enumerate(wanted):
            best = max(similarity(text, wording) for wording in wordings)
            alike[i, j] = best if best >= _MIN_SIMILARITY else 0.0
    best_sum = np.zeros((len(texts) + 1, len(wanted) + 1))
    for i in range(len(texts) - 1, -1, -1):
        for j in range(len(wanted) - 1, -1, -1):
            best_sum[i, j] = max(best_sum[i + 1, j], best_sum[i, j + 1], best_sum[i + 1, j + 1] + alike[i, j])
    found: dict[int, int] = {}
    i = j = 0
    while i < len(texts) and j < len(wanted):
        if alike[i, j] and best_sum[i, j] == best_sum[i + 1, j + 1] + alike[i, j]:
            found[i] = j
            i, j = i + 1, j + 1
        elif best_sum[i, j] == best_sum[i + 1, j]:
            i += 1
        else:
            j += 1
    return _filled(found, len(texts), len(wanted))


def _filled(found: dict[int, int], texts: int, wanted: int) -> dict[int, int]:
    """Pair what lies between two pairs, where both sides have equally many."""
    ends = [(-1, -1), *sorted(found.items()), (texts, wanted)]
    full = dict(found)
    for (i, j), (next_i, next_j) in pairwise(ends):
        if next_i - i == next_j - j:
            full.update({i + k: j + k for k in range(1, next_i - i)})
    return full


def _tag_lines(annotation: Annotation, found: list[list[Tagged]], lines: Sequence[tuple[int, int]]) -> None:
    """Tag title, headings and narrative figures, each on the first line that has it."""
    report = annotation.report
    head = [(name, text) for name, text in (("title", report.title),) if text]
    for name, text in (*head, *((f"heading.{s.id}", s.title) for s in report.sections)):
        for p, k in lines:
            if similarity(found[p][k].text, text) > 0.9:
                found[p][k] = with_part(found[p][k], 0, len(found[p][k].text), name)
                break
    parts = [("organization", report.organization or ""), ("year", str(report.year or ""))]
    titles = [(p, k) for p, k in lines if "title" in found[p][k].tags]
    for name, text in parts:
        for p, k in titles:
            if text and text in found[p][k].text:
                found[p][k] = with_part(found[p][k], *part_of(found[p][k].text, text, (0.0, 1.0)), name)
    for figure in report.narrative:
        said = str(figure.value)
        for p, k in lines:
            at = found[p][k].text.find(figure.text) if len(figure.text) >= _MIN_CLAUSE_CHARACTERS else -1
            if at >= 0 and said in figure.text:
                start = at + figure.text.index(said)
                found[p][k] = with_part(found[p][k], start, start + len(said), f"narrative.{figure.id}")
                break
