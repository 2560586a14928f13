"""The files that are timed: their kind, which pages have tables, and documents composed of their pages."""

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
class FileInfo:
    """A file: its kind, its number of pages (1 where it has none) and the numbers of pages with tables, from 1."""

    kind: str
    pages: int
    with_tables: tuple[int, ...]
    is_pdf: bool


def inspect(path: Path, models: Models) -> FileInfo:
    """Return the kind, pages and tables of a file as Gouji reads it. Raises an `InputError` where it cannot be read."""
    contents = read_document(path, models, Settings())
    tables = {region.page for region in contents.regions if region.kind is RegionKind.TABLE}
    pages = contents.source.pages
    kind = TEXT if pages is None else SCAN if contents.pictured else DIGITAL
    return FileInfo(kind, pages or 1, tuple(sorted(p for p in tables if p)), contents.source.media_type == PDF)


def with_pages(path: Path, indices: Sequence[int], out: Path) -> Path:
    """Write a PDF of these pages of another (indices from 0, repeats allowed) to `out` and return its path."""
    with pypdfium2.PdfDocument(path) as source, pypdfium2.PdfDocument.new() as made:
        for index in indices:
            made.import_pages(source, [index])
        made.save(out)
    return out


def page_count(path: Path) -> int:
    """Return the number of pages of a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        return len(document)
