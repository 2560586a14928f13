"""DOCX bytes in, one `Page` of regions out: paragraphs and tables in the order in which they print.

What prints is read, and nothing else: automatic numbers are computed, tracked insertions are in, deletions, field
codes and hidden text are out; headers and footers are furniture and left out. The parts are read straight from the
zip under the limits of the settings, by a parser that resolves no entities and opens no network connection.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any

from lxml import etree

from extraction.document import Cell, Page, Region, RegionKind, Table
from extraction.errors import DamagedFile, EncryptedFile, TooLarge, UnsupportedFormat
from extraction.ingest.flow import (
    SlotBudget,
    Tally,
    format_number,
    is_frame,
    join_lines,
    make_page,
    text_regions,
    trim,
)
from extraction.settings import IngestSettings

_OLE = b"\xd0\xcf\x11\xe0"
_MAX_SPAN = 1000  # Word itself stops at 63 columns
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "",  # ISO "strict"
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
}
_BLOCK_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
_INLINE_WRAPPERS = _BLOCK_WRAPPERS | {"hyperlink", "fldSimple", "dir", "bdo"}
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "-"}
_SYMBOLS = {  # Wingdings and Wingdings 2, which forms use for tick boxes
    ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xA8): "□",
    ("wingdings", 0x6F): "□",
    ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0xA3): "□",
}


def read_docx(data: bytes, settings: IngestSettings) -> Page:
    """The document as one page without number or size. Raises the `InputError` that fits where it cannot be read."""
    package = _Package(data, settings.max_unpacked_bytes)
    try:
        reader = _Reader(package)
        return make_page(reader.regions(reader.body), reader.warnings)
    except RecursionError as error:
        raise DamagedFile("The DOCX nests its parts too deeply. Open it in Word or WPS and save it again.") from error


# ---- the zip and its parts


class _Package:
    """The parts of an Office file, by name. Reads no more bytes in all than the limit."""

    def __init__(self, data: bytes, limit: int) -> None:
        if data.startswith(_OLE):
            _refuse_ole(data)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise DamagedFile("The DOCX is no complete zip file; copy or download it again.") from error
        # Some programs write backslashes, and part names ignore case.
        self._members = {m.filename.replace("\\", "/").lstrip("/").lower(): m for m in self._zip.infolist()}
        self._limit = self._left = limit
        if sum(m.file_size for m in self._zip.infolist()) > limit:
            raise self._too_large()
        self.main = self._main_part()

    def relations(self, part: str) -> dict[str, str]:
        """Target part by the last word of the relation's type, for the relations of `part` ("" for the package)."""
        folder, name = posixpath.split(part)
        try:
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        except DamagedFile:  # a repairable file: the usual names serve
            return {}
        targets: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                targets.setdefault(relation.get("Type", "").rpartition("/")[2], target.lstrip("/"))
        return targets

    def xml(self, part: str) -> etree._Element | None:
        """The root element of a part, None where there is no such part. Raises `DamagedFile`."""
        member = self._members.get(part.lower())
        if member is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(self._read(member), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DamagedFile(f"{part} in the DOCX is not well-formed. Open it in Word and save it again.") from error
        document_info: Any = root.getroottree().docinfo
        if document_info.doctype:
            raise DamagedFile(f"{part} in the DOCX declares a document type, which no Office program writes.")
        return root

    def _read(self, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & 1:
            raise EncryptedFile("The DOCX is encrypted. Save a copy without a password.")
        try:
            with self._zip.open(member) as stream:
                content = stream.read(self._left + 1)  # the declared size may be a lie
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise DamagedFile(f"{member.filename} in the DOCX breaks off; copy or download it again.") from error
        self._left -= len(content)
        if self._left < 0:
            raise self._too_large()
        return content

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"The DOCX unpacks to over {self._limit:,} bytes (ingest.max_unpacked_bytes). Remove its pictures."
        )

    def _main_part(self) -> str:
        main = self.relations("").get("officeDocument", "")
        folders = {name.partition("/")[0] for name in self._members}
        for folder, kind in (("xl", "a spreadsheet"), ("ppt", "a presentation")):
            if main.lower().startswith(f"{folder}/") or (not main and folder in folders and "word" not in folders):
                raise UnsupportedFormat(f"This is {kind}. Copy the report into Word, or print it to PDF.")
        if "mimetype" in self._members and "content.xml" in self._members:
            raise UnsupportedFormat("This is an OpenDocument file. Save it as .docx.")
        return main if main.lower() in self._members else "word/document.xml"


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedFile("The document is encrypted. Open it and save a copy without a password.")
    if "WordDocument".encode("utf-16-le") in data:
        raise UnsupportedFormat("This is a legacy .doc file. Open it in Word or WPS and save as .docx.")
    raise UnsupportedFormat("This is an old Office file and no Word document. Save the report as .docx or PDF.")


# ---- element access


@lru_cache(maxsize=4096)
def _short(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    return _PREFIXES.get(namespace[1:], "?:") + local


def _name(element: etree._Element) -> str:
    """The local name of a Word element; "mc:" or "m:" before those, "?:" before all others."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


def _child(element: etree._Element | None, *path: str) -> etree._Element | None:
    for name in path:
        element = next((c for c in element if _name(c) == name), None) if element is not None else None
    return element


def _attribute(element: etree._Element | None, name: str, default: str = "") -> str:
    """A Word attribute; its namespace is that of its element."""
    if element is None:
        return default
    return str(element.get(element.tag.rpartition("}")[0] + "}" + name) or element.get(name) or default)


def _value(element: etree._Element | None, *path: str) -> str | None:
    found = _child(element, *path)
    return None if found is None else _attribute(found, "val")


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else default


def _switch(properties: etree._Element | None, name: str) -> bool | None:
    """An on/off property: None where it is not given."""
    value = _value(properties, name)
    return None if value is None else value.lower() not in {"0", "false", "off"}


def _chosen(alternate: etree._Element) -> etree._Element | None:
    """The branch of mc:AlternateContent to read: each holds the same content in another dialect."""
    branches = [b for b in alternate if _name(b) in {"mc:Choice", "mc:Fallback"}]
    return next((b for b in branches if any(_name(e) == "t" for e in b.iter())), branches[0] if branches else None)


def _text_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes in a drawing, each once."""
    for child in element:
        if _name(child) == "txbxContent":
            yield child
        elif _name(child) == "mc:AlternateContent":
            branch = _chosen(child)
            yield from _text_boxes(branch) if branch is not None else ()
        else:
            yield from _text_boxes(child)


def _plain(element: etree._Element) -> str:
    """The typed text, without that of nested tables; enough to judge a cell by."""
    if _name(element) == "t":
        return element.text or ""
    return "".join(_plain(child) for child in element if _name(child) != "tbl")


def _symbol(element: etree._Element) -> str:
    code = _attribute(element, "char")
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", code):
        return ""
    point = int(code, 16)
    if 0xE000 <= point <= 0xF8FF:  # private use: means something only in its font
        return _SYMBOLS.get((_attribute(element, "font").lower(), point & 0xFF), "")
    return chr(point) if point >= 0x20 and not 0xD800 <= point <= 0xDFFF else ""


# ---- styles and numbering


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    numbering: str | None
    level: int | None
    hidden: bool | None


class _Styles:
    """The little of styles.xml that decides what prints: numbering and hidden text."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default = ""
        for style in root if root is not None else ():
            if _name(style) != "style":
                continue
            number = _child(style, "pPr", "numPr")
            level = _value(number, "ilvl")
            name = _attribute(style, "styleId")
            self._styles[name] = _Style(
                based_on=_value(style, "basedOn") or "",
                numbering=_value(number, "numId"),
                level=None if level is None else _number(level, 0),
                hidden=_switch(_child(style, "rPr"), "vanish"),
            )
            if _attribute(style, "type") == "paragraph" and _attribute(style, "default") in {"1", "true", "on"}:
                self._default = name

    def chain(self, name: str | None) -> Iterator[tuple[str, _Style]]:
        """The style and those it is based on, nearest first."""
        seen: set[str] = set()
        while name and name in self._styles and name not in seen:
            seen.add(name)
            yield name, self._styles[name]
            name = self._styles[name].based_on

    def paragraph(self, properties: etree._Element | None) -> str:
        """The style of a paragraph with these properties."""
        return _value(properties, "pStyle") or self._default

    def hides(self, run: etree._Element | None, paragraph_style: str) -> bool:
        """Whether run properties, the run's style or its paragraph's style hide the text."""
        direct = _switch(run, "vanish")
        if direct is not None:
            return direct
        for start in (_value(run, "rStyle"), paragraph_style):
            for _, style in self.chain(start):
                if style.hidden is not None:
                    return style.hidden
        return False


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    suffix: str
    style: str
    restart: int | None
    legal: bool


@dataclass(slots=True)
class _List:
    """One w:num: its abstract list, and what it changes in it."""

    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class _Numbering:
    """numbering.xml, and how far each list has counted. Ask once for each paragraph, in order."""

    def __init__(self, root: etree._Element | None, styles: _Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        linked: dict[str, str] = {}
        links: dict[str, str] = {}
        for element in root if root is not None else ():
            if _name(element) == "abstractNum":
                name = _attribute(element, "abstractNumId")
                self._abstract[name] = _levels(element)
                linked[_value(element, "styleLink") or ""] = name
                links[name] = _value(element, "numStyleLink") or ""
            elif _name(element) == "num":
                self._lists[_attribute(element, "numId")] = _list(element)
        for name, style in links.items():
            if style and style in linked:  # an empty list that stands for the one its style defines
                self._abstract[name] = self._abstract[linked[style]]

    def of(self, properties: etree._Element | None) -> str:
        """What prints before a paragraph with these properties, "" where nothing does. Counts it."""
        found = self._place(properties)
        if found is None:
            return ""
        name, depth = found
        numbered = self._lists[name]
        levels = self._abstract.get(numbered.abstract, {}) | numbered.levels
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(numbered.abstract, {})
        if depth in numbered.starts and (name, depth) not in self._started:
            counts[depth] = numbered.starts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._started.add((name, depth))
        for deeper in [d for d in counts if d > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or depth < restart:
                del counts[deeper]
        return _printed_number(level, levels, counts)

    def _place(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """The list and the level of a paragraph: what it says itself goes before what its styles say."""
        own = _child(properties, "numPr")
        name, given = _value(own, "numId"), _value(own, "ilvl")
        depth = None if given is None else _number(given, 0)
        if name is None:
            for style_name, style in self._styles.chain(self._styles.paragraph(properties)):
                if style.numbering is not None:
                    name = style.numbering
                    if depth is None:
                        depth = self._level_of_style(name, style_name)
                    if depth is None:
                        depth = style.level
                    break
        return (name, depth or 0) if name in self._lists else None

    def _level_of_style(self, name: str, style: str) -> int | None:
        if name not in self._lists:
            return None
        levels = self._abstract.get(self._lists[name].abstract, {})
        return next((depth for depth, level in levels.items() if level.style == style), None)


def _levels(parent: etree._Element) -> dict[int, _Level]:
    return {_number(_attribute(e, "ilvl"), 0): _level(e) for e in parent if _name(e) == "lvl"}


def _level(element: etree._Element) -> _Level:
    restart = _value(element, "lvlRestart")
    formats = [_attribute(e, "val") for e in element.iter() if _name(e) == "numFmt"]
    return _Level(
        start=_number(_value(element, "start"), 0 if _child(element, "start") is None else 1),
        format=next((f for f in formats if f != "custom"), "decimal"),
        text=_value(element, "lvlText") or "",
        suffix=_value(element, "suff") or "tab",
        style=_value(element, "pStyle") or "",
        restart=None if restart is None else _number(restart, 0),
        legal=bool(_switch(element, "isLgl")),
    )


def _list(element: etree._Element) -> _List:
    made = _List(_value(element, "abstractNumId") or "")
    for override in element:
        if _name(override) == "lvlOverride":
            depth = _number(_attribute(override, "ilvl"), 0)
            start = _value(override, "startOverride")
            if start is not None:
                made.starts[depth] = _number(start, 1)
            for level in _levels(override).values():
                made.levels[depth] = level
    return made


def _printed_number(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    if level.format == "bullet":
        return ""

    def figure(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        other = levels.get(depth)
        if other is None:
            return ""
        return format_number(counts.get(depth, other.start), "decimal" if level.legal else other.format)

    text = re.sub(r"%([1-9])", figure, level.text)
    if not text or level.suffix == "nothing":
        return text
    # The tab after 一、 is only distance; after a digit it keeps "1" and "5件" from becoming "15件".
    return text if level.suffix == "tab" and trim(text)[-1:] in "、。．，）〕】》：" else text + " "


# ---- paragraphs and tables


@dataclass(slots=True)
class _Line:
    """A paragraph being read: its text so far, the text boxes it anchors, and whether it is inside a field's code."""

    style: str
    text: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)

    def field_mark(self, kind: str) -> None:
        """Takes note of the begin, separate or end of a field; between begin and separate stands its code."""
        if kind == "begin":
            self.fields.append(True)
        elif self.fields and kind == "separate":
            self.fields[-1] = False
        elif self.fields and kind == "end":
            self.fields.pop()


@dataclass(slots=True)
class _Draft:
    """A cell that may still grow downwards or to the right."""

    row: int
    column: int
    width: int
    text: str
    height: int = 1


class _Reader:
    """Turns the body into regions. Holds what goes on from paragraph to paragraph: list counters, warnings."""

    def __init__(self, package: _Package) -> None:
        root = package.xml(package.main)
        body = _child(root, "body")
        if body is None:
            raise DamagedFile("The DOCX has no document part (word/document.xml). Open it in Word and save it again.")
        self.body = body
        self.warnings: list[str] = []
        self._budget = SlotBudget()
        related = package.relations(package.main)
        self._styles = _Styles(self._optional(package, related, "styles"))
        self._numbering = _Numbering(self._optional(package, related, "numbering"), self._styles)

    def _optional(self, package: _Package, related: dict[str, str], kind: str) -> etree._Element | None:
        beside = posixpath.join(posixpath.dirname(package.main), f"{kind}.xml")
        try:
            return package.xml(related.get(kind, beside))
        except DamagedFile as error:
            self.warnings.append(f"Automatic numbers may be missing: {error}")
            return None

    def regions(self, container: etree._Element) -> Iterator[Region]:
        """The paragraphs and tables of a body, a text box or an unfolded cell."""
        for block in self._blocks(container):
            if _name(block) == "tbl":
                yield from self._table(block)
                continue
            text, boxes = self._paragraph(block)
            yield from text_regions(text)
            for box in boxes:
                yield from self.regions(box)

    def _blocks(self, container: etree._Element) -> Iterator[etree._Element]:
        for child in container:
            name = _name(child)
            if name in {"p", "tbl"}:
                yield child
            elif name in _BLOCK_WRAPPERS:
                yield from self._blocks(child)
            elif name == "mc:AlternateContent":
                branch = _chosen(child)
                yield from self._blocks(branch) if branch is not None else ()
            elif name == "altChunk":
                self.warnings.append("The document embeds another file (altChunk), which was not read.")

    def _paragraph(self, paragraph: etree._Element) -> tuple[str, list[etree._Element]]:
        properties = _child(paragraph, "pPr")
        line = _Line(self._styles.paragraph(properties))
        self._inline(paragraph, line)
        text = "".join(line.text)
        mark = _child(properties, "rPr")  # of the paragraph's end: gone, its number is gone as well
        gone = _child(mark, "del") is not None or _child(mark, "moveFrom") is not None
        if not trim(text) and (gone or self._styles.hides(mark, line.style)):
            return "", line.boxes
        return self._numbering.of(properties) + text, line.boxes

    def _inline(self, parent: etree._Element, line: _Line) -> None:
        for child in parent:
            name = _name(child)
            if name in {"r", "m:r"}:
                hidden = self._styles.hides(_child(child, "rPr"), line.style)
                self._run(child, hidden, line)
            elif name in _INLINE_WRAPPERS or name.startswith("m:"):
                self._inline(child, line)
            elif name == "mc:AlternateContent":
                branch = _chosen(child)
                if branch is not None:
                    self._inline(branch, line)

    def _run(self, run: etree._Element, hidden: bool, line: _Line) -> None:
        for child in run:
            name = _name(child)
            if name == "fldChar":
                line.field_mark(_attribute(child, "fldCharType"))
            elif hidden or any(line.fields):
                continue
            elif name in {"t", "m:t"}:
                line.text.append((child.text or "").replace("\n", " "))
            elif name in _MARKS:
                line.text.append(_MARKS[name])
            elif name == "sym":
                line.text.append(_symbol(child))
            elif name == "ruby":
                base = _child(child, "rubyBase")
                if base is not None:
                    self._inline(base, line)
            elif name == "mc:AlternateContent":
                branch = _chosen(child)
                if branch is not None:
                    self._run(branch, hidden, line)
            elif name in {"drawing", "pict", "object"}:
                line.boxes.extend(_text_boxes(child))

    def _table(self, table: etree._Element) -> Iterator[Region]:
        if not self._is_frame(table):
            yield Region(RegionKind.TABLE, table=self._grid(table))
            return
        for row in self._rows(table):
            for cell in self._cells(row):
                yield from self.regions(cell)

    def _is_frame(self, table: etree._Element) -> bool:
        own, inner = Tally(), Tally()
        for row in self._rows(table):
            for cell in self._cells(row):
                own.count(_plain(cell))
                for nested in cell.iter("{*}tc"):
                    if nested is not cell:
                        inner.count(_plain(nested))
        return is_frame(own, inner)

    def _rows(self, table: etree._Element) -> Iterator[etree._Element]:
        """The rows that print."""
        for child in table:
            properties = _child(child, "trPr")
            if _name(child) in _BLOCK_WRAPPERS:
                yield from self._rows(child)
            elif _name(child) == "tr" and _child(properties, "del") is None and not _switch(properties, "hidden"):
                yield child

    def _cells(self, row: etree._Element) -> Iterator[etree._Element]:
        for child in row:
            if _name(child) in _BLOCK_WRAPPERS:
                yield from self._cells(child)
            elif _name(child) == "tc" and _child(child, "tcPr", "cellDel") is None:
                yield child

    def _grid(self, table: etree._Element) -> Table:
        drafts: list[_Draft] = []
        hanging: dict[int, _Draft] = {}  # by column, the cells of the row above that this row may continue
        for row_number, row in enumerate(self._rows(table)):
            still: dict[int, _Draft] = {}
            column = _span(_child(row, "trPr"), "gridBefore", 0)
            previous: _Draft | None = None
            for cell in self._cells(row):
                properties = _child(cell, "tcPr")
                width = _span(properties, "gridSpan", 1)
                merge = _value(properties, "vMerge")
                above = hanging.get(column)
                self._budget.spend(width)
                if merge is not None and merge != "restart" and above is not None and above.width == width:
                    above.height += 1
                    draft = above
                elif _value(properties, "hMerge") in {"continue", ""} and previous is not None:
                    previous.width += width
                    column += width
                    continue
                else:
                    draft = _Draft(row_number, column, width, join_lines(self._cell_lines(cell)))
                    drafts.append(draft)
                    previous = draft
                if merge is not None:
                    still[column] = draft
                column += width
            hanging = still
        return Table(tuple(Cell(d.row, d.column, d.text, d.height, d.width) for d in drafts))

    def _cell_lines(self, cell: etree._Element) -> Iterator[str]:
        for block in self._blocks(cell):
            if _name(block) == "tbl":
                for row in self._rows(block):
                    for nested in self._cells(row):
                        yield from self._cell_lines(nested)
                continue
            text, boxes = self._paragraph(block)
            yield from text.split("\n")
            for box in boxes:
                yield from self._cell_lines(box)


def _span(properties: etree._Element | None, name: str, least: int) -> int:
    return min(max(_number(_value(properties, name), least), least), _MAX_SPAN)
