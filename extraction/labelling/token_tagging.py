"""Tag cells and lines with what the token classifier takes them for: labels and headings, beside their wording.

In: a document's regions. Out: the same, cells of words and recognised lines with their most probable tags. A page with
text of its own, whose labels all are word for word the forms', is not given to the classifier, which could add nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from extraction.document import Cell, Region, Span, Tag
from extraction.forms.label_similarity import chinese_count
from extraction.forms.label_tags import NOTE, UNIT, VALUE
from extraction.forms.lexicon import is_wording
from extraction.labelling.tagger_input import pieces_of
from models.labeller import Labeller, Probabilities

_MIN_TAG_PROBABILITY = 0.01  # of a tag that is kept
_PARTS = (VALUE, UNIT, NOTE)


def with_tags(regions: Sequence[Region], labeller: Labeller | None) -> tuple[Region, ...]:
    """The regions with the tags of their cells and lines; as they are without a classifier."""
    if labeller is None:
        return tuple(regions)
    tags: list[dict[int, tuple[Tag, ...]]] = [{} for _ in regions]
    for page in pieces_of(regions):
        asked = [k for k, source in enumerate(page.sources) if isinstance(source, Span) and source.confidence < 1]
        if any(isinstance(source, Cell) and _is_unfamiliar(source.text) for source in page.sources):
            asked += [k for k, source in enumerate(page.sources) if isinstance(source, Cell)]
        if asked:
            rows = _of_whole_cells(labeller.label(page.pieces).pieces, labeller.tags)
            for k in asked:
                region, number = page.places[k]
                tags[region][number] = tuple(_likeliest(rows[k], labeller.tags))
    return tuple(_tagged(region, found) for region, found in zip(regions, tags, strict=True))


def any_unfamiliar(regions: Sequence[Region]) -> bool:
    """Whether the classifier is needed; most digital files do not need it, and it is then not loaded."""
    return any(
        any(_is_unfamiliar(cell.text) for cell in region.table.cells)
        if region.table is not None
        else any(span.confidence < 1 for span in region.spans)
        for region in regions
    )


def _is_unfamiliar(text: str) -> bool:
    return chinese_count(text) > 0 and not is_wording(text)


def _of_whole_cells(pieces: Probabilities, tags: Sequence[str]) -> Probabilities:
    """The probabilities (pieces x tags, the first for no tag) without those of parts of cells, scaled accordingly."""
    parts = [1 + k for k, tag in enumerate(tags) if tag in _PARTS]
    rest = pieces.sum(axis=1) - pieces[:, parts].sum(axis=1)
    whole = pieces / np.maximum(rest, 1e-3)[:, None]
    whole[:, parts] = 0.0
    return np.asarray(whole, np.float32)


def _likeliest(row: Probabilities, tags: Sequence[str]) -> Iterator[Tag]:
    for k in np.argsort(-row[1:], kind="stable"):
        if row[1 + k] < _MIN_TAG_PROBABILITY:
            return
        yield Tag(tags[k], round(min(1.0, float(row[1 + k])), 4))


def _tagged(region: Region, tags: Mapping[int, tuple[Tag, ...]]) -> Region:
    """The region with tags by the numbers of its cells, or of its lines where it is no table."""
    if not tags:
        return region
    if region.table is None:
        return replace(region, spans=tuple(replace(s, tags=tags.get(k, ())) for k, s in enumerate(region.spans)))
    cells = tuple(replace(cell, tags=tags.get(k, ())) for k, cell in enumerate(region.table.cells))
    return replace(region, table=replace(region.table, cells=cells))
