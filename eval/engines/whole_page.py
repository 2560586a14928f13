"""A baseline: text boxes of a whole page dropped into Gouji's grid, whatever parses accepted as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from eval.engines.reading import BASELINE, predict
from eval.engines.text import FindText
from eval.runs.prediction import Prediction
from extraction.cells.fusion import CellText
from extraction.cells.readings import CellReadings, read_with
from extraction.contents import Contents
from extraction.document import Page
from extraction.errors import UnsupportedFormat
from extraction.pipeline import read_document
from extraction.preprocess.prepared_page import PageLayers, PreparedPage, layers_of, prepare
from extraction.settings import Settings
from extraction.stages import Stage
from extraction.tables.structure import TableStructure
from models.loaded import Models
from models.recogniser import Expected, Image, Quad, Reading, Recogniser, nothing_expected


class WholePageEngine:
    """Gouji's grid and labels around somebody else's reading of the page."""

    def __init__(self, name: str, find_text: FindText, threads: int) -> None:
        self.name, self.find_text, self._settings = name, find_text, Settings()
        self._models, self._blind = Models(threads=threads), _NothingRead(threads=threads)
        self._stages = BASELINE.replacing(
            Stage("text layer", self._pictured),
            Stage("preparation", self._prepared),
            Stage("layers", self._found),
            Stage("cells", blank_where_nothing_was_found),
            Stage("tags", _as_found),
        )
        _ = self._models.recogniser, self._blind.layout  # loaded here, not while a document is timed

    def read(self, path: Path) -> Prediction:
        """The document with every page read as a whole."""
        blind, settings, stages = self._blind, self._settings, self._stages
        return predict(lambda: read_document(path, blind, settings, stages=stages), blind, settings, stages)

    def _pictured(self, page: Page, models: Models, settings: Settings) -> Page:
        """The page without its text layer."""
        del models, settings
        if page.raster is None:
            raise UnsupportedFormat(f"{self.name} reads pictures of pages, and this file has none")
        return replace(page, spans=())

    def _prepared(self, page: Page, models: Models, settings: Settings) -> tuple[PreparedPage, ...]:
        """The page as Gouji prepares it, with the recogniser that looks which way up it is."""
        del models
        return prepare(page, self._models, settings)

    def _found(self, page: PreparedPage, models: Models, settings: Settings) -> PageLayers:
        """The page's layers with the engine's text boxes for a text layer."""
        spans = tuple(replace(span, page=page.number) for span in self.find_text(page.raster))
        return layers_of(replace(page, spans=spans), models, settings)


def blank_where_nothing_was_found(structure: TableStructure, models: Models, settings: Settings) -> CellReadings:
    """The tables with every cell blank in which the engine found no text."""
    del models, settings
    return read_with(structure, lambda raster, ink, cells: [CellText("", 1.0) for _ in cells])


def _as_found(contents: Contents, models: Models, settings: Settings) -> Contents:
    """The contents as of a document that has text of its own."""
    del models, settings
    return replace(contents, pictured=frozenset(), warnings=())


class _NothingRead(Models):
    """Our layout network without a recogniser."""

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
