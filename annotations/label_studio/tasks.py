"""Annotations as tasks of Label Studio's OCR format, one a page, and back.

A region is a rectangle (`rectanglelabels`) with its text and its name (`textarea`s of the same id). A cell that is also
a field or a label is one region, so that its text is kept once. Content without a region (sections, sums, order) is
kept in the task's data and comes back unchanged.

Positions are per cent of the page's picture; `rotation` is in degrees clockwise about the top left corner. Polygons and
rotated rectangles become their bounding boxes. Format: labelstud.io/guide/predictions and the converter of its SDK.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from annotations.pages import PagePicture
from annotations.regions import Region, regions_of, with_regions
from annotations.store import DRAFT, Annotation, dump_annotation, load_annotation
from extraction.geometry import Box
from extraction.output.report_json import json_text, json_values

Key = Literal["annotations", "predictions"]

KINDS = {
    "figure": "#1f77b4",
    "unsure": "#d62728",
    "cell": "#7f7f7f",
    "row": "#2ca02c",
    "column": "#98df8a",
    "group": "#bcbd22",
    "block": "#17becf",
    "heading": "#9467bd",
    "title": "#8c564b",
    "organization": "#e377c2",
    "year": "#ff7f0e",
    "narrative": "#ffbb78",
}
"""Kinds of regions with their colours; an `unsure` figure is left for review."""


def labelling_config() -> str:
    """Return the labelling configuration (XML) of the tasks."""
    labels = "\n".join(f'    <Label value="{kind}" background="{colour}"/>' for kind, colour in KINDS.items())
    return f"""<View>
  <Image name="image" value="$ocr" zoom="true" zoomControl="true"/>
  <RectangleLabels name="label" toName="image" canRotate="true">
{labels}
  </RectangleLabels>
  <PolygonLabels name="polygon" toName="image">
{labels}
  </PolygonLabels>
  <TextArea name="transcription" toName="image" editable="true" perRegion="true" maxSubmissions="1" rows="2"
    placeholder="印的什么写什么 / as printed" displayMode="region-list"/>
  <TextArea name="name" toName="image" editable="true" perRegion="true" maxSubmissions="1"
    placeholder="applications.received.total, row.applications.received" displayMode="region-list"/>
  <TextArea name="place" toName="image" editable="true" perRegion="true" maxSubmissions="1"
    placeholder="table/row/column, then rows x columns: 2/4/3 1x1" displayMode="region-list"/>
</View>
"""


@dataclass(frozen=True, slots=True)
class TaskImage:
    """The picture of a page: its address for Label Studio, its size in pixels, and the page's size in points."""

    url: str
    pixel_width: int
    pixel_height: int
    width: float
    height: float


def image_of(page: PagePicture, url: str) -> TaskImage:
    """Return the task's data of a page picture."""
    height, width = page.pixels.shape[:2]
    return TaskImage(url, width, height, page.width, page.height)


def tasks_of(annotation: Annotation, images: Mapping[int, TaskImage], key: Key = "annotations") -> list[dict[str, Any]]:
    """Return one task a page, by page number. `key` says whether the regions are annotations or predictions."""
    regions, rest = regions_of(annotation)
    base = json_values(dump_annotation(rest))
    tasks = []
    for number, image in sorted(images.items()):
        results = [item for r in regions if r.page == number for item in _results(r, image, key)]
        data = {
            "ocr": image.url,
            "page": number,
            "page_width": image.width,
            "page_height": image.height,
            "annotation": base,
        }
        tasks.append({"data": data, key: [_result_set(results, key)]})
    return tasks


def dump_tasks(tasks: Sequence[dict[str, Any]]) -> str:
    """Return tasks as the JSON text that Label Studio imports."""
    return json_text(tasks) + "\n"


def load_tasks(text: str) -> list[dict[str, Any]]:
    """Return tasks in JSON text exported by Label Studio. Raises ValueError for any other text."""
    tasks = json_values(text)
    if not isinstance(tasks, list) or not all(isinstance(t, dict) and "annotation" in t.get("data", {}) for t in tasks):
        raise ValueError("not a list of tasks that `gouji annotations export` has made")
    return tasks


def annotations_of(tasks: Iterable[dict[str, Any]], by: str = "") -> Iterator[Annotation]:
    """Yield the annotations that tasks make up, in the order of their first pages.

    Of several answers to a task the last counts, or the last by the annotator `by` (id or e-mail); without an answer
    the prediction counts. Raises ValueError for a page that is not among the tasks, and for regions that contradict
    each other.
    """
    pages: dict[str, dict[int, dict[str, Any]]] = {}
    for task in tasks:
        data = task["data"]
        pages.setdefault(data["annotation"]["id"], {})[int(data["page"])] = task
    for annotation_id, found in pages.items():
        rest = load_annotation(json_text(found[min(found)]["data"]["annotation"]))
        lacking = set(range(1, (rest.report.source.pages or max(found)) + 1)) - set(found)
        if lacking:
            raise ValueError(f"{annotation_id}: page {min(lacking)} is not among the tasks")
        try:
            answers = {number: _answer(found[number], by) for number in sorted(found)}
            regions = [r for number, answer in answers.items() for r in _regions(found[number]["data"], answer)]
            annotation = with_regions(rest, regions)
        except ValueError as error:
            raise ValueError(f"{annotation_id}: {error}") from error
        if all(answer.settled for answer in answers.values()):
            annotation = replace(annotation, facts={k: v for k, v in annotation.facts.items() if k != DRAFT})
        yield annotation


def _result_set(results: list[dict[str, Any]], key: Key) -> dict[str, Any]:
    return {"model_version": "gouji", "result": results} if key == "predictions" else {"result": results}


def _results(region: Region, image: TaskImage, key: Key) -> Iterator[dict[str, Any]]:
    """Yield the rectangle of a region, and its texts unless empty: Label Studio has no empty text."""
    box = region.box
    value = {
        "x": 100 * box.left / image.width,
        "y": 100 * box.top / image.height,
        "width": 100 * box.width / image.width,
        "height": 100 * box.height / image.height,
        "rotation": 0,
    }
    common = {
        "id": region.id,
        "to_name": "image",
        "original_width": image.pixel_width,
        "original_height": image.pixel_height,
        "image_rotation": 0,
    }
    score = {"score": region.confidence} if key == "predictions" else {}
    rectangle = {"from_name": "label", "type": "rectanglelabels", "value": {**value, "rectanglelabels": [region.kind]}}
    yield {**common, **rectangle, **score}
    for name, text in (("transcription", region.text), ("name", region.name), ("place", region.place)):
        if text:
            yield {**common, "from_name": name, "type": "textarea", "value": {**value, "text": [text]}}


def _regions(data: dict[str, Any], answer: Answer) -> list[Region]:
    number, size = int(data["page"]), (float(data["page_width"]), float(data["page_height"]))
    shapes: dict[str, dict[str, Any]] = {}
    texts: dict[str, dict[str, str]] = {}
    for result in answer.results:
        if result.get("image_rotation"):
            raise ValueError(f"page {number} was turned in Label Studio; turn it in the document instead")
        kind, value, region_id = result.get("type"), result["value"], str(result.get("id", ""))
        if kind == "textarea":
            lines = value["text"] if isinstance(value["text"], list) else [value["text"]]
            texts.setdefault(region_id, {})[result["from_name"]] = "\n".join(lines)
        elif kind in ("rectangle", "rectanglelabels", "polygon", "polygonlabels", "labels"):
            shapes[region_id] = {**shapes.get(region_id, {}), **value, **_picture(result), "score": result.get("score")}
    return [
        Region(
            id=region_id,
            kind=_kind(shape),
            page=number,
            box=_box(shape, size),
            text=texts.get(region_id, {}).get("transcription", ""),
            name=texts.get(region_id, {}).get("name", "").strip(),
            place=texts.get(region_id, {}).get("place", "").strip(),
            confidence=1.0 if answer.settled or shape["score"] is None else float(shape["score"]),
        )
        for region_id, shape in shapes.items()
    ]


class Answer(NamedTuple):
    """The results of a task that count, and whether a person has given them."""

    results: list[dict[str, Any]]
    settled: bool


def _answer(task: dict[str, Any], by: str) -> Answer:
    answers = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
    answers = [a for a in answers if not by or by in _annotator(a.get("completed_by"))]
    drafts = [] if by else task.get("predictions") or []
    for found, settled in ((answers, True), (drafts, False)):
        if found:
            return Answer(list(found[-1]["result"]), settled)
    said = f"by {by} " if by else ""
    raise ValueError(f"page {task['data']['page']} has no annotation {said}and no prediction")


def _annotator(completed_by: object) -> set[str]:
    """Return the names of an annotator: an id, or an object with id and e-mail."""
    if isinstance(completed_by, dict):
        return {str(completed_by.get(name)) for name in ("id", "email") if completed_by.get(name) is not None}
    return {str(completed_by)}


def _picture(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("original_width", "original_height") if name in result}


def _kind(shape: dict[str, Any]) -> str:
    for name in ("rectanglelabels", "polygonlabels", "labels"):
        if shape.get(name):
            return str(shape[name][0])
    return "cell"


def _box(shape: dict[str, Any], size: tuple[float, float]) -> Box:
    """Return the bounding box in points of a rectangle, rotated or not, or of a polygon."""
    width, height = size
    if "points" in shape:
        corners = [(float(x) / 100 * width, float(y) / 100 * height) for x, y in shape["points"]]
    else:
        # A picture's pixels may be other than square on the page, so the turn is made in pixels.
        across = float(shape.get("original_width", width))
        down = float(shape.get("original_height", height))
        x, w = (float(shape[name]) / 100 * across for name in ("x", "width"))
        y, h = (float(shape[name]) / 100 * down for name in ("y", "height"))
        turn = math.radians(float(shape.get("rotation") or 0))
        cos, sin = math.cos(turn), math.sin(turn)
        turned = [(x + a * cos - b * sin, y + a * sin + b * cos) for a in (0, w) for b in (0, h)]
        corners = [(px / across * width, py / down * height) for px, py in turned]
    xs, ys = zip(*corners, strict=True)
    return Box(*(round(side, 1) for side in (min(xs), min(ys), max(xs), max(ys))))
