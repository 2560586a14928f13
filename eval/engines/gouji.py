"""The pipeline as it stands, and without its last stage."""

from __future__ import annotations

from pathlib import Path

from eval.engines.reading import predict
from eval.runs.prediction import Prediction
from extraction.document import Report
from extraction.pipeline import STAGES, read_document
from extraction.settings import Settings
from extraction.stages import Stage
from models.loaded import Models


class GoujiEngine:
    """Gouji with its default settings; where it does not decide, its reports have their fields as labelled."""

    def __init__(self, threads: int = 1, name: str = "gouji", *, decides: bool = True) -> None:
        self._models, self._settings = Models(threads=threads), Settings()
        self._stages = STAGES if decides else STAGES.replacing(Stage("sums", undecided))
        self.name = name
        _ = self._models.recogniser, self._models.layout  # loaded here, not while a document is timed

    def read(self, path: Path) -> Prediction:
        """The document as `extraction.pipeline.extract` reads it."""
        models, settings, stages = self._models, self._settings, self._stages
        return predict(lambda: read_document(path, models, settings, stages=stages), models, settings, stages)


def undecided(report: Report, models: Models, settings: Settings) -> Report:
    """The report as labelled, nothing weighed or decided."""
    del models, settings
    return report
