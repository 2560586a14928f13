"""The first walk over a web page: find its layout tables and its navigation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from extraction.ingest.flow import CellCounts, is_layout_table, trim
from extraction.ingest.html.tree import CELLS, walk, words

_MAX_FIGURE_LENGTH = 40  # characters of a cell that decide whether it is a figure
_HEADING = re.compile(
    r"[一二三四五六][、.．]\s*(总体情况|主动公开政府信息|收到和处理政府信息|(因)?政府信息公开(工作被申请)?行政复议|存在的(主要)?问题|其他需要报告)"
)
_NAV_TAGS = frozenset({"nav", "footer", "aside", "header", "menu"})
_NAV_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"})
_NAV_NAMES = words(
    "nav navi navbar navigation menu menus submenu breadcrumb breadcrumbs crumb crumbs bread sidebar footer foot"
    " side sidenav copyright topbar toolbar share sharing pagination pager"
)
_LINK_LISTS = frozenset({"ul", "ol", "dl", "dir", "table", "div", "p", "td", "section"})
_MIN_LINKS = 3  # distinct targets of a block of links
_MIN_LINKED_SHARE = 0.9  # of its text
_MAX_NAV_TEXT = 300  # characters of navigation outside its links; imprints have fewer
_MIN_PROSE_SENTENCES = 3  # of a block that is no navigation, of a cell of running text
_MIN_PROSE_LENGTH, _MIN_PROSE_LINES = 200, 2  # characters and lines of a cell of running text


@dataclass(slots=True)
class _Element:
    """What an open element contains so far: lengths in characters."""

    tag: str
    key: int
    in_article: bool
    link: str = ""
    nav: bool = False
    text: int = 0
    linked: int = 0
    links: set[str] = field(default_factory=set)  # distinct targets, a few of them
    sentences: int = 0
    data: bool = False
    title: bool = False


@dataclass(slots=True)
class _OpenTable:
    own: CellCounts = field(default_factory=CellCounts)
    inner: CellCounts = field(default_factory=CellCounts)
    running: bool = False
    heading: bool = False
    width: int = 0  # cells of the open row
    widest: int = 0
    cell: str = ""
    length: int = 0
    lines: int = 0
    sentences: int = 0

    def end_cell(self) -> None:
        self.own.count(self.cell)
        self.width += 1
        self.widest = max(self.widest, self.width)
        self.running |= (
            self.length >= _MIN_PROSE_LENGTH
            and self.lines >= _MIN_PROSE_LINES
            and self.sentences >= _MIN_PROSE_SENTENCES
        )
        self.heading |= bool(_HEADING.match(trim(self.cell)))

    @property
    def is_layout(self) -> bool:
        if self.own.is_data and self.own.figures >= self.inner.figures:
            return False
        # A wide table with a section's heading in a cell is the form of that section.
        return self.running or (self.heading and self.widest <= 2) or is_layout_table(self.own, self.inner)


@dataclass(slots=True)
class Survey:
    """The node ids of layout tables and of navigation."""

    layout: set[int] = field(default_factory=set)
    furniture: set[int] = field(default_factory=set)


def survey(root: LexborNode) -> Survey:
    """The layout tables and the navigation of a page."""
    found = Survey()
    elements: list[_Element] = []
    tables: list[_OpenTable] = []
    for node, entering in walk(root):
        tag = node.tag or ""
        if node.is_text_node:
            _count_text(node.text_content or "", elements, tables)
        elif entering:
            elements.append(_open_element(node, elements[-1] if elements else None))
            if tag == "table":
                tables.append(_OpenTable())
            elif tables and tag in CELLS:
                tables[-1].cell, tables[-1].length, tables[-1].lines, tables[-1].sentences = "", 0, 0, 0
            elif tables and tag == "tr":
                tables[-1].width = 0
            elif tables:
                tables[-1].lines += tag in {"br", "p", "div"}
        else:
            element = elements.pop()
            if tables and tag in CELLS:
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
        if len(table.cell) < _MAX_FIGURE_LENGTH:
            table.cell += text[:_MAX_FIGURE_LENGTH]


def _close_table(tables: list[_OpenTable], key: int, found: Survey) -> bool:
    """Judge a table at its end; whether it is one of data."""
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
    """Whether an element is navigation: without sentences, data tables or titles, and by its name or links."""
    if element.data or element.sentences >= _MIN_PROSE_SENTENCES or element.tag in {"html", "body", "main", "article"}:
        return False
    if element.nav and not element.title and element.text - element.linked <= _MAX_NAV_TEXT:
        return not (element.tag == "header" and element.in_article)
    links_only = element.linked >= _MIN_LINKED_SHARE * element.text and len(element.links) >= _MIN_LINKS
    return links_only and element.tag in _LINK_LISTS
