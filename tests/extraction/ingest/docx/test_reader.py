"""Each test shows its input: a document built by python-docx, or the XML that Word writes for the point in question."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import docx
import pytest

from extraction.document import Cell, Page, RegionKind
from extraction.errors import DamagedFile, EmptyFile, EncryptedFile, InputError, TooLarge, UnsupportedFormat
from extraction.ingest.docx.reader import read_docx
from extraction.settings import IngestSettings

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def part(tag: str, inside: str, namespace: str = W) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{tag} xmlns:w="{namespace}" {NAMESPACES}>{inside}</w:{tag}>'.encode()
    )


def packed(parts: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def document(body: str, numbering: str = "", styles: str = "", namespace: str = W) -> bytes:
    return packed(
        {
            "word/document.xml": part("document", f"<w:body>{body}<w:sectPr/></w:body>", namespace),
            "word/numbering.xml": part("numbering", numbering, namespace),
            "word/styles.xml": part("styles", styles, namespace),
        }
    )


def read(data: bytes) -> Page:
    return read_docx(data, IngestSettings())


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(content: str, properties: str = "") -> str:
    inside = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def texts(page: Page) -> list[str]:
    """Every region's text; a table as its cells in brackets."""
    return ["[" + "|".join(c.text for c in r.table.cells) + "]" if r.table else r.text for r in page.regions]


def lines(body: str, numbering: str = "", styles: str = "") -> list[str]:
    return texts(read(document(body, numbering, styles)))


def cells(*rows: str) -> list[Cell]:
    (region,) = read(document(tbl(*rows))).regions
    assert region.table is not None
    return list(region.table.cells)


# ---- order and text


def test_document_made_by_python_docx() -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.sections[0].footer.paragraphs[0].text = "- 4 -"
    made.add_heading("某局2023年度报告", level=1)
    made.add_paragraph("　　一、总体情况　")
    table = made.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "规章"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "件数"
    table.cell(1, 1).text = "3"
    table.cell(1, 2).text = ""
    made.add_paragraph("注：无")
    target = BytesIO()
    made.save(target)

    page = read(target.getvalue())

    assert (page.number, page.width, page.height, page.raster) == (None, None, None, None)
    assert texts(page) == ["某局2023年度报告", "一、总体情况", "[规章|件数|3|]", "注：无"]
    assert [r.kind for r in page.regions] == [RegionKind.TEXT, RegionKind.TEXT, RegionKind.TABLE, RegionKind.TEXT]
    table_read = page.regions[2].table
    assert table_read is not None
    assert table_read.aligned
    assert table_read.cells == (Cell(0, 0, "规章", 2), Cell(0, 1, "件数", 1, 2), Cell(1, 1, "3"), Cell(1, 2, ""))


def test_line_breaks_end_lines_and_marks_are_read() -> None:
    body = """<w:p><w:r><w:t>一、总体</w:t><w:tab/><w:t>情况</w:t><w:br/><w:t>　正文</w:t><w:noBreakHyphen/>
      <w:t>甲</w:t><w:softHyphen/><w:t>乙</w:t></w:r></w:p>"""
    assert lines(body) == ["一、总体\t情况", "正文-甲-乙"]


def test_tracked_changes_read_as_accepted() -> None:
    body = """<w:p><w:r><w:t>收到</w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>
      <w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>
      <w:moveTo><w:r><w:t>件</w:t></w:r></w:moveTo></w:p>"""
    assert lines(body) == ["收到5件"]


def test_wrappers_are_read_through() -> None:
    body = """<w:sdt><w:sdtPr/><w:sdtContent><w:p>
        <w:hyperlink><w:r><w:t>甲</w:t></w:r></w:hyperlink>
        <w:smartTag><w:r><w:t>乙</w:t></w:r></w:smartTag>
        <w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent><w:r><w:t>丙</w:t></w:r></w:sdtContent></w:sdt>
        <w:fldSimple w:instr="DATE"><w:r><w:t>丁</w:t></w:r></w:fldSimple></w:p></w:sdtContent></w:sdt>"""
    assert lines(body) == ["甲乙丙丁"]


def test_field_codes_do_not_print() -> None:
    body = """<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1 </w:instrText><w:t>码</w:t></w:r>
      <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r>
      <w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>件</w:t></w:r></w:p>
      <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p><w:p><w:r><w:t>后</w:t></w:r></w:p>"""
    assert lines(body) == ["12件", "后"]


def test_hidden_text_is_not_read() -> None:
    styles = """<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>
      <w:style w:type="paragraph" w:styleId="P"><w:basedOn w:val="Q"/></w:style>
      <w:style w:type="paragraph" w:styleId="Q"><w:basedOn w:val="P"/><w:rPr><w:vanish/></w:rPr></w:style>"""
    body = """<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>
      <w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>藏</w:t></w:r>
      <w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>见</w:t></w:r></w:p>""" + p("样式", '<w:pStyle w:val="P"/>')
    assert lines(body, styles=styles) == ["见"]


def test_ruby_reads_its_base_and_symbols_where_they_are_known() -> None:
    body = """<w:p><w:r><w:ruby><w:rt><w:r><w:t>guī</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>规</w:t></w:r></w:rubyBase>
      </w:ruby></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Odd" w:char="F041"/></w:r></w:p>"""
    assert lines(body) == ["规☑"]


BOX = "<w:txbxContent>{}</w:txbxContent>"


def test_text_boxes_follow_their_paragraph_and_are_read_once() -> None:
    inside = BOX.format(p("框内") + tbl(tr(tc("甲"), tc("1"))))
    body = f"""<w:p><w:r><w:t>锚</w:t>
      <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx>
      </w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback>
      </mc:AlternateContent><w:t>后</w:t></w:r></w:p>""" + p("下一段")
    assert lines(body) == ["锚后", "框内", "[甲|1]", "下一段"]


def test_vml_text_box_alone() -> None:
    body = f"<w:p><w:r><w:pict><v:textbox>{BOX.format(p('框内'))}</v:textbox></w:pict></w:r></w:p>"
    assert lines(body) == ["框内"]


def test_strict_namespace_and_other_part_names() -> None:
    data = packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
            ' Target="/Word/Main.xml"/></Relationships>'.encode(),
            "word\\main.xml": part("document", f"<w:body>{p('正文')}</w:body>", STRICT),
        }
    )
    assert texts(read(data)) == ["正文"]


# ---- tables


def test_spans_merges_and_indented_rows() -> None:
    got = cells(
        tr(tc("甲", '<w:vMerge w:val="restart"/>'), tc("乙", '<w:gridSpan w:val="2"/>')),
        tr(tc("藏", "<w:vMerge/>"), tc("1"), tc("2")),
        tr(tc("3"), properties='<w:gridBefore w:val="2"/>'),
    )
    assert got == [Cell(0, 0, "甲", 2), Cell(0, 1, "乙", 1, 2), Cell(1, 1, "1"), Cell(1, 2, "2"), Cell(2, 2, "3")]


def test_merge_without_a_start_or_of_other_width_keeps_its_text() -> None:
    got = cells(
        tr(tc("甲", '<w:vMerge w:val="continue"/>'), tc("乙", '<w:vMerge w:val="restart"/>')),
        tr(tc("丙"), tc("丁", '<w:vMerge/><w:gridSpan w:val="2"/>')),
    )
    assert got == [Cell(0, 0, "甲"), Cell(0, 1, "乙"), Cell(1, 0, "丙"), Cell(1, 1, "丁", 1, 2)]


def test_ragged_rows_horizontal_merge_and_deleted_rows() -> None:
    got = cells(
        tr(tc("甲", '<w:hMerge w:val="restart"/>'), tc("", "<w:hMerge/>"), tc("乙")),
        tr(),
        tr(tc("删"), properties="<w:del/>"),
        tr(tc("1")),
    )
    assert got == [Cell(0, 0, "甲", 1, 2), Cell(0, 2, "乙"), Cell(2, 0, "1")]


def test_cell_text_joins_its_paragraphs() -> None:
    content = p("　本年新") + p("") + "<w:p><w:r><w:t>制作</w:t><w:br/><w:t>数 量 </w:t></w:r></w:p>"
    assert cells(tr(tc(content), tc("1"))) == [Cell(0, 0, "本年新\n制作\n数 量"), Cell(0, 1, "1")]


def test_layout_table_is_unfolded() -> None:
    inner = tbl(tr(tc("规章"), tc("1")), tr(tc("许可"), tc("2")))
    assert lines(tbl(tr(tc(p("一、总体情况") + inner + p("注"))))) == ["一、总体情况", "[规章|1|许可|2]", "注"]


def test_table_inside_a_data_cell_is_that_cells_text() -> None:
    inner = tbl(tr(tc("其中"), tc("9")))
    body = tbl(tr(tc("规章"), tc("1"), tc("2")), tr(tc("许可"), tc("3"), tc(p("4") + inner)))
    assert lines(body) == ["[规章|1|2|许可|3|4\n其中\n9]"]


def test_absurd_spans_are_too_large() -> None:
    row = tr(*[tc("1", '<w:gridSpan w:val="999999999"/>')] * 1001)
    with pytest.raises(TooLarge, match="cells"):
        cells(row)


# ---- automatic numbers


def level(depth: int, style: str, text: str, more: str = "") -> str:
    inside = f'<w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{inside}</w:lvl>'


def numbering(*levels: str, overrides: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{overrides}</w:num>'
    )


def numbered(text: str, depth: int = 0, number: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def test_numbers_print_and_restart_under_each_heading() -> None:
    lists = numbering(level(0, "chineseCounting", "%1、"), level(1, "chineseCountingThousand", "（%2）"))
    body = numbered("总体情况") + numbered("甲", 1) + numbered("乙", 1) + numbered("主动公开") + numbered("丙", 1)
    assert lines(body, lists) == ["一、总体情况", "（一）甲", "（二）乙", "二、主动公开", "（一）丙"]


@pytest.mark.parametrize(
    ("style", "third", "twelfth"),
    [
        ("chineseCounting", "三", "十二"),
        ("chineseCountingThousand", "三", "十二"),
        ("ideographDigital", "三", "一二"),
        ("japaneseCounting", "三", "十二"),
        ("decimal", "3", "12"),
        ("decimalEnclosedCircle", "③", "⑫"),
        ("upperRoman", "III", "XII"),
        ("lowerRoman", "iii", "xii"),
        ("upperLetter", "C", "L"),
        ("lowerLetter", "c", "l"),
        ("decimalFullWidth", "３", "１２"),
        ("decimalZero", "03", "12"),
        ("none", "", ""),
    ],
)
def test_number_formats(style: str, third: str, twelfth: str) -> None:
    got = lines("".join(numbered("件") for _ in range(12)), numbering(level(0, style, "%1、")))
    assert (got[2], got[11]) == (f"{third}、件", f"{twelfth}、件")


def test_bullets_print_nothing_and_cells_are_numbered_too() -> None:
    lists = numbering(level(0, "decimal", "%1."), level(1, "bullet", "\uf0b7"))
    body = tbl(tr(tc(numbered("")), tc("甲")), tr(tc(numbered("")), tc(numbered("乙", 1))))
    assert lines(body, lists) == ["[1.|甲|2.|乙]"]


def test_a_number_without_punctuation_stays_apart_from_digits() -> None:
    lists = numbering(level(0, "decimal", "%1"), level(1, "decimal", "%2", '<w:suff w:val="nothing"/>'))
    assert lines(numbered("5件") + numbered("甲", 1), lists) == ["1 5件", "1甲"]


def test_nested_and_legal_numbers() -> None:
    legal = level(1, "decimal", "%1.%2、", "<w:isLgl/>")
    body = numbered("甲") + numbered("乙", 1) + numbered("丙", 1)
    assert lines(body, numbering(level(0, "chineseCounting", "%1、"), legal)) == ["一、甲", "1.1、乙", "1.2、丙"]


def test_overrides_restart_and_change_levels() -> None:
    first = level(0, "decimal", "%1、")
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    body = numbered("甲") + numbered("乙") + numbered("丙", number=2) + numbered("丁", number=2)
    assert lines(body, numbering(first, overrides=start)) == ["1、甲", "2、乙", "5、丙", "6、丁"]
    changed = f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1）")}</w:lvlOverride>'
    assert lines(body, numbering(first, overrides=changed)) == ["1、甲", "2、乙", "C）丙", "D）丁"]


def test_numbering_through_based_on_styles() -> None:
    lists = numbering(
        level(0, "chineseCounting", "%1、", '<w:pStyle w:val="One"/>'),
        level(1, "decimal", "%2、", '<w:pStyle w:val="Two"/>'),
    )
    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = f"""<w:style w:type="paragraph" w:styleId="One">{number}</w:style>
      <w:style w:type="paragraph" w:styleId="Two">{number}</w:style>
      <w:style w:type="paragraph" w:styleId="Child"><w:basedOn w:val="One"/></w:style>"""
    body = "".join(p(text, f'<w:pStyle w:val="{name}"/>') for text, name in [("甲", "Child"), ("乙", "Two")])
    off = p("丙", '<w:pStyle w:val="One"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert lines(body + off + p("丁", '<w:pStyle w:val="One"/>'), lists, styles) == ["一、甲", "1、乙", "丙", "二、丁"]


def test_a_deleted_paragraph_takes_its_number_along() -> None:
    gone = """<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>
      <w:del><w:r><w:delText>甲</w:delText></w:r></w:del></w:p>"""
    assert lines(gone + numbered("乙"), numbering(level(0, "decimal", "%1、"))) == ["1、乙"]


# ---- damage and hostile input


def test_empty_document() -> None:
    with pytest.raises(EmptyFile, match="no text"):
        read(document(p(" 　") + tbl(tr(tc(""), tc("")))))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", document(p("甲"))[:-40]])
def test_a_broken_zip_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile, match="zip"):
        read(data)


def test_flipped_bytes_in_the_main_part_are_damage() -> None:
    data = bytearray(document(p("甲" * 2000)))
    data[60:70] = b"\xff" * 10
    with pytest.raises(DamagedFile):
        read(bytes(data))


def test_missing_and_malformed_main_part() -> None:
    with pytest.raises(DamagedFile, match="no document part"):
        read(packed({"word/other.xml": b"<a/>"}))
    with pytest.raises(DamagedFile, match="not well-formed"):
        read(packed({"word/document.xml": b"<w:document>"}))


def test_malformed_numbering_is_a_warning() -> None:
    page = read(
        packed({"word/document.xml": part("document", f"<w:body>{p('甲')}</w:body>"), "word/numbering.xml": b"<"})
    )
    assert texts(page) == ["甲"]
    assert "numbers may be missing" in page.warnings[0]


def ole(stream: str) -> bytes:
    return bytes.fromhex("D0CF11E0A1B11AE1") + bytes(1016) + stream.encode("utf-16-le") + bytes(100)


@pytest.mark.parametrize(
    ("data", "error", "advice"),
    [
        (ole("EncryptedPackage"), EncryptedFile, "without a password"),
        (ole("WordDocument"), UnsupportedFormat, r"save as \.docx"),
        (ole("Workbook"), UnsupportedFormat, "no Word document"),
        (packed({"xl/workbook.xml": b"<a/>"}), UnsupportedFormat, "spreadsheet"),
        (packed({"ppt/presentation.xml": b"<a/>"}), UnsupportedFormat, "presentation"),
        (packed({"mimetype": b"x", "content.xml": b"<a/>"}), UnsupportedFormat, "OpenDocument"),
    ],
)
def test_other_files_say_what_to_do(data: bytes, error: type[InputError], advice: str) -> None:
    with pytest.raises(error, match=advice):
        read(data)


def test_an_encrypted_member() -> None:
    data = bytearray(document(p("甲")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    with pytest.raises(EncryptedFile, match="without a password"):
        read(bytes(data))


def test_zip_bombs_are_refused_by_declared_and_by_real_size() -> None:
    settings = IngestSettings(max_unpacked_bytes=100_000)
    data = document(p("甲" * 100_000))
    with pytest.raises(TooLarge, match="max_unpacked_bytes"):
        read_docx(data, settings)
    lying = bytearray(data)
    struct.pack_into("<I", lying, lying.index(b"PK\x01\x02") + 24, 100)  # the directory's size of document.xml
    with pytest.raises(InputError):
        read_docx(bytes(lying), settings)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d SYSTEM "http://localhost:1/d.dtd" [<!ENTITY b "x">]>',
    ],
)
def test_document_types_and_entities_are_refused(declaration: str) -> None:
    xml = f'{declaration}<w:document xmlns:w="{W}"><w:body>{p("&b;")}</w:body></w:document>'
    with pytest.raises(DamagedFile):
        read(packed({"word/document.xml": xml.encode()}))


def test_deep_nesting_is_damage_not_a_crash() -> None:
    body = "<w:p><w:r><w:t>甲</w:t></w:r></w:p>"
    for _ in range(600):
        body = tbl(tr(f"<w:tc>{body}</w:tc>"))
    with pytest.raises(DamagedFile):
        read(document(body))
    with pytest.raises(DamagedFile):
        read(document("<w:sdt>" * 1900 + "</w:sdt>" * 1900))


def test_altchunk_is_a_warning() -> None:
    assert "altChunk" in read(document(p("甲") + "<w:altChunk/>")).warnings[0]
