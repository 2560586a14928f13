"""Automatic numbers of paragraphs, and text that styles hide; each test shows the XML."""

from __future__ import annotations

import pytest

from tests.extraction.ingest.docx.word_xml import lines, p, packed, part, read, tbl, tc, texts, tr


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


def test_hidden_text_is_not_read() -> None:
    styles = """<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>
      <w:style w:type="paragraph" w:styleId="P"><w:basedOn w:val="Q"/></w:style>
      <w:style w:type="paragraph" w:styleId="Q"><w:basedOn w:val="P"/><w:rPr><w:vanish/></w:rPr></w:style>"""
    body = """<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>
      <w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>藏</w:t></w:r>
      <w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>见</w:t></w:r></w:p>""" + p("样式", '<w:pStyle w:val="P"/>')
    assert lines(body, styles=styles) == ["见"]


def test_malformed_numbering_is_a_warning() -> None:
    page = read(
        packed({"word/document.xml": part("document", f"<w:body>{p('甲')}</w:body>"), "word/numbering.xml": b"<"})
    )
    assert texts(page) == ["甲"]
    assert "numbers may be missing" in page.warnings[0]
