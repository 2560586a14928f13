"""Each test shows its input: a page as a string, and what a person reads on it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Cell, Page, RegionKind
from extraction.errors import DamagedFile, EmptyFile, TooLarge
from extraction.ingest.flow import Printed, SlotBudget, lay_out
from extraction.ingest.html.charset import decode
from extraction.ingest.html.reader import read_html
from extraction.settings import IngestSettings

PROSE = "本机关按照条例要求推进政府信息公开工作，全年主动公开信息若干条。" * 4


def read(page: str | bytes) -> Page:
    return read_html(page.encode() if isinstance(page, str) else page, IngestSettings())


def shown(page: Page) -> list[str]:
    """The regions that are not furniture; a table as its cells in brackets."""
    kept = [r for r in page.regions if r.kind is not RegionKind.FURNITURE]
    return ["[" + "|".join(c.text for c in r.table.cells) + "]" if r.table else r.text for r in kept]


def furniture(page: str) -> list[str]:
    return [s.text for r in read(page).regions if r.kind is RegionKind.FURNITURE for s in r.spans]


def lines(page: str) -> list[str]:
    return shown(read(page))


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


def test_what_does_not_show_is_not_read() -> None:
    page = """<title>题</title><style>p{}</style><script>"<p>x"</script><noscript>x</noscript><template><p>x</template>
      <!-- x --><p style="display: none">x</p><p hidden>x</p><div style="visibility:hidden !important">x<p>x</div>
      <p>甲<ruby>规<rp>(<rt>guī<rp>)</ruby>章&shy;乙</p><select><option>x</select><textarea>x</textarea>"""
    assert lines(page) == ["甲规章乙"]


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


def test_layout_tables_are_unfolded_in_order() -> None:
    page = f"""<table><tr><td colspan=2>某市政府网<tr><td width=100>左<td>
      <table><tr><td>索引号<td>000/2021<tr><td>发布日期<td>2022年1月</table>
      <p>一、总体情况</p><p>{PROSE}</p>
      <table><tr><td>规章<td>1<td>2<tr><td>许可<td>3<td>4</table><p>注：无</p></table>"""
    assert lines(page) == [
        "某市政府网",
        "左",
        "[索引号|000/2021|发布日期|2022年1月]",
        "一、总体情况",
        PROSE,
        "[规章|1|2|许可|3|4]",
        "注：无",
    ]


def test_a_leaf_table_of_running_text_is_unfolded() -> None:
    page = f"<table><tr><td>标题<td>x<tr><td colspan=2><p>{PROSE}</p><p>{PROSE}</p></table>"
    assert lines(page) == ["标题", "x", PROSE, PROSE]


def test_a_table_with_its_heading_as_first_row_stays_a_table() -> None:
    page = "<table><tr><td colspan=3>二、主动公开政府信息情况<tr><td>规章<td>0<td>1<tr><td>许可<td>3<td>4</table>"
    assert lines(page) == ["[二、主动公开政府信息情况|规章|0|1|许可|3|4]"]


def test_a_table_inside_a_data_cell_is_that_cells_text() -> None:
    page = "<table><tr><td>规章<td>1<td>2<tr><td>许可<td>3<td>4<table><tr><td>其中<td>9</table></table>"
    assert lines(page) == ["[规章|1|2|许可|3|4\n其中\n9]"]


spans = st.sampled_from([0, 1, 1, 1, 2, 3, 7, 65534])
printed = st.builds(Printed, st.just("x"), spans, spans.map(lambda n: max(1, min(n, 40))))
groups = st.lists(st.lists(st.lists(printed, max_size=6), max_size=5), max_size=3)


@given(groups)
def test_layout_never_overlaps_and_keeps_every_cell(given_groups: list[list[list[Printed]]]) -> None:
    named = [
        [[c._replace(text=f"{g}.{r}.{i}") for i, c in enumerate(row)] for r, row in enumerate(group)]
        for g, group in enumerate(given_groups)
    ]
    got = lay_out(named, SlotBudget()).cells
    slots = [
        (r, c)
        for cell in got
        for r in range(cell.row, cell.row + cell.row_span)
        for c in range(cell.column, cell.column + cell.column_span)
    ]
    assert len(slots) == len(set(slots))
    assert [c.text for c in got] == [c.text for group in named for row in group for c in row]
    assert [(c.row, c.column) for c in got] == sorted((c.row, c.column) for c in got)
    tops = [(top, cell) for top, row in enumerate(r for group in named for r in group) for cell in row]
    assert [c.row for c in got] == [top for top, _ in tops]
    assert all(c.column_span <= cell.column_span for c, (_, cell) in zip(got, tops, strict=True))


# ---- furniture


@pytest.mark.parametrize(
    "page",
    [
        "<nav><p>首页</p></nav><p>正文",
        "<div class='top-nav'>首页</div><p>正文",
        "<div role=navigation>首页</div><p>正文",
        "<footer>首页</footer><p>正文",
        "<ul><li><a href=1>首</a><li><a href=2>页</a><li><a href=3>。</a></ul><p>正文",
        "<table><tr><td><a href=1>首</a><td><a href=2>页</a><td><a href=3>。</a></table><p>正文",
        "<p>您现在的位置：首页 > 政务公开</p><p>正文",
        "<p>【字体：大 中 小】</p><p>正文",
    ],
)
def test_navigation_is_furniture(page: str) -> None:
    assert lines(page) == ["正文"]
    assert furniture(page)


@pytest.mark.parametrize(
    "page",
    [
        "<header><h1>正文</h1></header>",
        "<article><header>正文</header></article>",
        "<div class=menu><table><tr><td>1<td>2<tr><td>3<td>4</table></div>",
        f"<div id=nav><p>{PROSE}</p></div>",
        f"<aside>{'表格填报说明，' * 60}</aside>",
        "<p><a href=1>一、总体情况</a></p>",
        "<p><a name=a>一</a><a name=b>、</a><a name=c>总体情况</a></p>",
        "<p>所在位置优越，交通便利</p>",
    ],
)
def test_parts_of_a_report_are_not_furniture(page: str) -> None:
    assert furniture(page) == []
    assert lines(page)


def test_the_index_table_stays() -> None:
    page = "<div class=xxgk><table><tr><td>索引号：<td>11/2022<tr><td>文号：<td>无</table></div><p>正文"
    assert lines(page) == ["[索引号：|11/2022|文号：|无]", "正文"]


# ---- limits


@pytest.mark.parametrize("page", ["", "<title>题</title>", "<p>&nbsp;　</p><table><tr><td></table>", "<!-- x -->"])
def test_a_page_without_text_is_empty(page: str) -> None:
    with pytest.raises(EmptyFile, match="no text"):
        read(page)


def test_deep_nesting_is_refused_quickly() -> None:
    start = time.perf_counter()
    with pytest.raises(DamagedFile, match="nests"):
        read("<div>" * 100_000 + "甲")
    with pytest.raises(DamagedFile, match="nests"):
        read("<table><tr><td>" * 100_000 + "甲")
    with pytest.raises(DamagedFile, match="open"):
        read("".join(f"<b id={n}>" for n in range(1000)) + "<p>甲" * 100_000)
    assert time.perf_counter() - start < 20


def test_nesting_that_browsers_show_is_read() -> None:
    assert lines("<div>" * 1500 + "甲") == ["甲"]
    assert lines("<table><tr><td>" * 300 + "甲</table>") == ["甲"]


def test_a_huge_grid_is_too_large() -> None:
    with pytest.raises(TooLarge, match="cells"):
        read("<table>" + "<tr><td colspan=1000 rowspan=0>1<td>2" * 2000 + "</table>")
    with pytest.raises(TooLarge, match="max_bytes"):
        read_html(b"<p>1234567890", IngestSettings(max_bytes=10))
