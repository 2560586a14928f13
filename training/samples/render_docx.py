"""Sample -> DOCX as an office would type it: merged cells, headings numbered by hand or by the word processor."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from html import escape
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from extraction.forms.printed_form import FormCell, FormTable
from training.samples.content import SECTIONS, Sample

_WIDTH = 16.4  # cm between the margins
_NUMERAL = re.compile(r"^([一二三四五六]|\d)、")
_ABSTRACT = 90  # a numbering definition that the default template does not have
_BOX_NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def render_docx(sample: Sample) -> bytes:
    """Return the document, without the date of its making."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - _WIDTH) / 2)
    document.core_properties.created = document.core_properties.modified = datetime(2024, 1, 1, tzinfo=UTC)
    document.core_properties.author = sample.organization
    style = document.styles["Normal"]
    style.font.size = Pt(12)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), sample.word.font)
    if sample.word.numbered:
        _define_numbering(document, arabic=sample.sections["overview"].title.startswith("1"))
    _write(document, sample)
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _write(document: Any, sample: Sample) -> None:
    for text, size in ((sample.red_head, 28), (sample.document_number, 14)):
        if text:
            _centred(document, text, size, bold=False)
    for line in sample.title:
        _centred(document, line, 20, bold=True)
    for text in sample.intro:
        _paragraph(document, text)
    tables = sample.tables()
    for name in SECTIONS:
        section = sample.sections[name]
        _heading(document, section.title, numbered=sample.word.numbered)
        boxed = sample.word.text_box and name == "other"
        for text in section.paragraphs[:-1] if boxed else section.paragraphs:
            _paragraph(document, text)
        if boxed:
            document.add_paragraph().add_run()._r.append(_text_box(section.paragraphs[-1]))
        if name in tables:
            nested = sample.word.nested and name == "review_litigation"
            _table(_frame(document) if nested else document, tables[name], sample)
        for text in section.after:
            _paragraph(document, text)


def _centred(document: Any, text: str, size: int, *, bold: bool) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)


def _paragraph(document: Any, text: str) -> None:
    paragraph = document.add_paragraph(text)
    paragraph.paragraph_format.first_line_indent = Pt(24)
    paragraph.paragraph_format.space_after = Pt(0)


def _heading(document: Any, title: str, *, numbered: bool) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(_NUMERAL.sub("", title) if numbered else title).bold = True
    if numbered:
        number = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        number.get_or_add_ilvl().val, number.get_or_add_numId().val = 0, _ABSTRACT


def _define_numbering(document: Any, *, arabic: bool) -> None:
    """Define one list of chapter numerals, 一、 二、 … or 1、 2、 …, in numbering.xml."""
    style = "decimal" if arabic else "chineseCounting"
    numbering = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{_ABSTRACT}"><w:multiLevelType w:val="singleLevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:suff w:val="nothing"/>'
        '<w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
    )
    numbering.insert(0, abstract)
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{_ABSTRACT}"><w:abstractNumId w:val="{_ABSTRACT}"/></w:num>')
    )


def _frame(document: Any) -> Any:
    """Return the cell of a one-cell table, as in layout tables."""
    return document.add_table(1, 1).cell(0, 0)


def _table(parent: Any, form: FormTable, sample: Sample) -> None:
    size = len(form.rows), len(form.widths)
    table = parent.add_table(*size)
    table.style = "Table Grid"
    table.autofit = False
    for row, column, cell in form.placed():
        target = table.cell(row, column)
        if cell.row_span > 1 or cell.column_span > 1:
            target = target.merge(table.cell(row + cell.row_span - 1, column + cell.column_span - 1))
        _fill(target, cell, sample)
    for number, share in enumerate(form.widths):
        table.columns[number].width = Cm(_WIDTH * share)


def _fill(target: Any, cell: FormCell, sample: Sample) -> None:
    paragraph = target.paragraphs[0]
    if cell.kind != "label":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, line in enumerate(cell.text.split("\n")):
        run = paragraph.add_run(line)
        run.font.size = Pt(9)
        if number < cell.text.count("\n"):
            run.add_break()
    properties = target._tc.get_or_add_tcPr()
    if cell.vertical and sample.word.upright:
        direction = OxmlElement("w:textDirection")
        direction.set(qn("w:val"), "tbRlV")
        properties.append(direction)
    if cell.kind in ("title", "header") and sample.look.band:
        fill = sample.look.band.lstrip("#")
        properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'))


def _text_box(text: str) -> Any:
    """Return a drawing with the paragraph, and the same again for old word processors, as Word writes it."""
    content = f"<w:txbxContent><w:p><w:r><w:t>{escape(text, quote=False)}</w:t></w:r></w:p></w:txbxContent>"
    shape = (
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5760000" cy="1080000"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp>"
    )
    return parse_xml(
        f'<mc:AlternateContent {nsdecls("w")} {_BOX_NAMESPACES}><mc:Choice Requires="wps"><w:drawing>'
        '<wp:inline><wp:extent cx="5760000" cy="1080000"/><wp:docPr id="1" name="文本框 1"/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"{shape}</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        '<mc:Fallback><w:pict><v:shape style="width:450pt;height:85pt">'
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
    )


def _undated(package: bytes) -> bytes:
    """Return the same zip with a fixed date in every entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            dated = zipfile.ZipInfo(entry.filename, (2024, 1, 1, 0, 0, 0))
            dated.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(dated, source.read(entry))
    return out.getvalue()
