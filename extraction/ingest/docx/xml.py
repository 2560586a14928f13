"""Access to the elements of WordprocessingML in either of its namespaces (ECMA-376 transitional and strict)."""

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
_WRAPPERS = ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo")
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
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
    """The name of an element: bare for Word's own, with "mc:" or "m:" for those, and with "?:" for all others."""
    return _short(element.tag) if isinstance(element.tag, str) else ""


def find_child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The descendant at this path of names, the first of each; None where there is none."""
    for name in path:
        element = next((c for c in element if local_name(c) == name), None) if element is not None else None
    return element


def attribute(element: etree._Element, name: str) -> str:
    """The value of a Word attribute, "" without one; it may be in the namespace of its element."""
    return str(element.get(element.tag.rpartition("}")[0] + "}" + name) or element.get(name) or "")


def child_value(element: etree._Element | None, *path: str) -> str | None:
    """The w:val of the descendant at this path, "" without one; None where there is no such element."""
    found = find_child(element, *path)
    return None if found is None else attribute(found, "val")


def whole_number(text: str | None, default: int) -> int:
    """The whole number that an attribute states, `default` where it states none."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else default


def switch(properties: etree._Element | None, name: str) -> bool | None:
    """The value of an on/off property, None where it is not given."""
    value = child_value(properties, name)
    return None if value is None else value.lower() not in {"0", "false", "off"}


def flatten(root: etree._Element) -> None:
    """Replace wrappers (content controls, insertions, links) by their contents, and alternatives by one of them.

    The branches of mc:AlternateContent hold the same content in several dialects: the first with text is kept.
    """
    for alternate in reversed(list(root.iter(f"{_MC}AlternateContent"))):  # inner ones first
        branches = [b for b in alternate if local_name(b) in {"mc:Choice", "mc:Fallback"}]
        with_text = (b for b in branches if any(local_name(e) == "t" for e in b.iter()))
        chosen = next(with_text, branches[0] if branches else None)
        for other in [b for b in alternate if b is not chosen]:
            alternate.remove(other)
    namespaces = [namespace for namespace, prefix in _PREFIXES.items() if not prefix]
    etree.strip_tags(root, *(f"{_MC}{name}" for name in ("AlternateContent", "Choice", "Fallback")))
    etree.strip_tags(root, *(f"{{{namespace}}}{name}" for namespace in namespaces for name in _WRAPPERS))


def text_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes in a drawing."""
    for child in element:
        if local_name(child) == "txbxContent":
            yield child
        else:
            yield from text_boxes(child)


def plain_text(element: etree._Element) -> str:
    """The typed text of an element, without that of nested tables."""
    if local_name(element) == "t":
        return element.text or ""
    return "".join(plain_text(child) for child in element if local_name(child) != "tbl")


def symbol(element: etree._Element) -> str:
    """The character that a w:sym prints, "" where its font is unknown."""
    code = attribute(element, "char")
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", code):
        return ""
    point = int(code, 16)
    if 0xE000 <= point <= 0xF8FF:  # private use: the font decides
        return _SYMBOLS.get((attribute(element, "font").lower(), point & 0xFF), "")
    return chr(point) if point >= 0x20 and not 0xD800 <= point <= 0xDFFF else ""
