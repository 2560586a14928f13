"""Layout tables and navigation of pages that each test shows as a string."""

from __future__ import annotations

import pytest

from tests.extraction.ingest.html.web_pages import PROSE, furniture, lines


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
