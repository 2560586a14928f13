"""Read HTML (a page, Word's export, or MHTML): bytes in, one `Page` of regions out, as a browser shows them.

The tree is walked twice, without recursion: `survey` finds layout tables and navigation; then this module turns blocks
into TEXT, data tables into TABLE and navigation into FURNITURE regions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extraction.document import Page, Region, RegionKind, Span
from extraction.errors import DamagedFile, TooLarge
from extraction.ingest.flow import GridBudget, SourceCell, join_lines, make_page, place_cells, text_regions, trim
from extraction.ingest.html.charset import decode, unpack
from extraction.ingest.html.survey import Survey, survey
from extraction.ingest.html.tree import (
    BLOCKS,
    CELLS,
    PREFORMATTED,
    Style,
    refuse_hostile,
    style_of,
    walk,
    without_noscript,
)
from extraction.ingest.list_numbers import format_number
from extraction.settings import IngestSettings


def read_html(data: bytes, settings: IngestSettings) -> Page:
    """The document as one page without number or size. Raises an InputError where it cannot be read."""
    if len(data) > settings.max_bytes:
        raise TooLarge(
            "the page has over ingest.max_bytes = {limit:,} bytes; save the report alone", limit=settings.max_bytes
        )
    content, label = unpack(data)
    text = without_noscript(decode(content, label))
    refuse_hostile(text)
    last = max((cell.end() for cell in _CELL.finditer(text)), default=None)
    if last is not None and not _CELL_ENDS.search(text, last):  # half a figure, or a blank for one, would be read
        raise DamagedFile("the page breaks off inside a table; save it again from the browser")
    root = LexborHTMLParser(text).root
    regions = _Flow(survey(root)).read(root) if root is not None else []
    warnings = ["some characters could not be decoded (they show as \ufffd)"] if "\ufffd" in text else []
    return make_page(regions, warnings)


_CELL = re.compile(r"<t[dh](?=[\s>])", re.IGNORECASE)
_CELL_ENDS = re.compile(r"</(?:td|th|tr|tbody|table|body|html)\s*>", re.IGNORECASE)
_UNPRINTED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3001-\u303f]"
# A line break in the source between two Chinese characters is not shown (CSS Text, segment breaks).
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
    style: str  # Word's number format, "" for none
    next: int = 1

    def marker(self, attributes: dict[str, str | None], style: Style) -> str:
        """Count an item; the marker printed before it."""
        number, chosen = _integer(attributes.get("value"), self.next), _marker_style(style, self.style)
        self.next = number + 1
        end = "、" if chosen in {"chineseCounting", "ideographDigital"} else ". "
        return format_number(number, chosen) + end if chosen else ""


@dataclass(slots=True)
class _Grid:
    """A data table being read: row groups, with heads and feet apart as they are shown first and last."""

    head: list[list[list[SourceCell]]] = field(default_factory=list)
    bodies: list[list[list[SourceCell]]] = field(default_factory=list)
    feet: list[list[list[SourceCell]]] = field(default_factory=list)
    group: list[list[SourceCell]] = field(default_factory=list)
    lines: list[str] | None = None  # of the open cell

    def enter(self, tag: str) -> None:
        """Begin a row group, a row or a cell."""
        if tag in {"thead", "tbody", "tfoot"}:
            self.group = []
            target = self.feet if tag == "tfoot" else self.head if tag == "thead" and not self.head else self.bodies
            target.append(self.group)
        elif tag == "tr":
            self.group.append([])
        elif tag in CELLS:
            self.lines = []


@dataclass(slots=True)
class _Open:
    """The state within an open element, undone when it is closed."""

    block: bool
    pre: bool
    furniture: bool
    marker: bool  # a paragraph number of Word's, padded with spaces


class _Flow:
    """The second walk: text collects in `_buffer` until a block begins or ends and makes it a line."""

    def __init__(self, found: Survey) -> None:
        self._survey = found
        self._regions: list[Region] = []
        self._budget = GridBudget()
        self._buffer: list[str] = []
        self._open: list[_Open] = []
        self._grids: list[_Grid | None] = []  # one for each open table, None for layout
        self._lists: list[_List] = []
        self._marker = ""
        self._furniture = 0

    def read(self, root: LexborNode) -> list[Region]:
        """The regions of the page."""
        for node, entering in walk(root):
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
        """The innermost open data table; a table nested in its cells adds to their text."""
        return next((g for g in reversed(self._grids) if g is not None), None)

    def _text(self, text: str) -> None:
        state = self._open[-1] if self._open else None
        if state is not None and state.pre:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._flush()
                self._buffer.append(line.replace(" ", "\xa0"))  # spaces are collapsed later, these are not
        elif state is not None and state.marker:
            self._buffer.append(trim(text))
        else:
            self._buffer.append(text)

    def _enter(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        style = style_of(attributes)
        outer = self._open[-1] if self._open else None
        white_space = style.get("white-space")
        state = _Open(
            block=tag in BLOCKS or style.get("display") in {"block", "list-item", "table", "flex"},
            pre=white_space.startswith("pre")
            if white_space is not None
            else tag in PREFORMATTED or (outer is not None and outer.pre and tag != "table"),
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
            default = _LIST_STYLES.get((attributes.get("type") or "1").strip(), "decimal") if tag == "ol" else ""
            start = _integer(attributes.get("start"), 1) if tag == "ol" else 1
            self._lists.append(_List(_marker_style(style, default), start))
        elif tag == "li":
            if self._lists:
                self._marker += self._lists[-1].marker(attributes, style)
        elif self._grids and (grid := self._grids[-1]) is not None:
            grid.enter(tag)

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
        elif tag in CELLS and self._grids and (grid := self._grids[-1]) is not None and grid.lines is not None:
            rows, columns = node.attributes.get("rowspan"), node.attributes.get("colspan")
            cell = SourceCell(join_lines(grid.lines), _span(rows, 0, 65534), _span(columns, 1, 1000))
            grid.group[-1].append(cell)
            grid.lines = None
        self._furniture -= state.furniture

    def _flush(self) -> None:
        """End the line: add it to the open cell, or as a region."""
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
        table = place_cells([*grid.head, *grid.bodies, *grid.feet], self._budget)
        if not table.cells:
            return
        if self._furniture:
            rows = (" ".join(c.text for c in row if c.text) for row in table.rows())
            self._regions.append(Region(RegionKind.FURNITURE, spans=tuple(Span(r) for r in rows if r)))
        else:
            self._regions.append(Region(RegionKind.TABLE, table=table))


def _marker_style(style: Style, default: str) -> str:
    """The number format that list-style(-type) asks for, "" for none or a bullet."""
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
