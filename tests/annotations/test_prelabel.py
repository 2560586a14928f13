"""A conversion as a first draft: what is sure stands, what is not is left for a person."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from annotations.prelabel import _drafted, draft_id, prelabel
from annotations.store import read_annotation, read_gold
from annotations.validation.datasets import validate
from annotations.validation.findings import FindingKind
from extraction.bulk.inputs import find_inputs
from extraction.document import Field, Status
from extraction.errors import UsageError
from extraction.settings import DecisionSettings
from models.loaded import Models
from tests.documents import SAMPLES

SAMPLE = "moling-2024"


def test_a_draft_says_what_is_printed_and_where(tmp_path: Path, models: Models) -> None:
    folder = tmp_path / "in" / "2024 年"
    folder.mkdir(parents=True)
    shutil.copyfile(SAMPLES / SAMPLE / "report.pdf", folder / "report.pdf")
    (tmp_path / "in" / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    inputs, out = find_inputs([str(tmp_path / "in")], tmp_path / "out"), tmp_path / "out"
    done = {d.name: d for d in prelabel(inputs, out, models)}
    assert done["broken.pdf"].annotation is None
    assert "damaged" in done["broken.pdf"].error
    drafted = read_annotation(out, "2024-年-report")
    gold = read_gold(SAMPLES / SAMPLE / "gold.json").report
    assert {(f.id, f.value, f.printed, f.status) for f in drafted.report.fields} == {
        (f.id, f.value, f.printed, f.status) for f in gold.fields
    }
    assert drafted.report.checks == gold.checks
    assert drafted.tables
    assert {"title", "heading.overview"} <= {n.name for n in drafted.labels}
    findings = validate([out])
    assert [f.place for f in findings] == ["draft"]
    assert findings[0].kind is FindingKind.OPEN
    with pytest.raises(UsageError, match="--force"):
        list(prelabel(inputs, out, models))


def field(status: Status, value: str | None, confidence: float, reading: str | None = None) -> Field:
    return Field(
        "review.total", "", None if value is None else Decimal(value), value or "", status, confidence, 1, None, reading
    )


@pytest.mark.parametrize(
    ("converted", "status", "why"),
    [
        (field(Status.READ, "3", 0.99), Status.READ, ""),
        (field(Status.BLANK, None, 0.98), Status.BLANK, ""),
        (field(Status.MISSING, None, 0.5), Status.MISSING, ""),
        (field(Status.READ, "3", 0.95), Status.REVIEW, "confidence 0.95"),
        (field(Status.REVIEW, "3", 0.4), Status.REVIEW, "best guess 3"),
        (field(Status.REVIEW, None, 0.4), Status.REVIEW, "best guess none"),
        (field(Status.CORRECTED, "3", 0.99, "8"), Status.REVIEW, "first read as '8'"),
        (field(Status.INFERRED, "3", 0.99), Status.REVIEW, "the sums say 3"),
    ],
)
def test_what_is_not_sure_is_left_for_a_person(converted: Field, status: Status, why: str) -> None:
    drafted, said = _drafted(converted, DecisionSettings().alone)
    assert drafted.status is status
    assert bool(said) == bool(why)
    assert why in said
    assert drafted.reading is None
    assert drafted.confidence == (converted.confidence if said else 1)


def test_ids_are_one_word() -> None:
    assert draft_id("2023/北岚 区.PDF") == "2023-北岚-区"


def test_two_inputs_of_one_id_are_refused(tmp_path: Path, models: Models) -> None:
    for name in ("a.pdf", "a.docx"):
        (tmp_path / name).write_bytes(b"x")
    inputs = find_inputs([str(tmp_path)], tmp_path / "out")
    with pytest.raises(UsageError, match="rename"):
        list(prelabel(inputs, tmp_path / "out", models))
