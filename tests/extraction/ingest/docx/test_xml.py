"""Elements of WordprocessingML: wrappers, alternatives, text boxes and symbols; each test shows the XML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from extraction.ingest.docx.xml import find_child, flatten, local_name, plain_text, switch, whole_number
from tests.extraction.ingest.docx.word_xml import NAMESPACES, STRICT, W, lines, p, tbl, tc, tr

BOX = "<w:txbxContent>{}</w:txbxContent>"


def test_wrappers_are_read_through() -> None:
    body = """<w:sdt><w:sdtPr/><w:sdtContent><w:p>
        <w:hyperlink><w:r><w:t>甲</w:t></w:r></w:hyperlink>
        <w:smartTag><w:r><w:t>乙</w:t></w:r></w:smartTag>
        <w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent><w:r><w:t>丙</w:t></w:r></w:sdtContent></w:sdt>
        <w:fldSimple w:instr="DATE"><w:r><w:t>丁</w:t></w:r></w:fldSimple></w:p></w:sdtContent></w:sdt>"""
    assert lines(body) == ["甲乙丙丁"]


def test_tracked_changes_read_as_accepted() -> None:
    body = """<w:p><w:r><w:t>收到</w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>
      <w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>
      <w:moveTo><w:r><w:t>件</w:t></w:r></w:moveTo></w:p>"""
    assert lines(body) == ["收到5件"]


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


def test_ruby_reads_its_base_and_symbols_where_they_are_known() -> None:
    body = """<w:p><w:r><w:ruby><w:rt><w:r><w:t>guī</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>规</w:t></w:r></w:rubyBase>
      </w:ruby></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Odd" w:char="F041"/></w:r></w:p>"""
    assert lines(body) == ["规☑"]


@pytest.mark.parametrize("namespace", [W, STRICT])
def test_names_are_alike_in_both_namespaces_and_wrappers_go_with_their_properties_left(namespace: str) -> None:
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('甲')}</w:sdtContent></w:sdt>"
    root = etree.fromstring(f'<w:body xmlns:w="{namespace}" {NAMESPACES}>{wrapped}</w:body>')
    flatten(root)
    assert [local_name(child) for child in root] == ["sdtPr", "p"]
    assert find_child(root, "p", "r", "t") is not None
    assert find_child(root, "tbl", "tr") is None


def test_of_alternatives_the_first_with_text_is_kept() -> None:
    def branches(choice: str, fallback: str) -> str:
        inside = f"<mc:Choice>{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>"
        return f"<mc:AlternateContent>{inside}</mc:AlternateContent>"

    for content, kept in ((branches(p("甲"), p("乙")), "甲"), (branches("", p("乙")), "乙"), (branches("", ""), "")):
        root = etree.fromstring(f'<w:body xmlns:w="{W}" {NAMESPACES}>{branches(content, "")}</w:body>')
        flatten(root)
        assert plain_text(root) == kept


@pytest.mark.parametrize(("value", "on"), [("", True), ("1", True), ("off", False), ("0", False), ("FALSE", False)])
def test_switches(value: str, on: bool) -> None:
    properties = etree.fromstring(f'<w:rPr xmlns:w="{W}"><w:vanish w:val="{value}"/></w:rPr>')
    assert switch(properties, "vanish") is on
    assert switch(properties, "hidden") is None


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_of_up_to_nine_digits(number: int) -> None:
    assert whole_number(str(number), 7) == (number if abs(number) < 10**9 else 7)
    assert whole_number(f" {number}", 7) == whole_number(None, 7) == 7
