"""The pipeline as it stands."""

from __future__ import annotations

from pathlib import Path

from eval.engines.reading import predict
from eval.prediction import Prediction
from extraction.checks import check_sums
from extraction.document import Report
from extraction.pipeline import Contents, read_document, report_of
from extraction.settings import Settings
from models.loaded import Models


class GoujiEngine:
    """Gouji with its default settings."""

    name = "gouji"

    def __init__(self, threads: int = 1) -> None:
        self._models, self._settings = Models(threads=threads), Settings()
        _ = self._models.recogniser, self._models.layout  # loaded here, not while a document is timed

    def read(self, path: Path) -> Prediction:
        """The document as `extraction.pipeline.extract` reads it."""
        return predict(lambda: read_document(path, self._models, self._settings), _checked_report, self._settings)


def _checked_report(contents: Contents, settings: Settings) -> Report:
    return check_sums(report_of(contents, settings))
