"""The files that are timed: what kind they are, which pages have tables, and documents made of their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from extraction.document import RegionKind
from extraction.ingest.files import PDF
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models

SCAN, DIGITAL, TEXT = "scan", "digital", "text"
"""Pages without text of their own; PDF pages with it; formats without pictures of pages."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file: its kind, its pages (1 where there are none) and the numbers of those with tables, from 1."""

    kind: str
    pages: int
    with_tables: tuple[int, ...]
    is_pdf: bool


def look(path: Path, models: Models) -> Seen:
    """What Gouji sees in a file. Raises an `InputError` where it cannot be read."""
    contents = read_document(path, models, Settings())
    tables = {region.page for region in contents.regions if region.kind is RegionKind.TABLE}
    pages = contents.source.pages
    kind = TEXT if pages is None else SCAN if contents.pictured else DIGITAL
    return Seen(kind, pages or 1, tuple(sorted(p for p in tables if p)), contents.source.media_type == PDF)


def with_pages(path: Path, indices: Sequence[int], out: Path) -> Path:
    """A PDF of these pages of another, counted from 0; one may be there often."""
    with pypdfium2.PdfDocument(path) as source, pypdfium2.PdfDocument.new() as made:
        for index in indices:
            made.import_pages(source, [index])
        made.save(out)
    return out


def page_count(path: Path) -> int:
    """The pages of a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        return len(document)
