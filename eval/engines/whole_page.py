"""A baseline: text boxes of a whole page dropped into Gouji's grid, whatever parses accepted as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from eval.engines.reading import predict, report_by_reading
from eval.engines.text import FindText
from eval.runs.prediction import Prediction
from extraction.document import Region, Source
from extraction.errors import UnsupportedFormat
from extraction.ingest.files import open_document
from extraction.layout.page_regions import regions_on
from extraction.layout.prepared_page import sheets_of
from extraction.pipeline import Contents
from extraction.settings import Settings
from models.loaded import Models
from models.recogniser import Expected, Image, Quad, Reading, Recogniser, nothing_expected


class WholePageEngine:
    """Gouji's grid and labels around somebody else's reading of the page."""

    def __init__(self, name: str, find_text: FindText, threads: int) -> None:
        self.name, self.find_text, self._settings = name, find_text, Settings()
        self._models, self._blind = Models(threads=threads), _NothingRead(threads=threads)
        _ = self._models.recogniser, self._blind.layout  # loaded here, not while a document is timed

    def read(self, path: Path) -> Prediction:
        """The document with every page read as a whole."""
        return predict(lambda: self._contents(path), report_by_reading, self._settings)

    def _contents(self, path: Path) -> Contents:
        regions: list[Region] = []
        with open_document(path, self._settings.ingest) as document:
            for page in document.pages:
                if page.raster is None:
                    raise UnsupportedFormat(f"{self.name} reads pictures of pages, and {document.media_type} has none")
                for sheet in sheets_of(replace(page, spans=()), self._models):
                    found = tuple(replace(span, page=page.number) for span in self.find_text(sheet.raster))
                    # The boxes stand in for a text layer: what they lack is then not looked for in the picture.
                    regions += regions_on(replace(sheet, spans=found), self._blind, self._settings)
        source = Source(str(path), document.sha256, document.media_type, document.page_count)
        return Contents(source, tuple(regions))


class _NothingRead(Models):
    """Our layout network without a recogniser: a cell that the engine left empty is empty."""

    reads_cells = False

    @cached_property
    def recogniser(self) -> Recogniser:
        """One that finds and reads nothing."""
        return _BlindRecogniser()


class _BlindRecogniser:
    name = "none"

    def find_lines(self, page: Image) -> list[Quad]:
        return []

    def read_lines(self, lines: Sequence[Image], expected: Expected = nothing_expected) -> list[Reading]:
        del expected
        return [Reading("", 1.0) for _ in lines]

    def read_figures(self, lines: Sequence[Image]) -> list[Reading]:
        return self.read_lines(lines)
