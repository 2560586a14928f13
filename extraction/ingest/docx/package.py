"""The parts of a DOCX as XML, with a limit on what they unpack to.

The parser resolves no entities and opens no network connection.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from extraction.errors import DamagedFile, EncryptedFile, TooLarge, UnsupportedFormat
from extraction.messages import Text

_OLE = b"\xd0\xcf\x11\xe0"


class Package:
    """The parts of an Office file by name; unpacks no more than `limit` bytes in all."""

    def __init__(self, data: bytes, limit: int) -> None:
        if data.startswith(_OLE):
            _refuse_ole(data)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise DamagedFile("the DOCX is not a complete zip file; copy or download it again") from error
        # Some programs write backslashes, and part names ignore case.
        self._members = {m.filename.replace("\\", "/").lstrip("/").lower(): m for m in self._zip.infolist()}
        self._limit = self._left = limit
        if sum(m.file_size for m in self._zip.infolist()) > limit:
            raise self._too_large()
        self.main = self._main_part()

    def relations(self, part: str) -> dict[str, str]:
        """The parts that `part` ("" for the package) relates to, by the last word of the relation's type."""
        folder, name = posixpath.split(part)
        try:
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        except DamagedFile:  # the usual names may still be there
            return {}
        targets: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                targets.setdefault(relation.get("Type", "").rpartition("/")[2], target.lstrip("/"))
        return targets

    def xml(self, part: str) -> etree._Element | None:
        """The root element of a part, None where there is no such part. Raises an InputError."""
        member = self._members.get(part.lower())
        if member is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(self._read(member), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DamagedFile(
                "{part} in the DOCX is not well-formed; open it in Word and save it again", part=part
            ) from error
        document_info: Any = root.getroottree().docinfo
        if document_info.doctype:
            raise DamagedFile(
                "{part} in the DOCX declares a document type; open it in Word and save it again", part=part
            )
        return root

    def _read(self, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & 1:
            raise EncryptedFile("the DOCX is encrypted; save a copy without a password")
        try:
            with self._zip.open(member) as stream:
                content = stream.read(self._left + 1)  # the declared size may be false
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise DamagedFile(
                "{part} in the DOCX is truncated or damaged; copy or download it again", part=member.filename
            ) from error
        self._left -= len(content)
        if self._left < 0:
            raise self._too_large()
        return content

    def _too_large(self) -> TooLarge:
        return TooLarge(
            "the DOCX unpacks to over ingest.max_unpacked_bytes = {limit:,}; remove its pictures", limit=self._limit
        )

    def _main_part(self) -> str:
        main = self.relations("").get("officeDocument", "")
        folders = {name.partition("/")[0] for name in self._members}
        for folder, kind in (("xl", "a spreadsheet"), ("ppt", "a presentation")):
            if main.lower().startswith(f"{folder}/") or (not main and folder in folders and "word" not in folders):
                raise UnsupportedFormat(
                    "this is {kind}; copy the report into Word, or print it to PDF", kind=Text(kind)
                )
        if "mimetype" in self._members and "content.xml" in self._members:
            raise UnsupportedFormat("this is an OpenDocument file; save it as .docx")
        return main if main.lower() in self._members else "word/document.xml"


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedFile("the document is encrypted; save a copy without a password")
    if "WordDocument".encode("utf-16-le") in data:
        raise UnsupportedFormat("this is a legacy .doc file; open it in Word or WPS and save as .docx")
    raise UnsupportedFormat("this is an old Office file and no Word document; save the report as .docx or PDF")
