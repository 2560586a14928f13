"""The tree of a web page: what bounds it before it is built, which elements show, and the walk over them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from extraction.errors import DamagedFile

# ---- before it is built

_NOSCRIPT = re.compile(r"<(/?)noscript(?=[\s/>])", re.IGNORECASE)


def without_noscript(text: str) -> str:
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


def refuse_hostile(text: str) -> None:
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


# ---- its elements


def words(text: str) -> frozenset[str]:
    """The words of a listing, as a set."""
    return frozenset(text.split())


_UNREAD = words(
    "head script style noscript template iframe object embed applet svg math canvas audio video picture map select"
    " button textarea datalist progress meter rt rp rtc noframes noembed"
)
BLOCKS = words(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup p"
    " plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
CELLS = frozenset({"td", "th"})
PREFORMATTED = frozenset({"pre", "listing", "xmp", "plaintext"})

Style = dict[str, str]


def style_of(attributes: dict[str, str | None]) -> Style:
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
    style = style_of(attributes)
    return not (
        style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("mso-hide") == "all"
        or style.get("mso-element") in {"header", "footer", "comment-list", "footnote-separator"}
    )


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
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
