"""A document read without one thing after another: what a change does not reach is not read again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotations.store import of_document, read_gold
from eval.ablation.reading import WHOLE, Job, Memory, keep_readings, read_without, same
from eval.ablation.variants import VARIANTS, Variant, neutralised
from eval.runs.prediction import Prediction, load_prediction
from eval.scoring.outcomes import Outcome, compare_fields
from extraction.document import Page, Report
from extraction.geometry import Raster
from extraction.pipeline import extract
from extraction.settings import Settings
from extraction.stages import UNWATCHED, Stage, Stages, through
from models.loaded import Models
from tests.documents import SAMPLES

REPORT, APPLICATIONS = "hewan-2020", 1


def variant(name: str) -> Variant:
    return next(v for v in VARIANTS if v.name == name)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scan of the page with the 申请 table, upside down."""
    target = tmp_path_factory.mktemp("page") / "scan.pdf"
    with pdfium.PdfDocument(SAMPLES / REPORT / "scan.pdf") as whole, pdfium.PdfDocument.new() as part:
        part.import_pages(whole, [APPLICATIONS])
        part[0].set_rotation(180)
        part.save(target)
    return target


def without_time(report: Report | None) -> Report | None:
    return None if report is None else replace(report, source=replace(report.source, path=""))


def found(prediction: Prediction) -> Counter[Outcome]:
    gold = of_document(read_gold(SAMPLES / REPORT / "gold.json"), "scan.pdf").report
    if prediction.report is None:
        return Counter()
    return Counter(o.outcome for o in compare_fields(gold, prediction.report) if o.id.startswith("applications."))


def test_a_variant_reads_what_it_would_alone(page: Path, models: Models) -> None:
    variants = [variant("tables.cropped_cells"), variant("cells.other_crops"), variant("sums")]
    read = dict(read_without(page, variants))
    assert list(read) == [WHOLE, *(v.name for v in variants)]
    for one in variants:
        with neutralised(one):
            alone = extract(page, models, Settings(), stages=one.stages)
        assert without_time(read[one.name].report) == without_time(alone)
    assert read["sums"].report is not None
    assert read["sums"].report.checks == ()


@pytest.mark.slow
def test_a_page_upside_down_is_read_only_where_it_is_turned(page: Path) -> None:
    read = dict(read_without(page, [variant("preparation"), variant("preprocess.orientation")]))
    assert found(read[WHOLE])[Outcome.RIGHT] > 100
    assert found(read["preparation"])[Outcome.RIGHT] == 0
    assert found(read["preprocess.orientation"])[Outcome.RIGHT] == 0


def test_only_what_is_missing_is_kept_anew(tmp_path: Path) -> None:
    job = Job(SAMPLES / REPORT / "report.docx", {name: tmp_path / f"{name}.json" for name in (WHOLE, "sums", "tags")})
    job.kept["tags"].write_text("kept", encoding="utf-8")
    assert job.missing == [WHOLE, "sums"]
    keep_readings(job, force=False)
    assert job.kept["tags"].read_text(encoding="utf-8") == "kept"
    assert load_prediction(job.kept["sums"].read_text(encoding="utf-8")).report is not None
    assert job.missing == []


def test_a_document_that_cannot_be_read_is_an_error_of_every_variant(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    assert all(p.report is None and p.error for _, p in read_without(tmp_path / "broken.pdf", VARIANTS[:3]))


@given(st.lists(st.integers(0, 3), min_size=1), st.lists(st.integers(0, 3), min_size=1))
def test_a_stage_runs_once_for_each_value_that_it_got_in_the_first_run(first: list[int], second: list[int]) -> None:
    runs: list[int] = []

    def squared(value: int, models: Any, settings: Any) -> int:
        runs.append(value)
        return value * value

    stages, memory = Stages((), (Stage("squared", squared),), (), ()), Memory()
    recording, recalling = memory.recording(stages), memory.recalling(stages, ())
    models, settings = Models(), Settings()
    for value in first:
        through(recording.page, value, models, settings, UNWATCHED)
    before = len(runs)
    given = [through(recalling.page, value, models, settings, UNWATCHED) for value in second]
    assert given == [(value * value,) for value in second]
    assert runs[before:] == [value for value in second if value not in first]
    acting = memory.recalling(stages, ("squared",))
    assert acting == stages


PIXELS = arrays(np.uint8, (3, 4), elements=st.integers(0, 2))


@given(PIXELS, PIXELS)
def test_values_are_the_same_to_the_last_pixel(one: Any, other: Any) -> None:
    def page_of(pixels: Any) -> tuple[Page, ...]:
        return (Page(1, 10.0, 10.0, raster=Raster(pixels, np.eye(2, 3))),)

    assert same(page_of(one), page_of(one.copy()))
    assert same(page_of(one), page_of(other)) == bool((one == other).all())
    assert not same(page_of(one), list(page_of(one)))
