"""HTML bytes (a page, Word's export, or MHTML) in, one `Page` of regions out, as a browser would show them.

The tree is walked twice, without recursion: a survey tells layout tables from tables of data and navigation from the
report; then the flow turns blocks into TEXT, data tables into TABLE and navigation into FURNITURE regions.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError

import webencodings
from charset_normalizer import from_bytes
from selectolax.lexbor import LexborHTMLParser, LexborNode

from extraction.document import Page, Region, RegionKind, Span
from extraction.errors import DamagedFile, TooLarge
from extraction.ingest.flow import (
    Printed,
    SlotBudget,
    Tally,
    format_number,
    is_frame,
    join_lines,
    lay_out,
    make_page,
    text_regions,
    trim,
)
from extraction.settings import IngestSettings


def read_html(data: bytes, settings: IngestSettings) -> Page:
    """The document as one page without number or size. Raises the `InputError` that fits where it cannot be read."""
    if len(data) > settings.max_bytes:
        raise TooLarge(f"The page is over {settings.max_bytes:,} bytes (ingest.max_bytes). Save the report alone.")
    content, label = _unpack(data)
    text = _without_noscript(decode(content, label))
    _refuse_hostile(text)
    root = LexborHTMLParser(text).root
    regions = _Flow(_survey(root)).read(root) if root is not None else []
    warnings = ["Some characters could not be decoded (they show as \ufffd)."] if "\ufffd" in text else []
    return make_page(regions, warnings)


# ---- bytes to text

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),  # no mark at all, but a page starts with <
    (b"\0<", "utf-16-be"),
)
_PRESCAN = 4096  # browsers look at 1024 bytes; some pages start with a long comment
_META = re.compile(rb"""<(?:meta[^>]*?charset|\?xml[^>]*?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_SINGLE_BYTE = re.compile(r"cp125|cp874|iso8859|iso-8859|latin|koi8|mac|ascii", re.IGNORECASE)


def decode(data: bytes, label: str | None = None) -> str:
    """The text of a page. `label` is a charset stated outside of it, which goes before what it says itself.

    A stated charset holds where it decodes the bytes; many sites state one and send another.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, errors="replace").removeprefix("\ufeff")
    stated = _codec(label) or _codec(_meta_label(data))
    # GBK text of some length is never valid UTF-8 with three-byte characters, while the reverse happens.
    if _is_chinese_utf8(data):
        return data.decode("utf-8")
    candidates = ["utf-8", "gb18030"]
    if stated is not None:
        # A single-byte charset decodes anything, so it says little against bytes that are good Chinese.
        candidates.insert(2 if _SINGLE_BYTE.match(stated) else 0, stated)
    texts = [data.decode(codec, errors="replace") for codec in dict.fromkeys(candidates)]
    for text in texts:
        if text.count("\ufffd") <= 3 + len(text) // 200:
            return text
    guess = from_bytes(data[:200_000]).best()
    if guess is not None:
        texts.append(data.decode(guess.encoding, errors="replace"))
    return min(texts, key=lambda text: text.count("\ufffd"))


def _meta_label(data: bytes) -> str | None:
    head = re.sub(rb"<!--.*?-->", b"", data[:_PRESCAN], flags=re.DOTALL)
    found = _META.search(head)
    return found[1].decode("ascii", errors="replace") if found else None


def _codec(label: str | None) -> str | None:
    encoding = webencodings.lookup(label) if label else None
    if encoding is None:
        return None
    name = str(encoding.name)
    if name in {"gbk", "gb18030"}:
        return "gb18030"  # a superset, which pages that state gb2312 need
    if name.startswith("utf-16"):
        return "utf-8"  # the statement was readable as ASCII, so it is wrong
    return "cp1252" if name == "x-user-defined" else str(encoding.codec_info.name)


def _is_chinese_utf8(data: bytes) -> bool:
    try:
        return any(c > "\u07ff" for c in data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _unpack(data: bytes) -> tuple[bytes, str | None]:
    """The page inside of MHTML and the charset of that part; other data as they are."""
    head = data[:2048].lstrip().lower()
    if head.startswith(b"<") or b"mime-version:" not in head or b"content-type:" not in head:
        return data, None
    try:
        for part in message_from_bytes(data).walk():
            payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
            if isinstance(payload, bytes):
                return payload, part.get_content_charset()
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise DamagedFile("The web archive (MHTML) is damaged. Save the page as HTML.") from error
    raise DamagedFile("The web archive (MHTML) holds no HTML page. Save the page as HTML.")


_NOSCRIPT = re.compile(r"<(/?)noscript(?=[\s/>])", re.IGNORECASE)


def _without_noscript(text: str) -> str:
    """What a browser with scripts skips; the parser, which has none, would move it out of the head into the page."""
    kept: list[str] = []
    end = 0
    opened: int | None = None
    for match in _NOSCRIPT.finditer(text):
        if not match[1] and opened is None:
            opened = match.start()
        elif match[1] and opened is not None:
            kept.append(text[end:opened])
            end = match.start()  # the end tag may stay: without a start tag it means nothing
            opened = None
    return "".join(kept) + text[end:]


# ---- limits

_MAX_DEPTH = 2000  # browsers stop at 512; the parser's time grows with the square
_MAX_COPIES = 20_000_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
)
_SELF_CLOSING = frozenset(
    {"p", "li", "dt", "dd", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "html", "head", "body"}
)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)


def _refuse_hostile(text: str) -> None:
    """Bounds the tree before it is built: its depth, and the copies of unclosed formatting in later paragraphs."""
    opened: Counter[str] = Counter()
    depth = formatting = deepest_formatting = tags = 0
    for match in _TAG.finditer(text):
        name = match[2].lower()
        tags += 1
        if name in _VOID or name in _SELF_CLOSING:
            continue
        step = -1 if match[1] else 1
        if step < 0 and not opened[name]:
            continue
        opened[name] += step
        depth += step
        if name in _FORMATTING:
            formatting += step
            deepest_formatting = max(deepest_formatting, formatting)
        if depth > _MAX_DEPTH:
            raise DamagedFile(f"The page nests over {_MAX_DEPTH} elements. Open it in a browser and save it as PDF.")
    if deepest_formatting * tags > _MAX_COPIES:
        raise DamagedFile("The page leaves too many elements open. Open it in a browser and save it as PDF.")


# ---- the tree


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNREAD = _words(
    "head script style noscript template iframe object embed applet svg math canvas audio video picture map select"
    " button textarea datalist progress meter rt rp rtc noframes noembed"
)
_BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup p"
    " plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
_CELLS = frozenset({"td", "th"})
_PRE = frozenset({"pre", "listing", "xmp", "plaintext"})
_FIGURE_TEXT = 40  # more of a cell's text is not needed to see whether it is a figure

Style = dict[str, str]


def _style(attributes: dict[str, str | None]) -> Style:
    """The properties of the style attribute. Style sheets are not read: what they do to text is rarely to hide it."""
    declarations = (d.partition(":") for d in (attributes.get("style") or "").split(";"))
    return {n.strip().lower(): v.replace("!important", "").strip().lower() for n, _, v in declarations}


def _is_read(node: LexborNode) -> bool:
    """Whether an element and what is in it shows on the page."""
    if node.tag in _UNREAD:
        return False
    attributes = node.attributes
    if "hidden" in attributes:
        return False
    style = _style(attributes)
    return not (
        style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("mso-hide") == "all"
        or style.get("mso-element") in {"header", "footer", "comment-list", "footnote-separator"}
    )


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each text node once, and each element that shows twice: (element, True), its contents, (element, False)."""
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        entered = False
        if node.is_text_node:
            yield node, True
        elif node.is_element_node and _is_read(node):
            yield node, True
            entered = True
        if entered and (child := node.first_child) is not None:
            node, depth = child, depth + 1
            continue
        if entered:
            yield node, False
        while node is not None and depth and node.next is None:
            node, depth = node.parent, depth - 1
            if node is not None:
                yield node, False
        node = node.next if node is not None and depth else None


# ---- survey: which tables are layout, what is navigation

_HEADING = re.compile(
    r"[一二三四五六][、.．]\s*(总体情况|主动公开政府信息|收到和处理政府信息|(因)?政府信息公开(工作被申请)?行政复议|存在的(主要)?问题|其他需要报告)"
)
_NAV_TAGS = frozenset({"nav", "footer", "aside", "header", "menu"})
_NAV_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"})
_NAV_NAMES = _words(
    "nav navi navbar navigation menu menus submenu breadcrumb breadcrumbs crumb crumbs bread sidebar footer foot"
    " copyright topbar toolbar share sharing pagination pager"
)
_LINK_LISTS = frozenset({"ul", "ol", "dl", "dir", "table", "div", "p", "td", "section"})
_MIN_LINKS = 3
_MAX_NAV_TEXT = 300  # that is no link; imprints stay under it


@dataclass(slots=True)
class _Element:
    """What an open element contains so far."""

    tag: str
    key: int
    in_article: bool
    link: str = ""
    nav: bool = False
    text: int = 0
    linked: int = 0
    links: set[str] = field(default_factory=set)  # of distinct targets, no more than matter
    sentences: int = 0
    data: bool = False
    title: bool = False


@dataclass(slots=True)
class _OpenTable:
    own: Tally = field(default_factory=Tally)
    inner: Tally = field(default_factory=Tally)
    running: bool = False
    heading: bool = False
    width: int = 0  # cells of the open row
    widest: int = 0
    cell: str = ""
    length: int = 0
    lines: int = 0
    sentences: int = 0

    def start_cell(self) -> None:
        self.cell, self.length, self.lines, self.sentences = "", 0, 0, 0

    def end_cell(self) -> None:
        self.own.count(self.cell)
        self.width += 1
        self.widest = max(self.widest, self.width)
        self.running |= self.length >= 200 and self.lines >= 2 and self.sentences >= 3
        self.heading |= bool(_HEADING.match(trim(self.cell)))

    @property
    def is_layout(self) -> bool:
        if self.own.is_data and self.own.figures >= self.inner.figures:
            return False
        # A wide table with a section's heading in its first row is that section's form.
        return self.running or (self.heading and self.widest <= 2) or is_frame(self.own, self.inner)


@dataclass(slots=True)
class Survey:
    """What the first walk found, by the nodes' ids."""

    layout: set[int] = field(default_factory=set)
    furniture: set[int] = field(default_factory=set)


def _survey(root: LexborNode) -> Survey:
    found = Survey()
    elements: list[_Element] = []
    tables: list[_OpenTable] = []
    for node, entering in _walk(root):
        tag = node.tag or ""
        if node.is_text_node:
            _count_text(node.text_content or "", elements, tables)
        elif entering:
            elements.append(_open_element(node, elements[-1] if elements else None))
            if tag == "table":
                tables.append(_OpenTable())
            elif tables and tag in _CELLS:
                tables[-1].start_cell()
            elif tables and tag == "tr":
                tables[-1].width = 0
            elif tables:
                tables[-1].lines += tag in {"br", "p", "div"}
        else:
            element = elements.pop()
            if tables and tag in _CELLS:
                tables[-1].end_cell()
            elif tag == "table":
                element.data = _close_table(tables, element.key, found)
            if _is_navigation(element):
                found.furniture.add(element.key)
            if elements:
                _merge(element, elements[-1])
    return found


def _open_element(node: LexborNode, parent: _Element | None) -> _Element:
    attributes = node.attributes
    tag = node.tag or ""
    names = set(re.findall(r"[a-z]+", f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()))
    role = (attributes.get("role") or "").lower()
    target = attributes.get("href") or "" if tag == "a" else ""
    return _Element(
        tag=tag,
        key=node.mem_id,
        in_article=tag in {"article", "main"} or bool(parent and parent.in_article),
        link=target if target and not target.startswith("#_") else (parent.link if parent else ""),
        nav=tag in _NAV_TAGS or role in _NAV_ROLES or bool(names & _NAV_NAMES),
        title=tag in {"h1", "h2", "h3"},
    )


def _count_text(text: str, elements: list[_Element], tables: list[_OpenTable]) -> None:
    text = trim(text)
    if not text or not elements:
        return
    element = elements[-1]
    sentences = text.count("。")
    element.text += len(text)
    element.sentences += sentences
    if element.link:
        element.linked += len(text)
        element.links.add(element.link)
    if tables:
        table = tables[-1]
        table.length += len(text)
        table.sentences += sentences
        if len(table.cell) < _FIGURE_TEXT:
            table.cell += text[:_FIGURE_TEXT]


def _close_table(tables: list[_OpenTable], key: int, found: Survey) -> bool:
    """Whether the table, or one in it, is there for its numbers."""
    table = tables.pop()
    if table.is_layout:
        found.layout.add(key)
    if tables:
        tables[-1].inner.add(table.own)
        tables[-1].inner.add(table.inner)
    return table.own.is_data


def _merge(element: _Element, parent: _Element) -> None:
    parent.text += element.text
    parent.linked += element.linked
    parent.sentences += element.sentences
    parent.data |= element.data
    parent.title |= element.title
    if len(parent.links) < _MIN_LINKS:
        parent.links |= element.links


def _is_navigation(element: _Element) -> bool:
    """Only what is clearly no part of a report: nothing with sentences, tables of numbers or headings in it."""
    if element.data or element.sentences >= 3 or element.tag in {"html", "body", "main", "article"}:
        return False
    if element.nav and not element.title and element.text - element.linked <= _MAX_NAV_TEXT:
        return not (element.tag == "header" and element.in_article)
    links_only = element.linked >= 0.9 * element.text and len(element.links) >= _MIN_LINKS
    return links_only and element.tag in _LINK_LISTS


# ---- flow: the tree to regions

_UNPRINTED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3001-\u303f]"
# A line break in the source between two Chinese characters prints nothing (CSS Text, segment breaks).
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t\r\f]*\n[ \t\n\r\f]*(?={_WIDE})")
_FURNITURE_LINE = re.compile(
    r"((您[^:：，。]{0,6}|当前|目前|所在)位置\s*[:：>]|[【\[（(]?\s*(字体|字号)(大小)?\s*[:：]"
    r"|打印本页|关闭窗口|分享到|上一篇|下一篇|浏览次数).{0,120}"
)
_LIST_STYLES = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-ideographic": "chineseCounting",
    "simp-chinese-informal": "chineseCounting",
    "trad-chinese-informal": "chineseCounting",
    "cjk-decimal": "ideographDigital",
}
_NO_MARKER = frozenset({"none", "disc", "circle", "square", "disclosure-open", "disclosure-closed"})


@dataclass(slots=True)
class _List:
    style: str  # "" prints nothing
    next: int = 1


@dataclass(slots=True)
class _Grid:
    """A data table being read: groups of rows of cells, heads and feet apart as they print first and last."""

    head: list[list[list[Printed]]] = field(default_factory=list)
    bodies: list[list[list[Printed]]] = field(default_factory=list)
    feet: list[list[list[Printed]]] = field(default_factory=list)
    group: list[list[Printed]] = field(default_factory=list)
    lines: list[str] | None = None  # of the open cell
    nested: int = 0

    def start_group(self, tag: str) -> None:
        self.group = []
        target = self.feet if tag == "tfoot" else self.head if tag == "thead" and not self.head else self.bodies
        target.append(self.group)


@dataclass(slots=True)
class _Open:
    """What closing an element has to undo."""

    block: bool
    pre: bool
    furniture: bool
    marker: bool  # a paragraph number of Word's, set off by any number of spaces


class _Flow:
    """The second walk. Text gathers in `_buffer` until a block begins or ends, which makes it a line."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._regions: list[Region] = []
        self._budget = SlotBudget()
        self._buffer: list[str] = []
        self._open: list[_Open] = []
        self._grids: list[_Grid | None] = []  # one for each open table, None for layout
        self._lists: list[_List] = []
        self._marker = ""
        self._furniture = 0

    def read(self, root: LexborNode) -> list[Region]:
        """The regions of the page."""
        for node, entering in _walk(root):
            if node.is_text_node:
                self._text(node.text_content or "")
            elif entering:
                self._enter(node, node.tag or "")
            else:
                self._leave(node, node.tag or "")
        self._flush()
        return self._regions

    @property
    def _grid(self) -> _Grid | None:
        """The data table whose cell is being read. A table nested in a data cell is None and adds to that cell."""
        return next((g for g in reversed(self._grids) if g is not None), None)

    def _text(self, text: str) -> None:
        state = self._open[-1] if self._open else None
        if state is not None and state.pre:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._flush()
                self._buffer.append(line.replace(" ", "\xa0"))  # survives the collapsing of spaces
        elif state is not None and state.marker:
            self._buffer.append(trim(text))
        else:
            self._buffer.append(text)

    def _enter(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        style = _style(attributes)
        outer = self._open[-1] if self._open else None
        state = _Open(
            block=tag in _BLOCKS or style.get("display") in {"block", "list-item", "table", "flex"},
            pre=_is_pre(tag, style, outer is not None and outer.pre),
            furniture=node.mem_id in self._survey.furniture,
            marker=style.get("mso-list") == "ignore" or (outer is not None and outer.marker),
        )
        if state.block or tag == "br":
            self._flush()
        self._open.append(state)
        self._furniture += state.furniture
        if tag == "table":
            in_data = self._grid is not None
            self._grids.append(None if in_data or node.mem_id in self._survey.layout else _Grid())
        elif tag in {"ol", "ul", "menu", "dir"}:
            self._lists.append(_new_list(tag, attributes, style))
        elif tag == "li":
            self._marker += self._next_marker(attributes, style)
        elif self._grids and (grid := self._grids[-1]) is not None:
            _enter_grid(grid, tag)

    def _leave(self, node: LexborNode, tag: str) -> None:
        state = self._open.pop()
        if state.block:
            self._flush()
        if tag == "table":
            grid = self._grids.pop()
            if grid is not None:
                self._finish(grid)
        elif tag in {"ol", "ul", "menu", "dir"}:
            self._lists.pop()
        elif tag == "li":
            self._marker = ""
        elif tag in _CELLS and self._grids and (grid := self._grids[-1]) is not None and grid.lines is not None:
            rows, columns = node.attributes.get("rowspan"), node.attributes.get("colspan")
            cell = Printed(join_lines(grid.lines), _span(rows, 0, 65534), _span(columns, 1, 1000))
            grid.group[-1].append(cell)
            grid.lines = None
        self._furniture -= state.furniture

    def _flush(self) -> None:
        """Ends the line."""
        text = _SPACES.sub(" ", _BREAK_IN_CHINESE.sub("", "".join(self._buffer).translate(_UNPRINTED)))
        self._buffer.clear()
        line = trim(text).replace("\xa0", " ")
        if not line:
            return
        line, self._marker = self._marker + line, ""
        grid = self._grid
        if grid is not None and grid.lines is not None:
            grid.lines.append(line)
            return
        furniture = self._furniture or _FURNITURE_LINE.fullmatch(line)
        self._regions.extend(text_regions(line, RegionKind.FURNITURE if furniture else RegionKind.TEXT))

    def _finish(self, grid: _Grid) -> None:
        table = lay_out([*grid.head, *grid.bodies, *grid.feet], self._budget)
        if not table.cells:
            return
        if self._furniture:
            rows = (" ".join(c.text for c in row if c.text) for row in table.rows())
            self._regions.append(Region(RegionKind.FURNITURE, spans=tuple(Span(r) for r in rows if r)))
        else:
            self._regions.append(Region(RegionKind.TABLE, table=table))

    def _next_marker(self, attributes: dict[str, str | None], style: Style) -> str:
        if not self._lists:
            return ""
        current = self._lists[-1]
        number = _integer(attributes.get("value"), current.next)
        current.next = number + 1
        chosen = _marker_style(style, current.style)
        if not chosen:
            return ""
        return format_number(number, chosen) + ("、" if chosen in {"chineseCounting", "ideographDigital"} else ". ")


def _is_pre(tag: str, style: Style, inherited: bool) -> bool:
    white_space = style.get("white-space")
    if white_space is not None:
        return white_space.startswith("pre")
    return tag in _PRE or (inherited and tag != "table")


def _enter_grid(grid: _Grid, tag: str) -> None:
    if tag in {"thead", "tbody", "tfoot"}:
        grid.start_group(tag)
    elif tag == "tr":
        grid.group.append([])
    elif tag in _CELLS:
        grid.lines = []


def _new_list(tag: str, attributes: dict[str, str | None], style: Style) -> _List:
    if tag != "ol":
        return _List(_marker_style(style, ""))
    default = _LIST_STYLES.get((attributes.get("type") or "1").strip(), "decimal")
    return _List(_marker_style(style, default), _integer(attributes.get("start"), 1))


def _marker_style(style: Style, default: str) -> str:
    """The number format that list-style(-type) asks for, "" for no marker or one without text."""
    for word in f"{style.get('list-style-type', '')} {style.get('list-style', '')}".split():
        if word in _NO_MARKER:
            return ""
        if word in _LIST_STYLES:
            return _LIST_STYLES[word]
    return default


def _integer(text: str | None, default: int) -> int:
    found = re.match(r"[ \t\n\f\r]*([+-]?[0-9]{1,9})", text or "")
    return int(found[1]) if found else default


def _span(text: str | None, least: int, most: int) -> int:
    """A colspan or rowspan attribute by the rules of the HTML standard: 1 where it is absent, wrong or too small."""
    found = re.match(r"[ \t\n\f\r]*\+?([0-9]+)", text or "")
    if not found:
        return 1
    number = int(found[1].lstrip("0")[:6] or "0")
    return min(number, most) if number >= least else 1
