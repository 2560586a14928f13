"""Each test shows its input: a page as a string, and what a person reads on it."""

from __future__ import annotations

import pytest

from extraction.document import Cell, RegionKind
from extraction.errors import DamagedFile, EmptyFile, TooLarge
from extraction.ingest.html.charset import decode
from extraction.ingest.html.reader import read_html
from extraction.settings import IngestSettings
from tests.extraction.ingest.html.web_pages import lines, read, shown


def cells(table: str) -> list[Cell]:
    (region,) = read(f"<table>{table}</table>").regions
    assert region.table is not None
    return list(region.table.cells)


# ---- charset

CHINESE = "政府信息公开工作年度报告，镕𠮷"


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("gb18030", '<meta charset="gb2312">'),
        ("gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=gbk">'),
        ("gb18030", ""),
        ("gb18030", '<meta charset="utf-8">'),
        ("gb18030", '<meta charset="iso-8859-1">'),
        ("gb18030", f'<!-- <meta charset="utf-8"> {"x" * 1000} --><META CHARSET=GB2312>'),
        ("utf-8", '<meta charset="utf-8">'),
        ("utf-8", ""),
        ("utf-8", '<meta charset="gb2312">'),
        ("utf-8-sig", '<meta charset="gb2312">'),
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-16-be", ""),
    ],
)
def test_charset_is_found(codec: str, declared: str) -> None:
    page = f"<html><head>{declared}</head><body><p>{CHINESE}</p></body></html>".encode(codec)
    assert shown(read(page)) == [CHINESE]


def test_big5_is_read_as_declared() -> None:
    page = '<meta charset="big5"><p>政府資訊公開</p>'.encode("big5")
    assert shown(read(page)) == ["政府資訊公開"]


def test_short_gbk_that_happens_to_be_utf8_is_read_as_declared() -> None:
    assert decode('<meta charset="gbk">联通'.encode("gbk")).endswith("联通")


def test_a_few_broken_bytes_do_not_change_the_charset() -> None:
    page = read(f'<meta charset="utf-8"><p>{CHINESE}'.encode() + b"\xff</p>")
    assert shown(page) == [CHINESE + "\ufffd"]
    assert "could not be decoded" in page.warnings[0]


# ---- text


def test_blocks_and_breaks_make_paragraphs() -> None:
    page = """<h1>某局2021年<br>年度报告</h1><div>&nbsp;&nbsp;　一、总体
      情况<p>甲<b>乙</b>&nbsp;丙  丁</p>戊</div>己"""
    assert lines(page) == ["某局2021年", "年度报告", "一、总体情况", "甲乙 丙 丁", "戊", "己"]


def test_regions_have_no_page_and_one_span() -> None:
    page = read("<p>甲</p><table><tr><td>1<td>2</table>")
    assert (page.number, page.width, page.height) == (None, None, None)
    assert [r.kind for r in page.regions] == [RegionKind.TEXT, RegionKind.TABLE]
    assert len(page.regions[0].spans) == 1
    assert page.regions[1].table is not None
    assert page.regions[1].table.aligned


def test_preformatted_text_keeps_lines_and_spaces() -> None:
    assert lines("<pre>甲  1\n乙  2</pre><p style='white-space: pre-wrap'>丙\n丁</p>") == ["甲  1", "乙  2", "丙", "丁"]


def test_lists_print_their_markers() -> None:
    page = """<ol><li>甲<li><p>乙</p><li value=7>丙</ol><ol start=3 type=a><li>丁</ol><ul><li>戊</ul>
      <ol style="list-style-type: cjk-ideographic"><li>总体情况<ol type=I><li>己</ol></ol>
      <ol style="list-style:none"><li>庚</ol><ol><li></li></ol>辛"""
    assert lines(page) == ["1. 甲", "2. 乙", "7. 丙", "c. 丁", "戊", "一、总体情况", "I. 己", "庚", "辛"]


def test_word_export() -> None:
    page = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><!--[if gte mso 9]><xml>x</xml><![endif]-->
      <style><!-- p.MsoNormal {} --></style></head><body lang=ZH-CN><div class=WordSection1>
      <p class=MsoNormal style='mso-list:l0 level1'><![if !supportLists]><span style='mso-list:Ignore'>一、<span
      style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>总体<o:p></o:p>情况</p>
      <p class=MsoNormal><span style='mso-hide:all;display:none'>藏</span><o:p>&nbsp;</o:p></p>
      <div style='mso-element:header'><p>页眉</p></div></div>"""
    assert lines(page) == ["一、总体情况"]


def test_web_archive() -> None:
    page = (
        b'From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b'--b\r\nContent-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        b"<p>=D5=FE=B8=AE</p>\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    )
    assert shown(read(page)) == ["政府"]
    with pytest.raises(DamagedFile, match="no HTML"):
        read(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nx")


# ---- tables


def test_spans_and_missing_end_tags() -> None:
    got = cells("<caption></caption><tr><th rowspan=2>甲<th colspan=' 2px'>乙<tr><td>1<br>注<td>2")
    assert got == [Cell(0, 0, "甲", 2), Cell(0, 1, "乙", 1, 2), Cell(1, 1, "1\n注"), Cell(1, 2, "2")]


def test_rowspan_zero_and_too_long_end_with_their_group() -> None:
    got = cells("<tbody><tr><td rowspan=0>甲<td rowspan=99>乙<td>1<tr><td>2<tbody><tr><td>3<td>4")
    assert got == [
        Cell(0, 0, "甲", 2),
        Cell(0, 1, "乙", 2),
        Cell(0, 2, "1"),
        Cell(1, 2, "2"),
        Cell(2, 0, "3"),
        Cell(2, 1, "4"),
    ]


def test_a_wide_cell_ends_where_another_hangs_down() -> None:
    got = cells("<tr><td>1<td rowspan=2>甲<td>2<tr><td colspan=3>宽<td>3")
    assert got == [Cell(0, 0, "1"), Cell(0, 1, "甲", 2), Cell(0, 2, "2"), Cell(1, 0, "宽"), Cell(1, 2, "3")]


def test_head_prints_first_and_foot_last() -> None:
    page = (
        "<table><tfoot><tr><td>总计<td>3</tfoot><tbody><tr><td>甲<td>1</tbody><thead><tr><th>项<th>数</thead></table>"
    )
    assert lines(page) == ["[项|数|甲|1|总计|3]"]


def test_caption_and_hidden_rows() -> None:
    page = "<table><caption>表一</caption><tr style='display:none'><td>x<tr><td>甲<td>&nbsp;<td>　1　</table>"
    assert lines(page) == ["表一", "[甲||1]"]


def test_wrong_spans_are_one() -> None:
    big = "9" * 5000
    assert [c.column_span for c in cells("<tr><td colspan=0>甲<td colspan=x>乙<td colspan=-2>丙")] == [1, 1, 1]
    assert [c.column_span for c in cells(f"<tr><td colspan={big}>甲<td rowspan={big}>乙")] == [1000, 1]


def test_paragraphs_in_a_cell_are_its_lines() -> None:
    assert lines("<table><tr><td><p>&nbsp;本年新</p><p>收\n数</p><p>&nbsp;</p><td><div>1</div></table>") == [
        "[本年新\n收数|1]"
    ]


def test_a_table_inside_a_data_cell_is_that_cells_text() -> None:
    page = "<table><tr><td>规章<td>1<td>2<tr><td>许可<td>3<td>4<table><tr><td>其中<td>9</table></table>"
    assert lines(page) == ["[规章|1|2|许可|3|4\n其中\n9]"]


# ---- limits


@pytest.mark.parametrize("page", ["", "<title>题</title>", "<p>&nbsp;　</p><table><tr><td></table>", "<!-- x -->"])
def test_a_page_without_text_is_empty(page: str) -> None:
    with pytest.raises(EmptyFile, match="no text"):
        read(page)


def test_a_huge_grid_is_too_large() -> None:
    with pytest.raises(TooLarge, match="cells"):
        read("<table>" + "<tr><td colspan=1000 rowspan=0>1<td>2" * 2000 + "</table>")
    with pytest.raises(TooLarge, match="max_bytes"):
        read_html(b"<p>1234567890", IngestSettings(max_bytes=10))
