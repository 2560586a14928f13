"""Files that are damaged, hostile or no DOCX at all, and what is said of them."""

from __future__ import annotations

import struct

import pytest

from extraction.errors import DamagedFile, EncryptedFile, InputError, TooLarge, UnsupportedFormat
from extraction.ingest.docx.reader import read_docx
from extraction.settings import IngestSettings
from tests.extraction.ingest.docx.word_xml import OFFICE, RELATIONS, STRICT, W, document, p, packed, part, read, texts


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", document(p("甲"))[:-40]])
def test_a_broken_zip_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile, match="zip"):
        read(data)


def test_flipped_bytes_in_the_main_part_are_damage() -> None:
    data = bytearray(document(p("甲" * 2000)))
    data[60:70] = b"\xff" * 10
    with pytest.raises(DamagedFile):
        read(bytes(data))


def test_missing_and_malformed_main_part() -> None:
    with pytest.raises(DamagedFile, match="no document part"):
        read(packed({"word/other.xml": b"<a/>"}))
    with pytest.raises(DamagedFile, match="not well-formed"):
        read(packed({"word/document.xml": b"<w:document>"}))


def ole(stream: str) -> bytes:
    return bytes.fromhex("D0CF11E0A1B11AE1") + bytes(1016) + stream.encode("utf-16-le") + bytes(100)


@pytest.mark.parametrize(
    ("data", "error", "advice"),
    [
        (ole("EncryptedPackage"), EncryptedFile, "without a password"),
        (ole("WordDocument"), UnsupportedFormat, r"save as \.docx"),
        (ole("Workbook"), UnsupportedFormat, "no Word document"),
        (packed({"xl/workbook.xml": b"<a/>"}), UnsupportedFormat, "spreadsheet"),
        (packed({"ppt/presentation.xml": b"<a/>"}), UnsupportedFormat, "presentation"),
        (packed({"mimetype": b"x", "content.xml": b"<a/>"}), UnsupportedFormat, "OpenDocument"),
    ],
)
def test_other_files_say_what_to_do(data: bytes, error: type[InputError], advice: str) -> None:
    with pytest.raises(error, match=advice):
        read(data)


def test_an_encrypted_member() -> None:
    data = bytearray(document(p("甲")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    with pytest.raises(EncryptedFile, match="without a password"):
        read(bytes(data))


def test_zip_bombs_are_refused_by_declared_and_by_real_size() -> None:
    settings = IngestSettings(max_unpacked_bytes=100_000)
    data = document(p("甲" * 100_000))
    with pytest.raises(TooLarge, match="max_unpacked_bytes"):
        read_docx(data, settings)
    lying = bytearray(data)
    struct.pack_into("<I", lying, lying.index(b"PK\x01\x02") + 24, 100)  # the directory's size of document.xml
    with pytest.raises(InputError):
        read_docx(bytes(lying), settings)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d SYSTEM "http://localhost:1/d.dtd" [<!ENTITY b "x">]>',
    ],
)
def test_document_types_and_entities_are_refused(declaration: str) -> None:
    xml = f'{declaration}<w:document xmlns:w="{W}"><w:body>{p("&b;")}</w:body></w:document>'
    with pytest.raises(DamagedFile):
        read(packed({"word/document.xml": xml.encode()}))


def test_strict_namespace_and_other_part_names() -> None:
    data = packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
            ' Target="/Word/Main.xml"/></Relationships>'.encode(),
            "word\\main.xml": part("document", f"<w:body>{p('正文')}</w:body>", STRICT),
        }
    )
    assert texts(read(data)) == ["正文"]
