"""Annotations go to Label Studio's tasks and come back as they were, but for rounding; what people draw is read."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from annotations.label_studio.files import export_folder, import_tasks
from annotations.label_studio.tasks import (
    KINDS,
    Key,
    TaskImage,
    annotations_of,
    dump_tasks,
    labelling_config,
    load_tasks,
    tasks_of,
)
from annotations.store import Annotation, read_annotation
from annotations.validation.datasets import validate
from extraction.cli import main
from extraction.document import Cell, Label, Status, Table
from extraction.errors import UsageError
from extraction.geometry import Box
from tests.annotations.gold import HEIGHT, WIDTH, annotation, changed, write
from tests.documents import SAMPLES

IMAGES = {page: TaskImage(f"images/a-{page}.png", 1250, 1666, WIDTH, HEIGHT) for page in (1, 2)}
RECEIVED = "applications.received.total"

Task = dict[str, Any]


def tasks(gold: Annotation, key: Key = "annotations") -> list[Task]:
    return load_tasks(dump_tasks(tasks_of(gold, IMAGES, key)))


def back(found: list[Task], by: str = "") -> Annotation:
    (imported,) = annotations_of(load_tasks(dump_tasks(found)), by)
    return imported


def results(found: list[Task], name: str) -> list[dict[str, Any]]:
    """The results of the region with this name."""
    every = [r for task in found for r in task["annotations"][0]["result"]]
    region = next(r["id"] for r in every if r["from_name"] == "name" and r["value"]["text"] == [name])
    return [r for r in every if r["id"] == region]


def retext(found: list[Task], name: str, text: str) -> None:
    (transcription,) = [r for r in results(found, name) if r["from_name"] == "transcription"]
    transcription["value"]["text"] = [text]


def relabel(found: list[Task], name: str, kind: str) -> None:
    (rectangle,) = [r for r in results(found, name) if r["type"] == "rectanglelabels"]
    rectangle["value"]["rectanglelabels"] = [kind]


@pytest.mark.parametrize("key", ["annotations", "predictions"])
@pytest.mark.parametrize("sample", ["beilan-2020", "nanting-2021", "zheshui-2023", "chiyan-2021"])
def test_a_round_trip_changes_nothing(sample: str, key: Key) -> None:
    gold = annotation(sample)
    assert back(tasks(gold, key)) == gold


def test_what_is_for_review_comes_back_for_review_with_its_reason() -> None:
    draft = changed(annotation(), RECEIVED, status=Status.REVIEW, confidence=0.41)
    draft = replace(draft, facts={f"unsure {RECEIVED}": "two readings", "draft": "not compared yet"})
    assert back(tasks(draft, "predictions")) == draft


side = st.floats(0, 1, allow_nan=False)
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    cells = []
    for row in range(draw(st.integers(0, 3))):
        for column in range(draw(st.integers(1, 3))):
            (x1, x2), (y1, y2) = sorted((draw(side), draw(side))), sorted((draw(side), draw(side)))
            box = Box(x1 * (WIDTH - 1), y1 * (HEIGHT - 1), x2 * (WIDTH - 1) + 1, y2 * (HEIGHT - 1) + 1)
            cells.append(Cell(row, column, draw(text), page=draw(st.integers(1, 2)), box=box))
    return Table(tuple(cells), 1, None, draw(st.booleans()))


@given(found=st.lists(tables(), max_size=3), labels=st.lists(st.tuples(text, side, side), max_size=4))
def test_any_table_and_label_comes_back(found: list[Table], labels: list[tuple[str, float, float]]) -> None:
    """With text, grid place and order exact, and boxes to a tenth of a point."""
    named = tuple(
        Label(f"group.{n}", t, 1 + n % 2, Box(x * 500, y * 700, x * 500 + 9, y * 700 + 9))
        for n, (t, x, y) in enumerate(labels)
    )
    gold = replace(annotation(), tables=tuple(found), labels=named)
    gold = replace(gold, report=replace(gold.report, fields=(), checks=()))
    imported = back(tasks(gold))
    assert without_boxes(imported) == without_boxes(gold)
    for one, other in zip(boxes(gold), boxes(imported), strict=True):
        assert other == pytest.approx(one, abs=0.051)


def without_boxes(gold: Annotation) -> Annotation:
    return replace(
        gold,
        tables=tuple(replace(t, cells=tuple(replace(c, box=None) for c in t.cells)) for t in gold.tables),
        labels=tuple(replace(n, box=None) for n in gold.labels),
    )


def boxes(gold: Annotation) -> list[Box | None]:
    return [c.box for t in gold.tables for c in t.cells] + [n.box for n in gold.labels]


# ---- what people do to it


def test_a_figure_put_right_is_read_anew_and_the_sums_with_it() -> None:
    found = tasks(annotation())
    retext(found, "applications.results.partially_granted.total", "12")  # a source error, as if it had been misread
    imported = back(found)
    assert imported.report.field("applications.results.partially_granted.total").value == 12
    broken = {c.id for c in imported.report.checks if c.holds is False}
    assert "applications.results.partially_granted:row_total" not in broken
    assert broken < {c.id for c in annotation().report.checks if c.holds is False}


def test_text_that_is_no_figure_is_left_for_review() -> None:
    found = tasks(annotation())
    retext(found, RECEIVED, "2■7")
    field = back(found).report.field(RECEIVED)
    assert (field.status, field.value, field.printed) == (Status.REVIEW, None, "2■7")


def test_an_emptied_text_is_a_blank() -> None:
    found = tasks(annotation())
    every = results(found, RECEIVED)
    for task in found:
        task["annotations"][0]["result"] = [
            r for r in task["annotations"][0]["result"] if not (r in every and r["from_name"] == "transcription")
        ]
    field = back(found).report.field(RECEIVED)
    assert (field.status, field.value, field.printed) == (Status.BLANK, None, "")


def test_what_is_settled_and_unsettled_by_its_label() -> None:
    draft = changed(annotation(), RECEIVED, status=Status.REVIEW, confidence=0.41)
    draft = replace(draft, facts={f"unsure {RECEIVED}": "two readings", "draft": "not compared yet"})
    found = tasks(draft)
    relabel(found, RECEIVED, "figure")
    relabel(found, "review.upheld", "unsure")
    imported = back(found)
    settled, unsettled = (imported.report.field(i) for i in (RECEIVED, "review.upheld"))
    assert (settled.status, settled.value, settled.confidence) == (Status.READ, Decimal(267), 1.0)
    assert (unsettled.status, unsettled.value) == (Status.REVIEW, Decimal(6))
    assert imported.facts == {}


def test_a_region_that_was_removed_is_a_missing_field() -> None:
    found = tasks(annotation())
    gone = results(found, RECEIVED)
    for task in found:
        task["annotations"][0]["result"] = [r for r in task["annotations"][0]["result"] if r not in gone]
    field = back(found).report.field(RECEIVED)
    assert (field.status, field.value, field.box) == (Status.MISSING, None, None)


def drawn(kind: str, value: dict[str, Any], page: int = 1, name: str = "heading.problems") -> list[Task]:
    """The tasks with one more region, as a person draws it."""
    found = tasks(annotation())
    common = {"id": "Xa3", "to_name": "image", "original_width": 1250, "original_height": 1666, "image_rotation": 0}
    texts = [("transcription", "五、存在的主要问题"), ("name", name)]
    found[page - 1]["annotations"][0]["result"] += [
        {**common, "type": kind, "from_name": "label", "value": value},
        *({**common, "type": "textarea", "from_name": n, "value": {"text": [t]}} for n, t in texts),
    ]
    return found


def new_label(found: list[Task]) -> Label:
    return back(found).labels[-1]


def test_a_polygon_becomes_the_box_around_it() -> None:
    points = [[10, 20], [30.5, 18], [31, 25], [9, 26]]
    label = new_label(drawn("polygonlabels", {"points": points, "polygonlabels": ["heading"]}))
    expected = Box(0.09 * WIDTH, 0.18 * HEIGHT, 0.31 * WIDTH, 0.26 * HEIGHT)
    assert (label.name, label.text, label.page) == ("heading.problems", "五、存在的主要问题", 1)
    assert label.box == pytest.approx(expected, abs=0.06)


def test_a_turned_rectangle_becomes_the_box_around_it() -> None:
    """Turned clockwise about its top left corner by Label Studio; 90 degrees swing it to the left of the corner."""
    value = {"x": 50, "y": 50, "width": 20, "height": 3, "rectanglelabels": ["heading"]}
    pixel_width, pixel_height = 1250, 1666
    across, down = 0.20 * pixel_width, 0.03 * pixel_height
    right = new_label(drawn("rectanglelabels", {**value, "rotation": 90})).box
    x, y = 0.5 * pixel_width, 0.5 * pixel_height
    scale_x, scale_y = WIDTH / pixel_width, HEIGHT / pixel_height
    assert right == pytest.approx(Box((x - down) * scale_x, y * scale_y, x * scale_x, (y + across) * scale_y), abs=0.06)
    slant = new_label(drawn("rectanglelabels", {**value, "rotation": 30})).box
    sin, cos = math.sin(math.radians(30)), math.cos(math.radians(30))
    corners = [(x, y), (x + across * cos, y + across * sin), (x - down * sin, y + down * cos)]
    assert slant is not None
    assert slant.left == pytest.approx(corners[2][0] * scale_x, abs=0.06)
    assert slant.top == pytest.approx(y * scale_y, abs=0.06)
    assert slant.right == pytest.approx(corners[1][0] * scale_x, abs=0.06)
    assert slant.bottom == pytest.approx((corners[1][1] + down * cos) * scale_y, abs=0.06)


def test_the_plain_ocr_template_is_read_too() -> None:
    """There the shape and its label are two results of one id."""
    value = {"x": 10, "y": 10, "width": 20, "height": 5, "rotation": 0}
    found = drawn("rectangle", value)
    answer = found[0]["annotations"][0]["result"]
    answer.append({"id": "Xa3", "type": "labels", "to_name": "image", "value": {**value, "labels": ["heading"]}})
    label = new_label(found)
    assert (label.name, label.box) == ("heading.problems", pytest.approx(Box(60, 80, 180, 120), abs=0.06))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda found: found.pop(), "page 2 is not among the tasks"),
        (lambda found: found[0].pop("annotations"), "page 1 has no annotation and no prediction"),
        (lambda found: found[0]["annotations"][0]["result"][0].update(image_rotation=90), "page 1 was turned"),
        (lambda found: retext_name(found, "review.total", RECEIVED), f"{RECEIVED} has two regions"),
    ],
)
def test_tasks_that_make_up_no_annotation(damage: Any, said: str) -> None:
    found = tasks(annotation())
    damage(found)
    with pytest.raises(ValueError, match=said):
        back(found)


def retext_name(found: list[Task], old: str, new: str) -> None:
    (name,) = [r for r in results(found, old) if r["from_name"] == "name"]
    name["value"]["text"] = [new]


def test_a_new_cell_needs_its_place_in_the_table() -> None:
    value = {"x": 10, "y": 10, "width": 20, "height": 5, "rectanglelabels": ["cell"]}
    with pytest.raises(ValueError, match="give table/row/column"):
        back(drawn("rectanglelabels", value, name=""))


def test_the_last_answer_counts_or_that_of_the_annotator_asked_for() -> None:
    found = tasks(annotation())
    anna, bo = (tasks(annotation()) for _ in range(2))
    retext(anna, RECEIVED, "1")
    retext(bo, RECEIVED, "2")
    cancelled = {"result": [], "was_cancelled": True}
    for task, a, b in zip(found, anna, bo, strict=True):
        task["annotations"] = [
            {**a["annotations"][0], "completed_by": {"id": 4, "email": "anna@example.org"}},
            {**b["annotations"][0], "completed_by": 5},
            cancelled,
        ]
    assert back(found).report.field(RECEIVED).value == 2
    assert back(found, "anna@example.org").report.field(RECEIVED).value == 1
    with pytest.raises(ValueError, match="page 1 has no annotation by 6"):
        back(found, "6")


# ---- files and the command


def test_folders_go_out_with_their_pages_and_come_back(tmp_path: Path) -> None:
    gold = annotation()
    data, out, other = write(tmp_path / "data", [gold]), tmp_path / "tasks", tmp_path / "other"
    assert main(["annotations", "export", str(data), "-o", str(out)]) == 0
    first, second = json.loads((out / "tasks.json").read_text(encoding="utf-8"))
    assert [t["data"]["ocr"] for t in (first, second)] == [
        f"/data/local-files/?d=tasks/images/a-{page}.png" for page in (1, 2)
    ]
    with Image.open(out / "images" / "a-1.png") as picture:
        result = first["annotations"][0]["result"][0]
        assert picture.size == (result["original_width"], result["original_height"])
        assert picture.width / picture.height == pytest.approx(WIDTH / HEIGHT, abs=0.002)
    with pytest.raises(UsageError, match="--documents"):
        import_tasks(out / "tasks.json", other)
    assert main(["annotations", "import", str(out / "tasks.json"), "-o", str(other), "--documents", str(data)]) == 0
    assert read_annotation(other, "a") == gold
    assert validate([other]) == []
    assert main(["annotations", "agreement", str(data), str(other)]) == 0


def test_a_draft_goes_out_as_predictions(tmp_path: Path) -> None:
    write(tmp_path, [replace(annotation(), facts={"draft": "not compared yet"})])
    export_folder(tmp_path, tmp_path / "tasks", "https://files.example/")
    (task, _) = json.loads((tmp_path / "tasks" / "tasks.json").read_text(encoding="utf-8"))
    assert "annotations" not in task
    assert task["predictions"][0]["result"][0]["score"] == 1
    assert task["data"]["ocr"] == "https://files.example/images/a-1.png"


def test_reports_without_places_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["annotations", "export", str(SAMPLES), "-o", str(tmp_path)]) == 1
    assert "moling-2024: has no cell" in capsys.readouterr().err


def test_a_file_that_is_no_export_is_an_error_of_the_call(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"data": {"image": "a.png"}}]', encoding="utf-8")
    assert main(["annotations", "import", str(tmp_path / "x.json"), "-o", str(tmp_path)]) == 2
    assert "not a list of tasks" in capsys.readouterr().err


def test_the_labelling_configuration_names_every_kind_and_control() -> None:
    config = ET.fromstring(labelling_config())
    assert {tag.get("name") for tag in config if tag.tag != "Image"} >= {"label", "transcription", "name", "place"}
    for tag in ("RectangleLabels", "PolygonLabels"):
        found = config.find(tag)
        assert found is not None
        assert [label.get("value") for label in found] == list(KINDS)
    image = config.find("Image")
    assert image is not None
    assert image.get("value") == "$ocr"
