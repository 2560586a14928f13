"""Draft -> digital PDF that is checked against its draft, with the places of repeated headers.

Renderers give the place of a header cell's first print only. Some engines print parts over each other where a table
runs over a page: such a draft is rendered again with other settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from extraction.forms.printed_form import FormTable
from extraction.geometry import Box
from training.synthetic.content.draft import Draft, Key, Place, Rendered
from training.synthetic.render.check import Unsound
from training.synthetic.render.colour_coding import LayoutDiffers
from training.synthetic.render.textlayer import TextLayer, plain
from training.synthetic.zones import printed_zones

_MAX_PART_OVERLAP_POINTS = 6.0  # lines of text are higher than their glyphs


class PrintingError(RuntimeError):
    """An engine did not render a draft correctly."""


def printed(draft: Draft, render: Callable[[Draft], Rendered]) -> tuple[Draft, Rendered]:
    """Return the draft as it was rendered in the end, and its rendering.

    Raises PrintingError where no setting renders correctly, and what the renderer raises.
    """
    fault = ""
    for setting in _settings(draft):
        try:
            rendered = with_repeated_headers(setting, render(setting))
        except (LayoutDiffers, Unsound) as error:
            fault = str(error)
            continue
        if pages := overprinted(setting, rendered):
            fault = f"parts of the report lie over each other on page {pages[0]}"
        elif setting.look.repeat_header and not _headers_read(setting, rendered):
            fault = "headers are not repeated"
        else:
            return setting, replace(rendered, zones=printed_zones(setting, rendered))
    raise PrintingError(fault)


def _settings(draft: Draft) -> Iterator[Draft]:
    """Yield the draft as it is, then without repeated headers, then with lower rows, which break elsewhere."""
    yield draft
    look = replace(draft.look, repeat_header=False)
    if draft.look.repeat_header:
        yield replace(draft, look=look)
    for lower in (0.9, 0.8):
        yield replace(draft, look=replace(look, row_height=round(look.row_height * lower, 1)))


def overprinted(draft: Draft, rendered: Rendered) -> list[int]:
    """Return the pages on which parts of the report overlap."""
    spans: dict[tuple[int, int], tuple[float, float]] = {}
    for key, found in rendered.places.items():
        for place in found:
            top, bottom = spans.get((place.page, key.part), (place.box.top, place.box.bottom))
            spans[place.page, key.part] = min(top, place.box.top), max(bottom, place.box.bottom)
    pages = {page for page, _ in spans}
    return [page for page in sorted(pages) if _overlap([span for at, span in sorted(spans.items()) if at[0] == page])]


def _overlap(spans: list[tuple[float, float]]) -> bool:
    """Whether a part, in the order of the draft, starts above the end of the one before it."""
    return any(after[0] < before[1] - _MAX_PART_OVERLAP_POINTS for before, after in pairwise(spans))


def with_repeated_headers(draft: Draft, rendered: Rendered) -> Rendered:
    """Return the digital PDF with a place for each repetition of a header cell.

    It is as far above the first row of the page as the header is above the first row of the table.
    """
    if not draft.look.repeat_header:
        return rendered
    places = dict(rendered.places)
    for number, part in enumerate(draft.parts):
        if isinstance(part, FormTable) and part.header_rows:
            for key, place in _repetitions(number, part, rendered):
                places[key] = (*places[key], place)
    return replace(rendered, places=places)


def _repetitions(number: int, table: FormTable, rendered: Rendered) -> Iterator[tuple[Key, Place]]:
    header: list[tuple[Key, Place]] = []
    tops: dict[int, float] = {}
    for item, (row, _, _) in enumerate(table.placed()):
        key = Key(number, item)
        found = rendered.places[key]
        if row < table.header_rows:
            header.append((key, found[0]))
            if len(found) > 1:
                return  # told by the renderer
        else:
            for place in found:
                tops[place.page] = min(place.box.top, tops.get(place.page, place.box.top))
    first = header[0][1].page
    if first in tops:
        for page in sorted(tops.keys() - {first}):
            down = tops[page] - tops[first]
            for key, place in header:
                box = place.box
                yield key, Place(page, Box(box.left, box.top + down, box.right, box.bottom + down))


def _headers_read(draft: Draft, rendered: Rendered) -> bool:
    """Whether the text layer has every header, each time that it is printed."""
    layer = TextLayer(rendered.pdf)
    return all(
        layer.at([place]) == plain(cell.text)
        for number, part in enumerate(draft.parts)
        if isinstance(part, FormTable)
        for item, (row, _, cell) in enumerate(part.placed())
        if row < part.header_rows
        for place in rendered.places[Key(number, item)]
    )
