# mypy: disable-error-code="import-untyped,import-not-found"
"""Draft -> DOCX, as an office would type it: fixed line spacing, merged cells, figures in the Latin face."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from html import escape

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from extraction.forms.printed_form import FormCell, FormTable
from training.synthetic.content.draft import Draft, Key, Look, Paragraph
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
    setting,
    stacked,
    starts_page,
)

_FOOTER_POINTS = 28.0  # between the page number and the page's edge


def word_document(draft: Draft, whole_rows: bool, coloured: Mapping[Key, str] | None = None) -> bytes:
    """Return the document; with `coloured`, every run and cell on its colour.

    Without `whole_rows` rows may break over pages.
    """
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Pt(PAGE_WIDTH), Pt(PAGE_HEIGHT)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Pt(draft.look.margin)
    page.footer_distance = Pt(_FOOTER_POINTS)
    body = document.element.body
    end = body.find(qn("w:sectPr"))
    for number, part in enumerate(draft.parts):
        colours = {key.item: colour for key, colour in (coloured or {}).items() if key.part == number}
        if isinstance(part, Paragraph):
            end.addprevious(parse_xml(_declared("p", _paragraph(draft, number, part, colours))))
        else:
            for name, content in (
                ("p", _gap(starts_page(draft, number))),
                ("tbl", _table(draft, part, whole_rows, colours)),
                ("p", _gap()),
            ):
                end.addprevious(parse_xml(_declared(name, content)))
    if draft.look.page_number:
        footer = page.footer
        footer.is_linked_to_previous = False
        footer._element.append(parse_xml(_declared("p", _page_number(draft.look))))
        footer._element.remove(footer.paragraphs[0]._p)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _declared(name: str, content: str) -> str:
    return f"<w:{name} {nsdecls('w')}>{content}</w:{name}>"


def _paragraph(draft: Draft, number: int, part: Paragraph, colours: Mapping[int, str]) -> str:
    how = setting(draft, number)
    edge = (
        f'<w:pBdr><w:bottom w:val="single" w:sz="16" w:space="4" w:color="{RED[1:]}"/></w:pBdr>'
        if how.underlined
        else ""
    )
    properties = (
        f'<w:pPr><w:pageBreakBefore w:val="{int(starts_page(draft, number))}"/><w:widowControl w:val="0"/>{edge}'
        # LibreOffice 7.4 loses some punctuation at the end of justified lines unless it may hang in the margin.
        '<w:overflowPunct w:val="1"/>'
        f'<w:spacing w:before="{_twips(how.before)}" w:after="{_twips(how.after)}" '
        f'w:line="{_twips(how.size * how.leading)}" w:lineRule="exact"/>'
        f'<w:ind w:firstLine="{_twips(how.indent)}"/><w:jc w:val="{_alignment(how)}"/></w:pPr>'
    )
    runs = "".join(
        _run(run.text, how.font, draft.look.digit_font, how.size, colours.get(item, ""), how.colour, how.tracking)
        for item, run in enumerate(part.runs)
    )
    return properties + runs


def _alignment(how: Setting) -> str:
    return "both" if how.align == "justify" else how.align


def _run(
    text: str, font: str, digits: str, size: float, fill: str = "", colour: str = "#000000", tracking: float = 0
) -> str:
    lines = text.split("\n")
    content = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line, quote=False)}</w:t>' for line in lines)
    return f"<w:r>{_run_properties(font, digits, size, fill, colour, tracking)}{content}</w:r>"


def _run_properties(
    font: str, digits: str, size: float, fill: str = "", colour: str = "#000000", tracking: float = 0
) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill[1:]}"/>' if fill else ""
    return (
        f'<w:rPr><w:rFonts w:ascii="{digits}" w:hAnsi="{digits}" w:eastAsia="{font}" w:hint="eastAsia"/>'
        f'<w:color w:val="{colour[1:]}"/><w:spacing w:val="{_twips(tracking)}"/>'
        f'<w:sz w:val="{round(2 * size)}"/>{shade}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
    )


def _gap(new_page: bool = False) -> str:
    return (
        f'<w:pPr><w:pageBreakBefore w:val="{int(new_page)}"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{_twips(TABLE_GAP)}" w:lineRule="exact"/></w:pPr>'
        '<w:r><w:rPr><w:sz w:val="8"/></w:rPr></w:r>'
    )


def _page_number(look: Look) -> str:
    properties = _run_properties(look.font, look.digit_font, PAGE_NUMBER_SIZE)
    pieces = []
    for piece in re.split("(#)", look.page_number):
        if piece == "#":
            pieces.append(
                f'<w:fldSimple w:instr=" PAGE "><w:r>{properties}<w:t>1</w:t></w:r></w:fldSimple>',
            )
        elif piece:
            pieces.append(_run(piece, look.font, look.digit_font, PAGE_NUMBER_SIZE))
    return '<w:pPr><w:jc w:val="center"/></w:pPr>' + "".join(pieces)


def _table(draft: Draft, table: FormTable, whole_rows: bool, colours: Mapping[int, str]) -> str:
    look = draft.look
    total = PAGE_WIDTH - 2 * look.margin
    widths = [_twips(total * share) for share in table.widths]
    grid_line = GRID_LINES[look.rules]
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    line = (
        f'w:val="single" w:sz="{round(grid_line.width * 8)}" w:color="{grid_line.colour[1:]}"'
        if grid_line
        else 'w:val="nil"'
    )
    borders = "".join(f"<w:{edge} {line}/>" for edge in edges)
    room = {"top": 1.0, "left": CELL_PADDING, "bottom": 2.0, "right": CELL_PADDING}
    padding = "".join(f'<w:{side} w:w="{_twips(width)}" w:type="dxa"/>' for side, width in room.items())
    rows = "".join(
        _row(look, table, number, cells, widths, colours, whole_rows)
        for number, cells in enumerate(_grid(table))
        if cells
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}"
    )


def _grid(table: FormTable) -> Iterator[list[tuple[int, FormCell, bool, int]]]:
    """Yield for each row, from left to right: the column, the cell there, whether it starts in this row, its index."""
    rows: list[list[tuple[int, FormCell, bool, int]]] = [[] for _ in table.rows]
    for item, (row, column, cell) in enumerate(table.placed()):
        for covered in range(row, min(row + cell.row_span, len(rows))):
            rows[covered].append((column, cell, covered == row, item))
    for cells in rows:
        yield sorted(cells, key=lambda c: c[0])


def _row(
    look: Look,
    table: FormTable,
    number: int,
    cells: list[tuple[int, FormCell, bool, int]],
    widths: list[int],
    colours: Mapping[int, str],
    whole: bool,
) -> str:
    head = '<w:tblHeader w:val="1"/>' if look.repeat_header and number < table.header_rows else ""
    height = f'<w:trHeight w:val="{_twips(look.row_height)}" w:hRule="atLeast"/>'
    content = "".join(
        _cell(look, cell, starts, sum(widths[column : column + cell.column_span]), colours.get(item, ""))
        for column, cell, starts, item in cells
    )
    return f'<w:tr><w:trPr><w:cantSplit w:val="{int(whole)}"/>{height}{head}</w:trPr>{content}</w:tr>'


def _cell(look: Look, cell: FormCell, starts: bool, width: int, colour: str) -> str:
    fill = colour or (look.band if banded(cell, look) else "")
    span = f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
    merging = "restart" if starts else "continue"
    merge = f'<w:vMerge w:val="{merging}"/>' if cell.row_span > 1 else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill[1:]}"/>' if fill else ""
    text = "\n".join(cell.text) if stacked(cell, look) else cell.text
    run = _run(text, look.table_font, look.digit_font, look.table_size) if starts and text else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:widowControl w:val="0"/><w:spacing w:before="0" w:after="0" '
        f'w:line="{_twips(look.table_size * CELL_LEADING)}" w:lineRule="exact"/><w:jc w:val="{aligned(cell)}"/>'
        f"</w:pPr>{run}</w:p></w:tc>"
    )


def _twips(points: float) -> int:
    return round(points * 20)
