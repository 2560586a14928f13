"""Draft -> Typst markup -> PDF. The compiler is a library (the package `typst`): no program, no network."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import typst

from extraction.forms.printed_form import FormCell, FormTable
from training.synthetic.content.draft import Draft, Key, Look, Paragraph, Place, Rendered
from training.synthetic.fonts import font_file
from training.synthetic.render.check import sound
from training.synthetic.render.colour_coding import inside_grid_lines, item_colours, places
from training.synthetic.render.measure import Face, too_long, wrapped
from training.synthetic.render.style import (
    CELL_LEADING,
    CELL_PADDING,
    GRID_LINES,
    PAGE_HEIGHT,
    PAGE_NUMBER_SIZE,
    PAGE_WIDTH,
    RED,
    TABLE_GAP,
    Setting,
    aligned,
    banded,
    latin_letters,
    setting,
    stacked,
    starts_page,
)

_EM = 0.88, 0.12  # how far a line of Chinese reaches above and below its baseline, times the size
_TOLERANCE_POINTS = 0.1  # points
_OVERHANG = 0.2  # of punctuation, times the size
_INSET_POINTS = 2.0  # between a cell's text and the grid lines above and below
_DATE = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())


def render_typst(draft: Draft) -> Rendered:
    """Return the draft as Typst renders it. Raises Unsound, or typst.TypstError where it does not compile."""
    plain = _compiled(draft, markup(draft))
    coloured = _compiled(draft, markup(draft, item_colours(draft)))
    found = inside_grid_lines(draft, places(draft, plain, coloured))
    for key, lines in found.items():
        if isinstance(draft.parts[key.part], Paragraph):
            found[key] = tuple(_overhung(draft, line) for line in lines)
    return sound(draft, Rendered(plain, found))


def markup(draft: Draft, coloured: Mapping[Key, str] | None = None) -> str:
    """Return the document in Typst's language; with `coloured`, every run and cell on its colour."""
    look = draft.look
    above, below = _EM
    lines = [
        f"#set document(title: {_quoted(draft.id)})",
        f"#set page(width: {PAGE_WIDTH}pt, height: {PAGE_HEIGHT}pt, margin: {look.margin}pt, footer: {_footer(look)})",
        f'#set text(lang: "zh", region: "cn", hyphenate: false, top-edge: {above}em, bottom-edge: -{below}em)',
    ]
    for number, part in enumerate(draft.parts):
        colours = {key.item: colour for key, colour in (coloured or {}).items() if key.part == number}
        if starts_page(draft, number):
            lines.append("#pagebreak(weak: true)")
        if isinstance(part, Paragraph):
            lines.append(_paragraph(draft, number, part, colours))
        else:
            lines.append(_table(draft, part, colours))
    return "\n".join(lines)


def _compiled(draft: Draft, source: str) -> bytes:
    look = draft.look
    families = {look.font, look.heading_font, look.table_font, look.digit_font}
    fonts = _fonts(tuple(sorted({font_file(family).path for family in families})))
    pdf = typst.Compiler(source.encode(), font_paths=fonts).compile(timestamp=_DATE, pdf_tags=False)
    assert isinstance(pdf, bytes)  # only pictures come page by page
    return pdf


@cache
def _fonts(paths: tuple[str, ...]) -> typst.Fonts:
    """Return just these fonts, since Typst reads every font of the folders that it is given."""
    with tempfile.TemporaryDirectory(prefix="typst-") as folder:
        for path in paths:
            Path(folder, Path(path).name).symlink_to(path)
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _overhung(draft: Draft, place: Place) -> Place:
    """Return a line of text that reaches the margin, extended a little: punctuation that Typst halves there sticks
    out."""
    margin = PAGE_WIDTH - draft.look.margin
    if abs(place.box.right - margin) > _TOLERANCE_POINTS:
        return place
    return Place(place.page, place.box._replace(right=margin + _OVERHANG * draft.look.size))


def _paragraph(draft: Draft, number: int, part: Paragraph, colours: Mapping[int, str]) -> str:
    how = setting(draft, number)
    runs = "".join(_run(run.text, colours.get(item)) for item, run in enumerate(part.runs))
    lead = how.size * (how.leading - 1)
    indent = f"#h({how.indent}pt)" if how.indent else ""
    justified = "true" if how.align == "justify" else "false"
    body = (
        f"#v({how.before}pt)#block(width: 100%, above: 0pt, below: 0pt, inset: (y: {lead / 2}pt))["
        f"#set text({_font(how.font, draft.look)}, size: {how.size}pt, fill: rgb({_quoted(how.colour)}), "
        f"tracking: {how.tracking}pt);"
        f"#set par(leading: {lead}pt, justify: {justified});#set align({_alignment(how)});"
        f"{indent}{runs}]"
    )
    underline = f"#line(length: 100%, stroke: 2pt + rgb({_quoted(RED)}))" if how.underlined else ""
    return f"{body}{underline}#v({how.after}pt)"


def _alignment(how: Setting) -> str:
    return "left" if how.align == "justify" else "center"


def _run(text: str, colour: str | None) -> str:
    """Return a highlighted run, even without a colour: Typst spaces punctuation differently beside a highlight."""
    above, below = _EM
    edges = f"top-edge: {above}em, bottom-edge: -{below}em, extent: 0pt, radius: 0pt"
    fill = f"rgb({_quoted(colour)})" if colour else "none"
    return f"#highlight(fill: {fill}, {edges})[#({_quoted(text)})]"


def _font(family: str, look: Look) -> str:
    digits = f'(name: {_quoted(look.digit_font)}, covers: regex("[{latin_letters()}]"))'
    return f"font: ({digits}, {_quoted(family)})"


def _table(draft: Draft, table: FormTable, colours: Mapping[int, str]) -> str:
    look = draft.look
    grid_line = GRID_LINES[look.rules]
    stroke = f"{grid_line.width}pt + rgb({_quoted(grid_line.colour)})" if grid_line else "none"
    columns = "".join(f"{share}fr, " for share in table.widths)
    head = table.header_rows if look.repeat_header else 0
    header: list[str] = []
    cells: list[str] = []
    for item, (row, column, cell) in enumerate(table.placed()):
        place = f"x: {column}, y: {row}, rowspan: {cell.row_span}, colspan: {cell.column_span}"
        width = sum(table.widths[column : column + cell.column_span]) * (PAGE_WIDTH - 2 * look.margin)
        content = _cell(draft, cell, place, width - 2 * CELL_PADDING, colours.get(item))
        (header if row < head else cells).append(content)
    opening = f"table.header(repeat: true, {', '.join(header)}), " if header else ""
    return (
        f"#v({TABLE_GAP}pt)#block(above: 0pt, below: 0pt, width: 100%)["
        f"#set text({_font(look.table_font, look)}, size: {look.table_size}pt);"
        f"#set par(leading: {look.table_size * (CELL_LEADING - 1)}pt, justify: false);"
        f"#table(columns: ({columns}), stroke: {stroke}, inset: (x: {CELL_PADDING}pt, y: {_INSET_POINTS}pt), "
        f"{opening}{', '.join(cells)})]#v({TABLE_GAP}pt)"
    )


def _cell(draft: Draft, cell: FormCell, place: str, width: float, colour: str | None) -> str:
    look = draft.look
    fill = colour or (look.band if banded(cell, look) else "")
    fill = f", fill: rgb({_quoted(fill)})" if fill else ""
    lines = tuple(cell.text) if stacked(cell, look) else cell.text.split("\n")
    text = "#linebreak()".join(_line(line, width, look) for line in lines)
    if cell.row_span == 1:  # rows have no least height, grids in cells do
        strut = f"box(height: {look.row_height - 2 * _INSET_POINTS}pt)"
        text = f"#grid(columns: (0pt, 1fr), align: {aligned(cell)} + horizon, {strut}, [{text}])"
    # Half of the drafts keep their rows whole; the others' are cut wherever the page ends.
    whole = ", breakable: false" if draft.seed % 2 and cell.row_span == 1 else ""
    return f"table.cell({place}{fill}{whole}, align: {aligned(cell)} + horizon)[{text}]"


def _line(line: str, width: float, look: Look) -> str:
    """Return a line in which an overlong figure breaks anywhere, as in word processors; Typst would let it stick
    out."""
    face = Face(look.table_font, look.digit_font, look.table_size)
    if not too_long(line, face, width):
        return f"#({_quoted(line)})"
    return "#linebreak()".join(f"#({_quoted(line[at.start : at.end])})" for at in wrapped(line, face, width))


def _footer(look: Look) -> str:
    """Return the page number, centred in the lower margin."""
    if not look.page_number:
        return "none"
    pieces = (
        "#context counter(page).display()" if piece == "#" else f"#({_quoted(piece)})"
        for piece in re.split("(#)", look.page_number)
    )
    return f"align(center)[#set text({_font(look.font, look)}, size: {PAGE_NUMBER_SIZE}pt);{''.join(pieces)}]"


def _quoted(text: str) -> str:
    """Return a string in Typst's language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
