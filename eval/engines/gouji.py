"""The pipeline as it stands, and with a stage of it replaced by one that does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from eval.engines.reading import accepted_as_read, predict
from eval.runs.prediction import Prediction
from extraction.cells.readings import CellReadings
from extraction.contents import Contents
from extraction.document import Page, Region, Report
from extraction.layout.page_regions import regions_of
from extraction.pipeline import STAGES, read_document
from extraction.preprocess.prepared_page import PageLayers, PreparedPage, as_it_lies
from extraction.settings import ReadingSettings, Settings
from extraction.stages import Stage, Stages
from extraction.tables.structure import TableStructure, open_grids, with_grids
from models.loaded import Models


class GoujiEngine:
    """Gouji with its default settings, `without` one of `eval.engines.STEPS` or without its decision."""

    def __init__(self, threads: int = 1, without: str = "") -> None:
        self._models, self._settings = Models(threads=threads), Settings()
        self._stages = WITHOUT[without] if without else STAGES
        self.name = f"gouji-without-{without}" if without else "gouji"
        _ = self._models.recogniser, self._models.layout  # loaded here, not while a document is timed

    def read(self, path: Path) -> Prediction:
        """The document as `extraction.pipeline.extract` reads it."""
        models, settings, stages = self._models, self._settings, self._stages
        return predict(lambda: read_document(path, models, settings, stages=stages), models, settings, stages)


def believed(page: Page, models: Models, settings: Settings) -> Page:
    """The page, whatever its picture says."""
    del models, settings
    return page


def unprepared(page: Page, models: Models, settings: Settings) -> PreparedPage:
    """The page as it lies."""
    del models, settings
    return as_it_lies(page)


def unruled(layers: PageLayers, models: Models, settings: Settings) -> TableStructure:
    """The structure where every table is taken for one without grid lines."""
    del models, settings
    return with_grids(layers, open_grids(layers, ()))


def without_network(readings: CellReadings, models: Models, settings: Settings) -> tuple[Region, ...]:
    """The regions as lines and text alone say."""
    return regions_of(readings, models, replace(settings, reading=ReadingSettings(layout=False)))


def untagged(contents: Contents, models: Models, settings: Settings) -> Contents:
    """The contents without the token classifier's word."""
    del models, settings
    return contents


def undecided(report: Report, models: Models, settings: Settings) -> Report:
    """The report as labelled, nothing weighed or decided."""
    del models, settings
    return report


WITHOUT: Mapping[str, Stages] = {
    "text-layer-check": STAGES.replacing(Stage("text layer", believed)),
    "preparation": STAGES.replacing(Stage("preparation", unprepared)),
    "rules": STAGES.replacing(Stage("structure", unruled)),
    "layout": STAGES.replacing(Stage("regions", without_network)),
    "labeller": STAGES.replacing(Stage("tags", untagged)),
    "sums": STAGES.replacing(Stage("sums", accepted_as_read)),
    "decision": STAGES.replacing(Stage("sums", undecided)),
}
"""The stages of Gouji without one of `eval.engines.STEPS`."""
