"""Two reports in one file, a page of another one, a page scanned twice: nothing is mixed up."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest

from annotations.store import Annotation, read_gold
from eval.runs.prediction import Prediction
from eval.scoring.compare import compare
from extraction.document import Report
from extraction.pipeline import extract
from extraction.settings import Settings
from models.loaded import Models
from tests.documents import SAMPLES


def bound(folder: Path, *parts: tuple[str, list[int] | None]) -> Path:
    """A PDF of pages (from 0; None: all) of several samples, in this order."""
    whole = pdfium.PdfDocument.new()
    for name, pages in parts:
        whole.import_pages(pdfium.PdfDocument(SAMPLES / name / "report.pdf"), pages)
    path = folder / "bound.pdf"
    whole.save(path)
    return path


def gold(name: str) -> Annotation:
    return read_gold(SAMPLES / name / "gold.json")


def is_told(report: Report) -> bool:
    return any("split the file" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    ("first", "second"),
    [("zheshui-2023", "chiyan-2021"), ("nanting-2021", "moling-2024"), ("hewan-2020", "beilan-2020")],
)
def test_two_reports_in_one_file_are_not_mixed(first: str, second: str, models: Models, tmp_path: Path) -> None:
    report = extract(bound(tmp_path, (first, None), (second, None)), models, Settings())
    assert is_told(report)
    assert compare(gold(first), Prediction(report)).silent == 0


@pytest.mark.parametrize("name", ["hewan-2020", "moling-2024"])
def test_a_page_of_another_report(name: str, models: Models, tmp_path: Path) -> None:
    last = len(pdfium.PdfDocument(SAMPLES / "fengqiu-2022" / "report.pdf")) - 1
    report = extract(bound(tmp_path, (name, None), ("fengqiu-2022", [last])), models, Settings())
    assert compare(gold(name), Prediction(report)).silent == 0


@pytest.mark.parametrize("name", ["hewan-2020", "moling-2024", "fengqiu-2022"])
def test_pages_that_are_there_twice(name: str, models: Models, tmp_path: Path) -> None:
    count = len(pdfium.PdfDocument(SAMPLES / name / "report.pdf"))
    report = extract(bound(tmp_path, (name, [n for n in range(count) for _ in range(2)])), models, Settings())
    score = compare(gold(name), Prediction(report))
    assert (score.silent, score.review) == (0, 0)
    assert not is_told(report)
