"""Data sets and runs for the tests of `gouji eval`, made of the sample reports."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotations.store import Annotation, of_document, read_gold, write_annotation, write_split
from eval.runs.prediction import Prediction, dump_prediction
from eval.runs.run import prediction_path
from extraction.cli import main
from extraction.document import Field, Report, Status
from tests.documents import SAMPLES

REPORTS = tuple(sorted(path.parent.name for path in SAMPLES.glob("*/gold.json")))


def gold_of(report: str) -> Annotation:
    return read_gold(SAMPLES / report / "gold.json")


def write_data_set(folder: Path, reports: Sequence[str] = REPORTS, rendering: str = "report.docx") -> Path:
    """A data set of one document a report; the first half of it is the split `dev`, the other one `test`."""
    for report in reports:
        name = f"{report}{Path(rendering).suffix}"
        gold = replace(of_document(gold_of(report), rendering), documents=(name,))
        write_annotation(folder, gold)
        shutil.copy(SAMPLES / report / rendering, folder / "reports" / name)
    half = len(reports) // 2
    write_split(folder, "dev", reports[:half])
    write_split(folder, "test", reports[half:])
    return folder


def evaluate(
    data_set: Path, out: Path, plant: Callable[[Report], Report | None], *arguments: str, engine: str = "gouji"
) -> dict[str, Any]:
    """The scores of a run whose predictions are the gold with a fault planted: no engine has anything left to read."""
    for path in sorted((data_set / "reports").glob("*.json")):
        gold = read_gold(path)
        report = plant(gold.report)
        prediction = Prediction(report, gold.tables, gold.labels, 0.5, 2, "" if report else "unreadable")
        kept = prediction_path(out, engine, gold.id)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(dump_prediction(prediction), encoding="utf-8")
    assert main(["eval", str(data_set), "-o", str(out), "--engine", engine, *arguments]) == 0
    scores: dict[str, Any] = json.loads((out / "scores.json").read_text(encoding="utf-8"))
    return scores


def with_fields(report: Report, change: Callable[[Field], Field | None]) -> Report:
    """The report with every field changed, or left out where the change is None."""
    return replace(report, fields=tuple(new for f in report.fields if (new := change(f)) is not None))


def taken_from(report: Report, sources: dict[str, str]) -> Report:
    """The report in which each field named says what another one does."""
    by_id = {f.id: f for f in report.fields}

    def change(field: Field) -> Field:
        source = by_id.get(sources.get(field.id, ""))
        if source is None or Status.MISSING in (source.status, field.status):
            return field
        return replace(field, value=source.value, printed=source.printed, status=source.status)

    return with_fields(report, change)
