"""Every engine on a page of a sample report, digital and scanned."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from annotations.store import of_document, read_gold
from eval.engines import ENGINES, LABELLED, make_engine
from eval.engines.tesseract import without_rules
from eval.engines.whole_page import WholePageEngine
from eval.runs.prediction import Engine, Prediction, dump_prediction, load_prediction
from eval.scoring.outcomes import Outcome, compare_fields
from extraction.document import Status, Table
from extraction.errors import ModelError, UsageError
from extraction.forms.catalogue import template
from extraction.ingest.files import open_document
from extraction.settings import Settings
from tests.documents import SAMPLES
from tests.system import needs

HAS_PDFPLUMBER = find_spec("pdfplumber") is not None
REPORT = "hewan-2020"
APPLICATIONS = 1  # the page with the 申请 table, from 0
ROWS = [row for row in template("2019").blocks[5].rows if "2019" in row.templates]
TABLE = "applications."
FIELDS = 7 * len(ROWS)

needs_tesseract = needs(programs=["tesseract"])
needs_pdfplumber = pytest.mark.skipif(not HAS_PDFPLUMBER, reason="needs pdfplumber: pip install 'gouji[eval]'")


@cache
def engine(name: str) -> Engine:
    return make_engine(name, threads=2)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page with the 申请 table, alone, by rendering."""
    folder = tmp_path_factory.mktemp("pages")
    return {name: _one_page(SAMPLES / REPORT / name, folder / name) for name in ("report.pdf", "scan.pdf")}


@cache
def read_once(name: str, path: Path) -> Prediction:
    return engine(name).read(path)


def longest(prediction: Prediction) -> Table:
    """The 申请 table."""
    return max(prediction.tables, key=lambda table: len(table.cells))


def _one_page(source: Path, target: Path) -> Path:
    with pdfium.PdfDocument(source) as whole, pdfium.PdfDocument.new() as part:
        part.import_pages(whole, [APPLICATIONS])
        part.save(target)
    return target


def counts(prediction: Prediction, rendering: str) -> tuple[int, int]:
    """Fields of the 申请 table that are right, and those that are wrong and accepted."""
    gold = of_document(read_gold(SAMPLES / REPORT / "gold.json"), rendering)
    assert prediction.report is not None
    found = Counter(o.outcome for o in compare_fields(gold.report, prediction.report) if o.id.startswith(TABLE))
    return found[Outcome.RIGHT], found[Outcome.SILENT]


@pytest.mark.parametrize(
    ("rendering", "least"), [("report.pdf", FIELDS), pytest.param("scan.pdf", FIELDS - 3, marks=pytest.mark.slow)]
)
def test_gouji_reads_the_page(rendering: str, least: int, pages: dict[str, Path]) -> None:
    read = read_once("gouji", pages[rendering])
    assert read.error == ""
    assert read.pages == 1
    assert read.seconds > 0
    right, silent = counts(read, rendering)
    assert right >= least
    assert silent == 0


def test_a_prediction_of_an_engine_can_be_kept(pages: dict[str, Path]) -> None:
    prediction = read_once("gouji", pages["report.pdf"])
    kept = load_prediction(dump_prediction(prediction))
    assert kept.report == prediction.report
    assert [n.name for n in kept.labels] == [n.name for n in prediction.labels]
    assert len([n for n in kept.labels if n.name.startswith("row.applications.")]) == len(ROWS)
    assert [(c.row, c.column, c.text) for c in longest(kept).cells] == [
        (c.row, c.column, c.text) for c in longest(prediction).cells
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rendering"),
    [
        ("rapidocr-page", "scan.pdf"),
        pytest.param("tesseract-page", "scan.pdf", marks=needs_tesseract),
        pytest.param("tesseract-page", "report.pdf", marks=needs_tesseract),
    ],
)
def test_whole_page_baselines_accept_what_they_read(name: str, rendering: str, pages: dict[str, Path]) -> None:
    read = read_once(name, pages[rendering])
    assert read.report is not None
    assert read.error == ""
    right, silent = counts(read, rendering)
    assert FIELDS // 4 < right <= FIELDS
    assert right + silent > 0
    accepted = [f for f in read.report.fields if f.status in (Status.READ, Status.BLANK)]
    assert {f.confidence for f in accepted} == {1.0}
    ours = read_once("gouji", pages[rendering])
    assert right <= counts(ours, rendering)[0]
    off = 0.01 if rendering == "scan.pdf" else 1.5  # Gouji takes the rules of a digital file as it draws them
    assert [c.box for c in longest(read).cells] == [pytest.approx(c.box, abs=off) for c in longest(ours).cells]


def test_a_lone_zero_that_is_not_found_becomes_a_blank_that_nobody_looks_at(pages: dict[str, Path]) -> None:
    page = pages["report.pdf"]
    printed = {f.id: f for f in read_gold(SAMPLES / REPORT / "gold.json").report.fields}
    read = read_once("gouji", page).report
    assert read is not None
    lost = next(f for f in read.fields if f.id.startswith(TABLE) and f.printed == "0")
    with open_document(page, Settings().ingest) as document:
        spans = [span for given in document.pages for span in given.spans]
    kept = [s for s in spans if s.box and lost.box and not lost.box.holds(s.box.middle)]
    assert len(kept) == len(spans) - 1
    found = WholePageEngine("all but one", lambda raster: kept, threads=2).read(page).report
    assert found is not None
    assert printed[lost.id].printed == "0"
    field = found.field(lost.id)
    assert (field.value, field.status, field.confidence) == (None, Status.BLANK, 1.0)
    wrong = [f.id for f in found.fields if f.id.startswith(TABLE) and f.value != printed[f.id].value]
    assert wrong == [lost.id]


@needs_pdfplumber
def test_pdfplumber_reads_text_layers_only(pages: dict[str, Path]) -> None:
    digital, scan = (read_once("pdfplumber", pages[name]) for name in ("report.pdf", "scan.pdf"))
    assert counts(digital, "report.pdf") == (FIELDS, 0)
    assert longest(digital).page == 1
    assert scan.report is None
    assert scan.tables == ()
    assert "no table or heading" in scan.error


@needs_pdfplumber
def test_pdfplumber_gives_merged_cells_their_spans(pages: dict[str, Path]) -> None:
    cells = {c.text.replace("\n", ""): c for c in longest(read_once("pdfplumber", pages["report.pdf"])).cells}
    assert (cells["申请人情况"].row_span, cells["申请人情况"].column_span) == (1, 7)
    assert (cells["（三）不予公开"].row_span, cells["（三）不予公开"].column_span) == (8, 1)


@pytest.mark.parametrize("name", ["rapidocr-page", pytest.param("pdfplumber", marks=needs_pdfplumber)])
def test_what_a_baseline_cannot_read_is_an_error_in_its_prediction(name: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    for path in (SAMPLES / REPORT / "report.docx", broken, tmp_path / "absent.pdf"):
        read = engine(name).read(path)
        assert read.report is None
        assert read.error


def test_engines_are_known_by_name() -> None:
    with pytest.raises(UsageError, match="gouji"):
        make_engine("abbyy")
    whole = set(ENGINES) - {LABELLED}
    assert whole == {"gouji", "rapidocr-page", "paddleocr-page", "tesseract-page", "pdfplumber"}


@pytest.mark.skipif(find_spec("paddleocr") is not None, reason="paddleocr is installed")
def test_an_engine_that_is_not_installed_says_how_to_get_it() -> None:
    with pytest.raises(ModelError, match=r"pip install 'gouji\[paddle\]'"):
        make_engine("paddleocr-page")


def test_rules_are_erased_and_text_stays() -> None:
    page = np.full((400, 600), 230, np.uint8)
    cv2.rectangle(page, (50, 50), (550, 350), 20, 2)
    cv2.line(page, (300, 50), (300, 350), 120, 2)
    cv2.putText(page, "1486", (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    clean = without_rules(page, 0.36)
    assert (clean[:, 300] == 230).all()
    assert (clean[50, :] == 230).all()
    text = (slice(170, 210), slice(95, 180))
    assert (clean[text] == page[text]).all()
