"""Reading the elements of WordprocessingML, whichever of its two namespaces they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "",  # ISO "strict"
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
}
_SYMBOLS = {  # Wingdings and Wingdings 2, which forms use for tick boxes
    ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xA8): "□",
    ("wingdings", 0x6F): "□",
    ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0xA3): "□",
}


@lru_cache(maxsize=4096)
def _short(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    return _PREFIXES.get(namespace[1:], "?:") + local


def local_name(element: etree._Element) -> str:
    """The local name of a Word element; "mc:" or "m:" before those, "?:" before all others."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


def find_child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of each name in turn, None where there is none."""
    for name in path:
        element = next((c for c in element if local_name(c) == name), None) if element is not None else None
    return element


def attribute(element: etree._Element | None, name: str, default: str = "") -> str:
    """A Word attribute; its namespace is that of its element."""
    if element is None:
        return default
    return str(element.get(element.tag.rpartition("}")[0] + "}" + name) or element.get(name) or default)


def child_value(element: etree._Element | None, *path: str) -> str | None:
    """The w:val of the element at this path, "" where it has none; None where there is no such element."""
    found = find_child(element, *path)
    return None if found is None else attribute(found, "val")


def whole_number(text: str | None, default: int) -> int:
    """The number that an attribute states, `default` where it states none."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else default


def switch(properties: etree._Element | None, name: str) -> bool | None:
    """An on/off property: None where it is not given."""
    value = child_value(properties, name)
    return None if value is None else value.lower() not in {"0", "false", "off"}


def chosen_branch(alternate: etree._Element) -> etree._Element | None:
    """The branch of mc:AlternateContent to read: each holds the same content in another dialect."""
    branches = [b for b in alternate if local_name(b) in {"mc:Choice", "mc:Fallback"}]
    return next((b for b in branches if any(local_name(e) == "t" for e in b.iter())), branches[0] if branches else None)


def text_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes in a drawing, each once."""
    for child in element:
        if local_name(child) == "txbxContent":
            yield child
        elif local_name(child) == "mc:AlternateContent":
            branch = chosen_branch(child)
            yield from text_boxes(branch) if branch is not None else ()
        else:
            yield from text_boxes(child)


def plain_text(element: etree._Element) -> str:
    """The typed text, without that of nested tables; enough to judge a cell by."""
    if local_name(element) == "t":
        return element.text or ""
    return "".join(plain_text(child) for child in element if local_name(child) != "tbl")


def symbol(element: etree._Element) -> str:
    """The character that a w:sym prints, "" where nobody can say which."""
    code = attribute(element, "char")
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", code):
        return ""
    point = int(code, 16)
    if 0xE000 <= point <= 0xF8FF:  # private use: means something only in its font
        return _SYMBOLS.get((attribute(element, "font").lower(), point & 0xFF), "")
    return chr(point) if point >= 0x20 and not 0xD800 <= point <= 0xDFFF else ""
