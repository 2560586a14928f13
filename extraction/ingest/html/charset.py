"""Decode a web page: unpack MHTML, and find the charset that its bytes are really in."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from email import message_from_bytes
from email.errors import MessageError

import webencodings
from charset_normalizer import from_bytes

from extraction.errors import DamagedFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),  # no byte order mark, but a page starts with <
    (b"\0<", "utf-16-be"),
)
_PRESCAN_BYTES = 4096  # browsers search 1024 for the charset; some pages start with a long comment
_GUESS_BYTES = 200_000
_MAX_UNDECODED, _CHARACTERS_PER_UNDECODED = 3, 200  # undecodable characters that a right charset may leave
_META = re.compile(rb"""<(?:meta[^>]*?charset|\?xml[^>]*?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_SINGLE_BYTE = re.compile(r"cp125|cp874|iso8859|iso-8859|latin|koi8|mac|ascii", re.IGNORECASE)


def decode(data: bytes, label: str | None = None) -> str:
    """The text of a page; `label` is the charset stated outside of it, which has priority over its own.

    A stated charset is used where it decodes the bytes: many sites state one and send another.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, errors="replace").removeprefix("\ufeff")
    meta = _META.search(re.sub(rb"<!--.*?-->", b"", data[:_PRESCAN_BYTES], flags=re.DOTALL))
    stated = _codec(label) or _codec(meta[1].decode("ascii", errors="replace") if meta else None)
    # GBK text is hardly ever valid UTF-8 with three-byte characters, while the reverse happens.
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-8")
        if any(c > "\u07ff" for c in text):
            return text
    candidates = ["utf-8", "gb18030"]
    if stated is not None:
        # A single-byte charset decodes anything: try it after the Chinese ones.
        candidates.insert(2 if _SINGLE_BYTE.match(stated) else 0, stated)
    texts = [data.decode(codec, errors="replace") for codec in dict.fromkeys(candidates)]
    for text in texts:
        if text.count("\ufffd") <= _MAX_UNDECODED + len(text) // _CHARACTERS_PER_UNDECODED:
            return text
    guess = from_bytes(data[:_GUESS_BYTES]).best()
    if guess is not None:
        texts.append(data.decode(guess.encoding, errors="replace"))
    return min(texts, key=lambda text: text.count("\ufffd"))


def _codec(label: str | None) -> str | None:
    """Python's codec for a charset label, None for an unknown one."""
    encoding = webencodings.lookup(label) if label else None
    if encoding is None:
        return None
    name = str(encoding.name)
    if name in {"gbk", "gb18030"}:
        return "gb18030"  # a superset, which pages that state gb2312 need
    if name.startswith("utf-16"):
        return "utf-8"  # the label was readable as ASCII, so it is wrong
    return "cp1252" if name == "x-user-defined" else str(encoding.codec_info.name)


def unpack(data: bytes) -> tuple[bytes, str | None]:
    """The page inside MHTML and the charset stated for it; other data unchanged, with None. Raises DamagedFile."""
    head = data[:2048].lstrip().lower()
    if head.startswith(b"<") or b"mime-version:" not in head or b"content-type:" not in head:
        return data, None
    try:
        for part in message_from_bytes(data).walk():
            payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
            if isinstance(payload, bytes):
                return payload, part.get_content_charset()
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise DamagedFile("the web archive (MHTML) is damaged; save the page as HTML") from error
    raise DamagedFile("the web archive (MHTML) holds no HTML page; save the page as HTML")
