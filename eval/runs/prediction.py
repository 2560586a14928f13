"""A document as an engine reads it, with its time: what is compared with gold.

Gouji's own ways of reading and the baselines are `Engine`s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from annotations.store import labels_data, labels_from, tables_data, tables_from
from extraction.document import Label, Report, Table
from extraction.output.report_json import json_text, json_values, report_data, report_from


@dataclass(frozen=True, slots=True)
class Prediction:
    """A document as read, None with an `error` where it could not be. `seconds` is wall time on one core."""

    report: Report | None
    tables: tuple[Table, ...] = ()
    labels: tuple[Label, ...] = ()
    seconds: float = 0.0
    pages: int = 1
    error: str = ""


class Engine(Protocol):
    """A way to read reports, loaded once and used for many."""

    name: str

    def read(self, path: Path) -> Prediction:
        """Return the document at `path`; one that cannot be read is a prediction with an error, not an exception."""
        ...


def dump_prediction(prediction: Prediction) -> str:
    """Return the prediction as JSON text."""
    data = {
        "report": None if prediction.report is None else report_data(prediction.report),
        "tables": tables_data(prediction.tables),
        "labels": labels_data(prediction.labels),
        "seconds": prediction.seconds,
        "pages": prediction.pages,
        "error": prediction.error,
    }
    return json_text(data) + "\n"


def load_prediction(text: str) -> Prediction:
    """Return the prediction in JSON text."""
    data = json_values(text)
    return Prediction(
        None if data["report"] is None else report_from(data["report"]),
        tables_from(data["tables"]),
        labels_from(data["labels"]),
        float(data["seconds"]),
        data["pages"],
        data["error"],
    )
