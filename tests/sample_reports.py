"""The sample reports as Gouji reads them, each read once a run of the tests: a scan takes many seconds."""

from __future__ import annotations

import pytest

from extraction.contents import Contents
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models
from tests.documents import SAMPLES
from tests.shared import Shared


class SampleReports:
    def __init__(self, shared: Shared, models: Models) -> None:
        self._shared, self._models = shared, models

    def contents(self, report: str, document: str) -> Contents:
        """What stands in a document of a sample, read with the usual settings; for `report_of` to label."""

        def read() -> Contents:
            return read_document(SAMPLES / report / document, self._models, Settings())

        return self._shared.once(f"contents of {report}/{document}", read)


@pytest.fixture(scope="session")
def sample_reports(shared: Shared, models: Models) -> SampleReports:
    return SampleReports(shared, models)
