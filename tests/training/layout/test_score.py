"""Region F1: what counts as found."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import cv2
import layoutparser as lp
import numpy as np
import pytest
from PIL import Image

from annotations.store import Annotation, write_annotation
from annotations.zones import ZoneKind, upright_zone
from extraction.document import Label, Report, Source, Table
from extraction.geometry import Box
from training.layout.evaluate import Measured, measure, zones_of
from training.layout.layoutparser_models import PictureModel
from training.layout.score import Detection, Tally, intersection_over_union, tally

ONE, TWO = Box(0, 0, 100, 10), Box(0, 50, 100, 60)
REPORT = Report(Source("a.pdf", "", "application/pdf", 1), None, None, None, None)


def detection(box: Box, score: float = 0.9, kind: str = "text") -> Detection:
    return Detection(kind, box, score)


def test_overlap() -> None:
    assert intersection_over_union(ONE, ONE) == 1
    assert intersection_over_union(ONE, TWO) == 0
    assert intersection_over_union(ONE, Box(0, 5, 100, 15)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ([ONE, TWO], [ONE, TWO], Tally(2, 2, 2)),
        ([ONE], [ONE, TWO], Tally(1, 1, 2)),
        ([ONE, ONE], [ONE], Tally(1, 2, 1)),  # a region is found once
        ([Box(0, 0, 40, 10)], [ONE], Tally(0, 1, 1)),
        ([Box(0, 0, 60, 10)], [ONE], Tally(1, 1, 1)),
        ([], [], Tally()),
    ],
)
def test_matches(found: list[Box], wanted: list[Box], same: Tally) -> None:
    assert tally([detection(box) for box in found], wanted, 0.5) == same


def test_the_surest_is_matched_first() -> None:
    near, far = detection(ONE, 0.6), detection(Box(0, 0, 80, 10), 0.9)
    assert tally([near, far], [ONE], 0.5) == Tally(1, 2, 1)


def test_f1() -> None:
    assert Tally(2, 4, 2).f1 == pytest.approx(2 / 3)
    assert (Tally(2, 4, 2).precision, Tally(2, 4, 2).recall) == (0.5, 1.0)
    assert Tally().f1 == 1


class DarkIsTable(PictureModel):
    """A network that takes what is dark for a table."""

    DETECTOR_NAME = "dark"

    def detect(self, image: object) -> lp.Layout:
        x, y, width, height = cv2.boundingRect((self.image_loader(image)[..., 0] < 128).astype(np.uint8))
        return lp.Layout([lp.TextBlock(lp.Rectangle(x, y, x + width, y + height), type="table", score=0.9)])


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    """One page with a black table, and gold that has it and a heading."""
    pixels = np.full((842, 595), 255, np.uint8)
    pixels[100:300, 50:500] = 0
    pdf = io.BytesIO()
    Image.fromarray(pixels).save(pdf, "PDF", resolution=72)
    zones = (
        upright_zone(ZoneKind.TABLE, 1, Box(50, 100, 500, 300)),
        upright_zone(ZoneKind.HEADING, 1, Box(50, 80, 200, 95)),
    )
    path = write_annotation(tmp_path, Annotation("a", ("a.pdf",), REPORT, level="clean", zones=zones))
    path.with_suffix(".pdf").write_bytes(pdf.getvalue())
    return tmp_path


def test_a_data_set_is_measured_by_kind_and_level(data_set: Path) -> None:
    network = Measured(DarkIsTable(), ("table", "heading"))
    measure(data_set, None, {"dark": network})
    assert network.total("table", 0.75) == network.total("table", 0.75, "clean") == Tally(1, 1, 1)
    assert network.total("heading", 0.5) == Tally(0, 0, 1)
    assert network.total("table", 0.5, "worn") == Tally()
    assert network.data()["pages"] == 1


def test_gold_without_zones_still_tells_of_tables_and_headings() -> None:
    labels = (Label("heading.overview", "x", 1, ONE), Label("title", "y", 1, TWO), Label("row.a", "z", 1, TWO))
    gold = Annotation("a", ("a.pdf",), REPORT, (Table((), 1, Box(0, 80, 100, 200)),), labels)
    assert [(z.kind.value, z.box.top) for z in zones_of(gold)] == [("table", 80), ("heading", 0), ("title", 50)]
    known = (upright_zone(ZoneKind.TEXT, 1, ONE),)
    assert zones_of(replace(gold, zones=known)) == known
