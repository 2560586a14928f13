"""What a file is, is told by its content: each test says which bytes under which name."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from extraction.document import Page
from extraction.errors import DamagedFile, EmptyFile, InputError, TooLarge, UnsupportedFormat
from extraction.ingest.files import DOCX, HTML, PDF, TEXT, open_document, sniff
from extraction.settings import IngestSettings
from tests.documents import PdfPage, encoded, pdf, sample, text_at
from tests.examples import examples

SMALL = IngestSettings(scan_dpi=30, digital_dpi=30)


def read(path: Path, limits: IngestSettings = SMALL) -> tuple[str, int | None, list[Page]]:
    with open_document(path, limits) as document:
        return document.media_type, document.page_count, list(document.pages)


def words(page: Page) -> str:
    cells = [c.text for r in page.regions if r.table for c in r.table.cells]
    return "".join([*(s.text for s in page.spans), *(r.text for r in page.regions), *cells])


def word_document() -> bytes:
    document = docx.Document()
    document.add_paragraph("一、总体情况")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def zipped(*names: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return target.getvalue()


PAPER = Image.new("L", (30, 40), 255)
READABLE = {
    "PDF": (pdf(PdfPage(text_at(50, 50, "12"))), PDF, "12"),
    "PDF behind junk": (b"HTTP/1.1 200 OK\r\n\r\n" + pdf(PdfPage(text_at(50, 50, "12"))), PDF, "12"),
    "PNG": (encoded(PAPER, "PNG"), "image/png", ""),
    "JPEG": (encoded(PAPER, "JPEG"), "image/jpeg", ""),
    "TIFF": (encoded(PAPER, "TIFF"), "image/tiff", ""),
    "BigTIFF": (encoded(PAPER, "TIFF", big_tiff=True), "image/tiff", ""),
    "DOCX": (word_document(), DOCX, "一、总体情况"),
    "HTML": ("<!DOCTYPE html><html><p>一、总体情况".encode(), HTML, "一、总体情况"),
    "HTML without doctype": ("\n\n<table><tr><td>规章</td></tr></table>".encode(), HTML, "规章"),
    "HTML in UTF-16": ("<html><p>总体情况".encode("utf-16"), HTML, "总体情况"),
    "HTML in GBK": ("<html><meta charset=gb2312><p>总体情况".encode("gbk"), HTML, "总体情况"),
    "HTML behind a long comment": (f"<!-- {'x' * 9000} --><p>总体情况".encode(), HTML, "总体情况"),
    "MHTML": (
        b"From: <Saved by a browser>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + "<p>总体情况".encode(),
        HTML,
        "总体情况",
    ),
    "text": ("一、总体情况\n规章\t12\n其他\n".encode(), TEXT, "一、总体情况其他规章12"),
    "text with a mark": ("一、总体情况".encode("utf-8-sig"), TEXT, "一、总体情况"),
    "text in UTF-16": ("一、总体情况".encode("utf-16"), TEXT, "一、总体情况"),
    "text in GBK": ("一、总体情况\n全年公开信息十二条。".encode("gbk"), TEXT, "一、总体情况全年公开信息十二条。"),
    "text with < in it": ("一、总体情况\n3 < 5".encode(), TEXT, "一、总体情况3 < 5"),
}


@pytest.mark.parametrize("suffix", ["", ".pdf", ".docx", ".txt", ".xlsx"])
@pytest.mark.parametrize("kind", READABLE)
def test_the_suffix_does_not_matter(kind: str, suffix: str, tmp_path: Path) -> None:
    data, media_type, printed = READABLE[kind]
    path = tmp_path / f"report{suffix}"
    path.write_bytes(data)
    found, count, pages = read(path)
    assert (found, "".join(map(words, pages))) == (media_type, printed)
    assert count == (None if media_type in (DOCX, HTML, TEXT) else 1)


@pytest.mark.parametrize("name", ["report.pdf", "report.docx", "report.html"])
def test_sample_reports_under_another_suffix(name: str, tmp_path: Path) -> None:
    data = sample("hewan-2020", name)
    for other in ("report.jpg", name):
        (tmp_path / other).write_bytes(data)
    assert list(map(words, read(tmp_path / "report.jpg")[2])) == list(map(words, read(tmp_path / name)[2]))


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    data = READABLE["text"][0]
    (tmp_path / "a.txt").write_bytes(data)
    with open_document(tmp_path / "a.txt", SMALL) as document:
        assert document.sha256 == hashlib.sha256(data).hexdigest()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
FOREIGN = {
    "spreadsheet": (zipped("[Content_Types].xml", "xl/workbook.xml"), "spreadsheet.*Word"),
    "presentation": (zipped("[Content_Types].xml", "ppt/presentation.xml"), "presentation.*PDF"),
    "OpenDocument": (zipped("mimetype", "content.xml"), r"\.docx"),
    "old .doc": (OLE + "WordDocument".encode("utf-16-le"), r"legacy .doc.*\.docx"),
    "old .xls": (OLE + "Workbook".encode("utf-16-le"), "save the report as .docx or PDF"),
    "RTF": (rb"{\rtf1\ansi \u19968?}", "RTF document; save it as PDF"),
    "GIF": (encoded(PAPER, "GIF"), "GIF picture; save it as"),
    "WebP": (encoded(PAPER, "WEBP"), "WebP.*save it as"),
    "BMP": (encoded(PAPER, "BMP"), "BMP picture; save it as"),
    "gzip": (gzip.compress(b"a report"), "gzip archive"),
    "RAR": (b"Rar!\x1a\x07\x01\x00", "RAR archive"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    "PostScript": (b"%!PS-Adobe-3.0\n", "PostScript"),
    "program": (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00>\x00", "none of PDF, PNG"),
    "sound": (b"ID3\x04\x00\x00\x00\x00\x00\x23", "none of PDF, PNG"),
    "noise": (bytes(range(1, 256)) * 8, "none of PDF, PNG"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_other_formats_are_refused_with_advice(kind: str, tmp_path: Path) -> None:
    data, advice = FOREIGN[kind]
    (tmp_path / "report.pdf").write_bytes(data)
    with pytest.raises(UnsupportedFormat, match=advice):
        read(tmp_path / "report.pdf")


def test_a_zip_of_reports_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "reports.zip").write_bytes(zipped("2020.pdf", "2021.pdf"))
    with pytest.raises(InputError):
        read(tmp_path / "reports.zip")


@pytest.mark.parametrize("data", [b"", b"\x00" * 5000, b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_empty_files(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(data)
    with pytest.raises(EmptyFile):
        read(tmp_path / "report.pdf")


def test_more_bytes_than_allowed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"12345678")
    assert read(tmp_path / "a.txt", IngestSettings(max_bytes=8))
    with pytest.raises(TooLarge, match=r"8 bytes, more than ingest.max_bytes = 7"):
        read(tmp_path / "a.txt", IngestSettings(max_bytes=7))


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    for path in (tmp_path / "none.pdf", tmp_path / "folder.pdf"):
        with pytest.raises(DamagedFile, match="cannot be read"):
            read(path)


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_known_kind_or_refused(data: bytes) -> None:
    with suppress(EmptyFile, UnsupportedFormat):
        assert sniff(data) in (PDF, DOCX, HTML, TEXT, "image/png", "image/jpeg", "image/tiff")


@pytest.mark.parametrize("kind", READABLE)
@settings(max_examples=examples(25), deadline=None)
@given(
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
)
def test_damage_raises_input_errors_only(
    kind: str, cut: float, changes: Sequence[tuple[float, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = bytearray(READABLE[kind][0])
    for place, byte in changes:
        data[int(place * len(data))] = byte
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data[: len(data) - int(cut * len(data) * (not changes))])
    with suppress(InputError):
        read(path)
