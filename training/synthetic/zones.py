"""Draft + places -> the layout of its pages: titles, headings, paragraphs, tables, page numbers.

Page numbers are not part of a draft: they are text of the text layer in the margins outside of the draft's places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pypdfium2

from annotations.zones import Zone, ZoneKind, upright_zone
from extraction.forms.printed_form import FormTable
from extraction.geometry import Box, union
from training.synthetic.content.draft import Draft, Place, Rendered, Style

_KINDS: Mapping[Style, ZoneKind] = {
    "red_head": ZoneKind.TITLE,
    "title": ZoneKind.TITLE,
    "heading": ZoneKind.HEADING,
}
_MARGIN_PAGE_SHARE = 0.12  # of the page's height
_LEADING_LETTER_SHARE = 0.08  # of the height of letters
_PLACE_TOLERANCE_POINTS = 2.0  # by which characters may reach out of their places
_MAX_LINE_OFFSET_POINTS = 4.0  # between the centres of characters on one line


def printed_zones(draft: Draft, rendered: Rendered) -> tuple[Zone, ...]:
    """Return one zone for each part on each page (a title over several lines is one part), then the page numbers."""
    zones: list[Zone] = []
    last: object = None
    letters = _letters_by_page(rendered)
    for number, part in enumerate(draft.parts):
        style = None if isinstance(part, FormTable) else part.style
        kind = ZoneKind.TABLE if style is None else _KINDS.get(style, ZoneKind.TEXT)
        for page, box in _by_page([p for key, found in rendered.places.items() if key.part == number for p in found]):
            box = box if kind is ZoneKind.TABLE else _around_letters(box, letters[page])
            if kind is ZoneKind.TITLE and zones and last == style and zones[-1].page == page:
                zones[-1] = upright_zone(kind, page, union([zones[-1].box, box]))
            else:
                zones.append(upright_zone(kind, page, box))
            last = style
    return (*zones, *_furniture(rendered))


def _letters_by_page(rendered: Rendered) -> dict[int, list[Box]]:
    document = pypdfium2.PdfDocument(rendered.pdf)
    try:
        return {number: list(_letters(page, loose=False)) for number, page in enumerate(document, 1)}
    finally:
        document.close()


def _around_letters(box: Box, letters: list[Box]) -> Box:
    """Return the box without the leading that some engines add to a line: little more than its glyphs."""
    inside = [letter for letter in letters if box.holds(letter.middle)]
    if not inside:
        return box
    print_, more = union(inside), _LEADING_LETTER_SHARE * max(letter.height for letter in inside)
    return Box(box.left, max(box.top, print_.top - more), box.right, min(box.bottom, print_.bottom + more))


def _by_page(places: list[Place]) -> Iterator[tuple[int, Box]]:
    for page in sorted({place.page for place in places}):
        yield page, union([place.box for place in places if place.page == page])


def _furniture(rendered: Rendered) -> Iterator[Zone]:
    """Yield lines of text in the margins that are at no place of the draft."""
    document = pypdfium2.PdfDocument(rendered.pdf)
    try:
        for number, page in enumerate(document, 1):
            taken = [
                p.box.grown(_PLACE_TOLERANCE_POINTS)
                for found in rendered.places.values()
                for p in found
                if p.page == number
            ]
            letters = [box for box in _letters(page, loose=True) if not any(t.holds(box.middle) for t in taken)]
            margin = _MARGIN_PAGE_SHARE * page.get_height()
            for line in _lines(letters):
                if line.bottom < margin or line.top > page.get_height() - margin:
                    yield upright_zone(ZoneKind.FURNITURE, number, line)
    finally:
        document.close()


def _letters(page: pypdfium2.PdfPage, *, loose: bool) -> Iterator[Box]:
    """Yield the boxes of characters: of their ink, or `loose` as high as the font's lines."""
    text, height = page.get_textpage(), page.get_height()
    for index in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(index, loose=loose)
        if right > left and top > bottom and text.get_text_range(index, 1).strip():
            yield Box(left, height - top, right, height - bottom)


def _lines(letters: list[Box]) -> list[Box]:
    """Return characters at one height as one box."""
    lines: list[Box] = []
    for letter in sorted(letters, key=lambda box: (box.middle[1], box.left)):
        if lines and abs(lines[-1].middle[1] - letter.middle[1]) < _MAX_LINE_OFFSET_POINTS:
            lines[-1] = union([lines[-1], letter])
        else:
            lines.append(letter)
    return lines
