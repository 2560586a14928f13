"""What all engines share: a document's contents taken for a prediction, timed, its faults written down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from annotations.printed_labels import labels_of
from eval.runs.prediction import Prediction
from extraction.contents import Contents
from extraction.document import Report
from extraction.errors import GoujiError
from extraction.pipeline import STAGES
from extraction.reconcile.decision import decide_by_reading
from extraction.settings import Settings
from extraction.stages import UNWATCHED, Stage, Stages, through
from models.loaded import Models


def predict(read: Callable[[], Contents], models: Models, settings: Settings, stages: Stages) -> Prediction:
    """The prediction of an engine that reads contents, which then go through the `stages` of a report.

    The seconds are those of both. Where the contents are no report the tables are kept all the same.
    """
    contents: Contents | None = None
    report: Report | None = None
    fault = ""
    start = time.perf_counter()
    try:
        contents = read()
        (report,) = through(stages.report, contents, models, settings, UNWATCHED)
    except GoujiError as error:
        fault = str(error)
    except Exception as error:  # a fault in one document must not cost the others
        fault = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    if contents is None:
        return Prediction(None, seconds=seconds, error=fault)
    labels = labels_of(contents.regions, settings, models.wordings)
    return Prediction(report, contents.tables, labels, seconds, contents.source.pages or 1, fault)


def accepted_as_read(report: Report, models: Models, settings: Settings) -> Report:
    """The report with all that is not in doubt accepted and no sum looked at."""
    del models, settings
    return replace(report, fields=decide_by_reading(report.fields))


BASELINE = STAGES.replacing(Stage("sums", accepted_as_read))
"""The stages of a baseline: what it reads is accepted."""
