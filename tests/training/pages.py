"""A typesetter for tests: a paragraph is a line, a table row 20 points high, a page 30 rows; rows may be torn."""

from __future__ import annotations

import io

import pypdfium2

from extraction.geometry import Box
from training.synthetic.content.draft import Draft, Key, Paragraph, Place, Rendered

HEIGHT, ROWS = 20.0, 30


def typeset(draft: Draft, *, tear: bool = False) -> Rendered:
    """Where everything stands; with `tear`, the last row of a page goes on at the top of the next."""
    places: dict[Key, tuple[Place, ...]] = {}
    line = 0
    for number, part in enumerate(draft.parts):
        if isinstance(part, Paragraph):
            for item, run in enumerate(part.runs):
                left = 50.0 + 10 * len("".join(r.text for r in part.runs[:item]))
                places[Key(number, item)] = (_place(line, line, left, left + 10 * len(run.text))[0],)
            line += 1
            continue
        edges = [50 + 500 * sum(part.widths[:k]) for k in range(len(part.widths) + 1)]
        repeated = part.header_rows if draft.look.repeat_header else 0
        for item, (row, column, cell) in enumerate(part.placed()):
            left, right = edges[column], edges[column + cell.column_span]
            first, last = line + row, line + row + cell.row_span - 1
            found = _place(first, last, left, right)
            if tear and last % ROWS == ROWS - 1:
                found += _place(last + 1, last + 1, left, right)
            if row + cell.row_span <= repeated:
                pages = range(found[0].page + 1, (line + len(part.rows) - 1) // ROWS + 2)
                found += [Place(page, found[0].box) for page in pages]
            places[Key(number, item)] = tuple(found)
        line += len(part.rows)
    return Rendered(_blank_pdf(line // ROWS + 1), places)


def _place(first: int, last: int, left: float, right: float) -> list[Place]:
    """The lines `first` to `last` of the whole, on as many pages as they run over."""
    found = []
    for page in range(first // ROWS, last // ROWS + 1):
        top, bottom = max(first, page * ROWS) % ROWS, min(last, page * ROWS + ROWS - 1) % ROWS + 1
        found.append(Place(page + 1, Box(left, 60 + HEIGHT * top, right, 60 + HEIGHT * bottom)))
    return found


def _blank_pdf(pages: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
