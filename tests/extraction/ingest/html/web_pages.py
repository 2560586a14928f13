"""What is read of a page that a test shows as a string."""

from __future__ import annotations

from extraction.document import Page, RegionKind
from extraction.ingest.html.reader import read_html
from extraction.settings import IngestSettings

PROSE = "本机关按照条例要求推进政府信息公开工作，全年主动公开信息若干条。" * 4


def read(page: str | bytes) -> Page:
    return read_html(page.encode() if isinstance(page, str) else page, IngestSettings())


def shown(page: Page) -> list[str]:
    """The regions that are not furniture; a table as its cells in brackets."""
    kept = [r for r in page.regions if r.kind is not RegionKind.FURNITURE]
    return ["[" + "|".join(c.text for c in r.table.cells) + "]" if r.table else r.text for r in kept]


def furniture(page: str) -> list[str]:
    return [s.text for r in read(page).regions if r.kind is RegionKind.FURNITURE for s in r.spans]


def lines(page: str) -> list[str]:
    return shown(read(page))
