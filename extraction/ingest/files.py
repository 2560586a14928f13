"""Open a file of any kind as pages; its kind is recognised by its content, never by its name.

PDF, PNG, JPEG, TIFF, DOCX, HTML (and MHTML) and text dumps are read; anything else raises UnsupportedFormat.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from extraction.document import Page
from extraction.errors import DamagedFile, EmptyFile, TooLarge, UnsupportedFormat
from extraction.ingest.docx.reader import read_docx
from extraction.ingest.html.charset import decode
from extraction.ingest.html.reader import read_html
from extraction.ingest.pdf.reader import open_pdf, read_pages
from extraction.ingest.pictures import open_picture, page_count, read_pictures
from extraction.ingest.text import read_text
from extraction.messages import Text
from extraction.settings import IngestSettings

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
TEXT = "text/plain"

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
_FOREIGN = (
    (b"RIFF", "a WebP picture or sound"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"{\\rtf", "an RTF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%!PS", "a PostScript file"),
)
_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body|table|div|p|meta)[\s>]", re.IGNORECASE)
_MIME = re.compile(rb"\A(?:[\w-]+:.*\r?\n)*?mime-version:", re.IGNORECASE)
_SNIFFED_BYTES = 4096
_PDF_HEADER_BYTES, _MARKUP_BYTES = 1024, 65_536  # within which a PDF header or a tag of HTML stands
_MAX_CONTROL_SHARE = 0.02  # of the first bytes of a text


@dataclass(frozen=True, slots=True)
class Document:
    """An opened file. `pages` can be iterated once; `page_count` is None for formats without pages."""

    media_type: str
    sha256: str
    page_count: int | None
    pages: Iterator[Page]


@contextmanager
def open_document(path: Path, settings: IngestSettings) -> Iterator[Document]:
    """The opened file, whose pages are read one at a time. Raises an InputError, here or from `pages`."""
    data = _read(path, settings)
    sha256 = hashlib.sha256(data).hexdigest()
    media_type = sniff(data)
    if media_type == PDF:
        with open_pdf(data, settings) as pdf:
            yield Document(media_type, sha256, len(pdf), read_pages(pdf, settings))
    elif media_type.startswith("image/"):
        with open_picture(data, settings) as picture:
            yield Document(media_type, sha256, page_count(picture), read_pictures(picture, settings))
    elif media_type == DOCX:
        yield Document(media_type, sha256, None, iter([read_docx(data, settings)]))
    elif media_type == HTML:
        yield Document(media_type, sha256, None, iter([read_html(data, settings)]))
    else:
        yield Document(media_type, sha256, None, iter([read_text(decode(data))]))


def sniff(data: bytes) -> str:
    """The media type of a file's content. Raises EmptyFile or UnsupportedFormat."""
    start = data[:_SNIFFED_BYTES]
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise EmptyFile("the file is empty")
    if b"%PDF-" in data[:_PDF_HEADER_BYTES]:
        return PDF
    for magic, media_type in _PICTURES:
        if start.startswith(magic):
            return media_type
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return DOCX  # its reader refuses spreadsheets, encrypted files and old .doc files
    for magic, kind in _FOREIGN:
        if start.startswith(magic):
            raise UnsupportedFormat(
                "this is {kind}; save it as PDF, PNG, JPEG, TIFF, DOCX, HTML or text", kind=Text(kind)
            )
    if _is_binary(start):
        raise UnsupportedFormat("this is none of PDF, PNG, JPEG, TIFF, DOCX, HTML or text, or its start is damaged")
    if _MIME.match(start) or _MARKUP.search(data[:_MARKUP_BYTES].replace(b"\x00", b"")):
        return HTML
    return TEXT


def _is_binary(start: bytes) -> bool:
    """Whether the first bytes are no text; UTF-16, which has zeros, starts with a byte order mark."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b\x1a" for byte in start)
    return b"\x00" in start or controls > _MAX_CONTROL_SHARE * len(start)


def _read(path: Path, settings: IngestSettings) -> bytes:
    try:
        size = path.stat().st_size
        if size > settings.max_bytes:
            limit = settings.max_bytes
            raise TooLarge(
                "the file has {size:,} bytes, more than ingest.max_bytes = {limit:,}", size=size, limit=limit
            )
        if size == 0:
            raise EmptyFile("the file is empty")
        return path.read_bytes()
    except OSError as error:
        raise DamagedFile("the file cannot be read: {why}", why=Text(error.strerror or error)) from error
