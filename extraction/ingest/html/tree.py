"""The tree of a web page: limits before it is parsed, the elements that are shown, and the walk over them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from extraction.errors import DamagedFile


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


# ---- before it is parsed

_NOSCRIPT = re.compile(r"<(/?)noscript(?=[\s/>])", re.IGNORECASE)


def without_noscript(text: str) -> str:
    """The source without its noscript elements, which a browser skips; the parser would move them into the page."""
    kept: list[str] = []
    end = 0
    opened: int | None = None
    for match in _NOSCRIPT.finditer(text):
        if not match[1] and opened is None:
            opened = match.start()
        elif match[1] and opened is not None:
            kept.append(text[end:opened])
            end = match.start()  # an end tag without a start tag means nothing
            opened = None
    return "".join(kept) + text[end:]


_MAX_DEPTH = 2000  # elements; browsers stop at 512, and the parser's time grows with the square
_MAX_COPIES = 20_000_000  # tags times open formatting elements
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_WITHOUT_DEPTH = words(  # void elements, and those that the next one closes
    "area base br col embed frame hr img input link meta param source wbr"
    " p li dt dd option tr td th tbody thead tfoot colgroup html head body"
)
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")


def refuse_hostile(text: str) -> None:
    """Raise DamagedFile for a page that nests too deeply, or whose unclosed formatting would be copied too often."""
    opened: Counter[str] = Counter()
    depth = formatting = deepest_formatting = tags = 0
    for match in _TAG.finditer(text):
        name = match[2].lower()
        tags += 1
        if name in _WITHOUT_DEPTH:
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
            raise DamagedFile(
                "the page nests over {limit} elements; open it in a browser and save it as PDF", limit=_MAX_DEPTH
            )
    if deepest_formatting * tags > _MAX_COPIES:
        raise DamagedFile("the page leaves too many elements open; open it in a browser and save it as PDF")


# ---- its elements


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
    """The properties of the style attribute; style sheets, which rarely hide text, are not read."""
    declarations = (d.partition(":") for d in (attributes.get("style") or "").split(";"))
    return {n.strip().lower(): v.replace("!important", "").strip().lower() for n, _, v in declarations}


def _is_read(node: LexborNode) -> bool:
    """Whether an element is shown on the page."""
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
    """Each text node as (node, True); each element that is shown as (element, True), its contents, (element, False)."""
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
