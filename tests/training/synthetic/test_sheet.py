"""The contact sheet: gold is drawn where it is, on pages that are scans."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from annotations.store import Annotation, write_annotation, write_split
from extraction.document import Field, Label, Report, Source, Status
from extraction.geometry import Box
from training.synthetic.sheet import chosen, main, shown, tiled


def data_set(folder: Path) -> Path:
    """Three reports of one white page: two scans, one digital."""
    out = io.BytesIO()
    Image.new("L", (595, 842), 255).save(out, "PDF", resolution=72)
    for name, level in (("a", "office"), ("b", "worn"), ("c", "digital")):
        box = Box(100, 200, 160, 222)
        fields = (Field("x", "x", None, "12", Status.READ, 1.0, 1, box), Field("y", "y", None, "", Status.MISSING, 1.0))
        report = Report(Source(f"{name}.pdf", "", "application/pdf", 1), None, None, None, None, fields=fields)
        label = Label("title", "报告", 1, Box(200, 50, 400, 80))
        write_annotation(folder, Annotation(name, (f"{name}.pdf",), report, labels=(label,), level=level))
        (folder / "reports" / f"{name}.pdf").write_bytes(out.getvalue())
    write_split(folder, "test", "abc")
    return folder


def test_only_scans_are_shown(tmp_path: Path) -> None:
    shots = chosen(data_set(tmp_path), 20, 0)
    assert {(shot.annotation.id, shot.page) for shot in shots} == {("a", 1), ("b", 1)}
    assert len(chosen(tmp_path, 1, 0)) == 1


def test_boxes_are_drawn_where_they_are(tmp_path: Path) -> None:
    page = shown(data_set(tmp_path), chosen(tmp_path, 1, 0)[0], 595)[18:].astype(int)
    red = (page[..., 0] - page[..., 1] > 60) & (page[..., 0] - page[..., 2] > 60)
    green = (page[..., 1] - page[..., 0] > 60) & (page[..., 1] - page[..., 2] > 60)
    for ink, (left, top, right, bottom) in ((red, (100, 200, 160, 222)), (green, (200, 50, 400, 80))):
        rows, columns = np.nonzero(ink)
        assert (columns.min(), rows.min(), columns.max(), rows.max()) == (left, top, right, bottom)


def test_pages_of_unlike_size_stand_side_by_side() -> None:
    pages = [np.zeros(shape, np.uint8) for shape in ((40, 30, 3), (20, 30, 3), (10, 30, 3))]
    assert tiled(pages, 2).shape == (40 + 8 + 10 + 8, 2 * 38, 3)


def test_command_writes_one_small_jpeg(tmp_path: Path) -> None:
    out = tmp_path / "pictures" / "boxes.jpg"
    assert main([str(data_set(tmp_path)), "--out", str(out), "--count", "2", "--width", "200"]) == 0
    with Image.open(out) as picture:
        assert picture.format == "JPEG"
    assert out.stat().st_size < 900_000
