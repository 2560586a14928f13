"""Gold with boxes -> tags of what was read, by place.

Readings differ from print: cells are merged or split, characters misread, lines broken. A label may be a piece, a part
of one, or more than one; places and lengths decide, and the text where it is more specific.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.fuzz import partial_ratio_alignment

from annotations.store import Annotation
from extraction.document import Cell, Span
from extraction.forms.label_tags import tag_of, tags
from extraction.geometry import Box
from extraction.labelling.tagger_input import PagePieces
from models.label_tokens import Piece, characters
from training.labeller.data.tagged import Tagged
from training.labeller.data.typeset import label_cell, value_cell

_MIN_OVERLAP_SHARE = 0.5  # of the smaller of two boxes, for one to be in the place of the other
_MAX_PART_SHARE = 0.75  # of a piece's characters, for a label to be a part of it
_MIN_PARTIAL_RATIO = 60.0  # 0 to 100, for misread print to be found by its text


@dataclass(frozen=True, slots=True)
class _Known:
    """A label of the gold on a page; its name is "" for a figure's cell."""

    name: str
    text: str
    page: int
    box: Box


def placed(annotation: Annotation, page: PagePieces) -> list[Tagged]:
    """Return the pieces of one page, tagged by the gold in their places."""
    known = [thing for thing in _known(annotation) if thing.page == page.page]
    return [_tagged(piece, source, known) for piece, source in zip(page.pieces, page.sources, strict=True)]


def has_places(annotation: Annotation) -> bool:
    """Whether the gold has boxes of labels."""
    return any(label.box is not None for label in annotation.labels)


def _known(annotation: Annotation) -> Iterator[_Known]:
    tagged = set(tags())
    for label in annotation.labels:
        if label.page is not None and label.box is not None and tag_of(label.name) in tagged:
            yield _Known(label.name, label.text, label.page, label.box)
    for field in annotation.report.fields:
        if field.page is not None and field.box is not None:
            yield _Known("", field.printed, field.page, field.box)


def _tagged(piece: Piece, source: Span | Cell, known: Sequence[_Known]) -> Tagged:
    box, cell = source.box, isinstance(source, Cell)
    found = Tagged(piece.text, ("",) * len(piece.text), box=piece.box, cell=cell)
    if box is None:
        return found
    here = [thing for thing in known if _shares_place(thing.box, box)]
    for thing in sorted(here, key=lambda thing: -thing.box.area):  # what lies in another is the more particular
        start, end = part_of(piece.text, thing.text, _share_across(thing.box, box))
        found = with_part(found, start, end, thing.name)
    return found


def _shares_place(thing: Box, box: Box) -> bool:
    return thing.overlap(box) > _MIN_OVERLAP_SHARE * min(thing.area, box.area)


def _share_across(thing: Box, box: Box) -> tuple[float, float]:
    """Return the horizontal extent of a thing in the piece, as shares 0 to 1."""
    wide = max(box.width, 1e-6)
    left, right = ((side - box.left) / wide for side in (thing.left, thing.right))
    return max(0.0, min(1.0, left)), max(0.0, min(1.0, right))


def with_part(tagged: Tagged, start: int, end: int, name: str) -> Tagged:
    """Return the piece with the characters [start, end) tagged as a label of this name, or with "" as a figure's
    cell."""
    if start >= end:
        return tagged
    part = tagged.text[start:end]
    whole = tag_of(name)
    if not name:
        new = value_cell(part)
    elif tagged.cell:
        new = label_cell(part, name)
    else:
        new = Tagged(part, (whole,) * len(part), frozenset((0,)))
    new_tags = (*tagged.tags[:start], *new.tags, *tagged.tags[end:])
    begins = {k for k in tagged.begins if not start <= k < end} | {start + k for k in new.begins}
    if end < len(new_tags) and new_tags[end] and new_tags[end] != new_tags[end - 1]:
        begins.add(end)  # what goes on behind a part begins anew
    return replace(tagged, tags=new_tags, begins=frozenset(begins))


def part_of(text: str, wanted: str, across: tuple[float, float]) -> tuple[int, int]:
    """Return the characters [start, end) of a reading that are a label: all of them unless the label is much shorter.

    `across` is its horizontal extent in the piece, for text that occurs more than once or cannot be found.
    """
    read, label = list(characters(text)), "".join(c for _, c in characters(wanted))
    if not read or not label:
        return 0, 0
    if len(label) > _MAX_PART_SHARE * len(read):
        return 0, len(text)
    flat = "".join(c for _, c in read)
    middle = sum(across) / 2 * len(flat)
    starts = [k for k in range(len(flat)) if flat.startswith(label, k)]
    if starts:
        start = min(starts, key=lambda k: abs(k + len(label) / 2 - middle))
        end = start + len(label)
    elif (
        len(label) > 3
        and (best := partial_ratio_alignment(label, flat)) is not None
        and best.score >= _MIN_PARTIAL_RATIO
    ):
        start, end = best.dest_start, best.dest_end
    else:
        start = min(len(flat) - 1, round(across[0] * len(flat)))
        end = max(start + 1, round(across[1] * len(flat)))
    return read[start][0], read[min(end, len(read)) - 1][0] + 1
