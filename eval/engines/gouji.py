"""The pipeline as it stands, and with one of its steps left out."""

from __future__ import annotations

from pathlib import Path

from eval.engines.reading import predict, report_by_reading
from eval.runs.prediction import Prediction
from extraction.document import Report
from extraction.pipeline import Contents, read_document, report_of
from extraction.reconcile.reconcile import reconcile
from extraction.settings import Settings
from extraction.text.narrative import with_agreement
from models.loaded import Models, Steps

_LEFT_OUT = {
    "preparation": Steps(preparation=False),
    "rules": Steps(ruled_grids=False),
    "cells": Steps(cell_recogniser=False),
    "labeller": Steps(token_classifier=False),
    "second": Steps(second_readings=False),
}


class GoujiEngine:
    """Gouji with its default settings, `without` one of `eval.engines.STEPS`."""

    def __init__(self, threads: int = 1, without: str = "") -> None:
        self._models = Models(threads=threads, layout=without != "layout", steps=_LEFT_OUT.get(without, Steps()))
        self._settings = Settings()
        self._interpret = report_by_reading if without == "sums" else _checked_report
        self.name = f"gouji-without-{without}" if without else "gouji"
        _ = self._models.recogniser, self._models.layout  # loaded here, not while a document is timed

    def read(self, path: Path) -> Prediction:
        """The document as `extraction.pipeline.extract` reads it."""
        return predict(lambda: read_document(path, self._models, self._settings), self._interpret, self._settings)


def _checked_report(contents: Contents, settings: Settings) -> Report:
    return with_agreement(reconcile(report_of(contents, settings), settings.decision))
