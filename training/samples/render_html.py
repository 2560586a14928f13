"""Sample -> an HTML page as a Chinese government site would show it; `table_html` also serves the printed page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from extraction.forms.printed_form import FormCell, FormTable
from training.samples.content import SECTIONS, Sample

_MARKERS = {"gb18030": "gb2312"}  # what the page says it is
_STYLE = """
body{margin:0;font:16px/1.9 "宋体",SimSun,"Noto Serif CJK SC",serif;color:#333}
.main{width:980px;margin:0 auto}.main h1{font-size:26px;text-align:center;font-weight:bold}
table.data{border-collapse:collapse;width:100%;font-size:14px}
table.data td{border:1px solid #666;padding:4px;text-align:center}
.top{background:#1f5fa8;color:#fff;padding:18px}.nav a{color:#fff;margin-right:24px}
.crumbs{color:#888;font-size:13px}.foot{border-top:2px solid #1f5fa8;text-align:center;font-size:13px}
.xxgk td{border:1px solid #cce;padding:6px}.xxgk{width:100%;border-collapse:collapse;font-size:14px}
"""


def render_html(sample: Sample) -> bytes:
    """Return the page, encoded as its sample says."""
    shell = _SHELLS[sample.web.shell]
    charset = _MARKERS.get(sample.web.charset, sample.web.charset)
    title = escape("".join(sample.title))
    page = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{charset}">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{shell(sample, _article(sample))}\n</body>\n</html>\n"
    )
    return page.encode(sample.web.charset)


def table_html(
    table: FormTable, *, repeat_header: bool = False, spaced: bool = False, attributes: str = 'class="data"'
) -> str:
    """Return the table as rowspan/colspan HTML."""
    columns = "".join(f'<col style="width:{share:.2%}">' for share in table.widths)
    lines = [f"<table {attributes}><colgroup>{columns}</colgroup>"]
    head = table.header_rows if repeat_header else 0
    for number, row in enumerate(table.rows):
        if number == 0:
            lines.append("<thead>" if head else "<tbody>")
        elif number == head:
            lines.append("</thead><tbody>")
        lines.append("<tr>" + "".join(_cell(cell, spaced) for cell in row) + "</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _cell(cell: FormCell, spaced: bool) -> str:
    spans = "".join(
        f' {name}="{span}"' for name, span in (("rowspan", cell.row_span), ("colspan", cell.column_span)) if span > 1
    )
    kind = f"{cell.kind} vertical" if cell.vertical else cell.kind
    text = escape(cell.text, quote=False).replace("\n", "<br>")
    if spaced and cell.kind == "value":
        text = f"&nbsp;{text}&nbsp;"
    if cell.vertical:
        text = f"<div>{text}</div>"
    return f'<td class="{kind}"{spans}>{text}</td>'


def _article(sample: Sample) -> str:
    run: Callable[[str], str] = _pasted if sample.web.pasted else _plain
    indent = "&nbsp;" * 4 if sample.web.spaced else "　　"

    def paragraphs(texts: tuple[str, ...]) -> list[str]:
        return [f"<p>{indent}{run(text)}</p>" for text in texts]

    lines = []
    if sample.red_head:
        lines.append(f'<p style="text-align:center;color:#c00;font-size:28px">{escape(sample.red_head)}</p>')
    if sample.document_number:
        lines.append(f'<p style="text-align:center">{escape(sample.document_number)}</p>')
    lines.append("<h1>" + "<br>".join(map(escape, sample.title)) + "</h1>")
    lines += paragraphs(sample.intro)
    tables = sample.tables()
    for name in SECTIONS:
        section = sample.sections[name]
        lines.append(f"<p><strong>{indent}{run(section.title)}</strong></p>")
        lines += paragraphs(section.paragraphs)
        if name in tables:
            lines.append(table_html(tables[name], spaced=sample.web.spaced))
        lines += paragraphs(section.after)
    return "\n".join(lines)


def _plain(text: str) -> str:
    return escape(text, quote=False)


def _pasted(text: str) -> str:
    """Return runs as a word processor leaves them: a new span wherever digits meet characters."""
    runs: list[str] = []
    for letter in text:
        if runs and runs[-1][-1].isascii() == letter.isascii():
            runs[-1] += letter
        else:
            runs.append(letter)
    fonts = {True: "font-family:'Times New Roman'", False: "font-family:仿宋_GB2312"}
    return "".join(f'<span style="{fonts[run.isascii()]}">{escape(run, quote=False)}</span>' for run in runs)


def _plain_shell(sample: Sample, article: str) -> str:
    return f'<div class="main">\n{article}\n</div>'


def _navigation_shell(sample: Sample, article: str) -> str:
    links = ("首页", "走进本地", "政务公开", "办事服务", "互动交流", "数据开放")
    nav = "".join(f'<a href="#{n}">{link}</a>' for n, link in enumerate(links))
    title = escape("".join(sample.title))
    return f"""<div class="top"><b>{escape(sample.organization)}门户网站</b><div class="nav">{nav}</div></div>
<div class="main">
<div class="crumbs">当前位置：<a href="#">首页</a> &gt; <a href="#">政务公开</a> &gt;
<a href="#">政府信息公开年报</a></div>
<div class="crumbs">发布时间：{sample.published}　来源：{escape(sample.organization)}
浏览次数：1362　字号：[大 中 小]</div>
<div id="zoom">
{article}
</div>
<ul class="side"><li><a href="#">政府信息公开指南</a></li><li><a href="#">政府信息公开制度</a></li>
<li><a href="#">法定主动公开内容</a></li><li><a href="#">依申请公开</a></li></ul>
<div class="crumbs">上一篇：<a href="#">{title.replace(str(sample.year), str(sample.year - 1))}</a>　下一篇：无</div>
</div>
<div class="foot">主办：{escape(sample.organization)}办公室　网站标识码：0000000000
<a href="#">网站地图</a> | <a href="#">打印本页</a></div>
<script>var viewCount = 1362;</script>"""


def _index_shell(sample: Sample, article: str) -> str:
    number = escape(sample.document_number) or "无"
    return f"""<div class="main">
<table class="xxgk"><tr><td>索引号：</td><td>000014349/{sample.published[:4]}-00127</td>
<td>信息分类：</td><td>年度报告</td></tr>
<tr><td>发布机构：</td><td>{escape(sample.organization)}</td><td>发文日期：</td><td>{sample.published}</td></tr>
<tr><td>名　　称：</td><td colspan="3">{escape("".join(sample.title))}</td></tr>
<tr><td>文　　号：</td><td>{number}</td><td>主 题 词：</td><td></td></tr></table>
{article}
<p class="crumbs">扫一扫在手机打开当前页　<a href="#">【关闭窗口】</a></p>
</div>"""


def _layout_shell(sample: Sample, article: str) -> str:
    return f"""<table width="1000" align="center" border="0" cellpadding="0" cellspacing="0">
<tr><td height="80" colspan="2" bgcolor="#e8f1e4"><font size="5">{escape(sample.organization)}</font></td></tr>
<tr><td width="180" valign="top"><table width="100%" border="0"><tr><td><a href="#">机构概况</a></td></tr>
<tr><td><a href="#">通知公告</a></td></tr><tr><td><a href="#">公开年报</a></td></tr></table></td>
<td valign="top"><table width="96%" border="0" cellpadding="6">
<tr><td align="right">日期：{sample.published}&nbsp;&nbsp;点击：208</td></tr>
<tr><td>
{article}
</td></tr></table></td></tr>
<tr><td colspan="2" align="center">版权所有&nbsp;&copy;&nbsp;{escape(sample.organization)}</td></tr></table>"""


_SHELLS: dict[str, Callable[[Sample, str], str]] = {
    "plain": _plain_shell,
    "navigation": _navigation_shell,
    "index": _index_shell,
    "layout": _layout_shell,
}
