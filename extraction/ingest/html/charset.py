"""The bytes of a web page to its text: out of MHTML, and by the charset that they really are in."""

from __future__ import annotations

import codecs
import re
from email import message_from_bytes
from email.errors import MessageError

import webencodings
from charset_normalizer import from_bytes

from extraction.errors import DamagedFile

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


def unpack(data: bytes) -> tuple[bytes, str | None]:
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
