"""What all engines share: a document's contents taken for a prediction, timed, its faults written down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from eval.runs.prediction import Prediction
from extraction.document import Report
from extraction.errors import GoujiError
from extraction.labelling.label_gold import labels_of
from extraction.pipeline import Contents, report_of
from extraction.reconcile.decision import decide_by_reading
from extraction.settings import Settings


def predict(
    read: Callable[[], Contents], interpret: Callable[[Contents, Settings], Report], settings: Settings
) -> Prediction:
    """The prediction of an engine that reads contents and interprets them.

    The seconds are those of both. Where the contents are no report the tables are kept all the same.
    """
    contents: Contents | None = None
    report: Report | None = None
    fault = ""
    start = time.perf_counter()
    try:
        contents = read()
        report = interpret(contents, settings)
    except GoujiError as error:
        fault = str(error)
    except Exception as error:  # a fault in one document must not cost the others
        fault = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    if contents is None:
        return Prediction(None, seconds=seconds, error=fault)
    labels = labels_of(contents.regions, settings)
    return Prediction(report, contents.tables, labels, seconds, contents.source.pages or 1, fault)


def report_by_reading(contents: Contents, settings: Settings) -> Report:
    """What the contents say, all that is not in doubt accepted and no sum looked at."""
    report = report_of(contents, settings)
    return replace(report, fields=decide_by_reading(report.fields))
