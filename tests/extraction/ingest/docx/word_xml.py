"""DOCX files for tests, made of the XML that Word writes for the point in question, and what is read of them."""

from __future__ import annotations

import zipfile
from io import BytesIO

from extraction.document import Page
from extraction.ingest.docx.reader import read_docx
from extraction.settings import IngestSettings

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def part(tag: str, inside: str, namespace: str = W) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{tag} xmlns:w="{namespace}" {NAMESPACES}>{inside}</w:{tag}>'.encode()
    )


def packed(parts: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def document(body: str, numbering: str = "", styles: str = "", namespace: str = W) -> bytes:
    return packed(
        {
            "word/document.xml": part("document", f"<w:body>{body}<w:sectPr/></w:body>", namespace),
            "word/numbering.xml": part("numbering", numbering, namespace),
            "word/styles.xml": part("styles", styles, namespace),
        }
    )


def read(data: bytes) -> Page:
    return read_docx(data, IngestSettings())


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(content: str, properties: str = "") -> str:
    inside = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def texts(page: Page) -> list[str]:
    """Every region's text; a table as its cells in brackets."""
    return ["[" + "|".join(c.text for c in r.table.cells) + "]" if r.table else r.text for r in page.regions]


def lines(body: str, numbering: str = "", styles: str = "") -> list[str]:
    return texts(read(document(body, numbering, styles)))
