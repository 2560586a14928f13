"""Gold on disk: one JSON a report beside its document, and the splits.

A data set is a folder:

    reports/<id>.json      the gold of a report: an `Annotation`
    reports/<id>.pdf       its document (any format that Gouji reads)
    splits/train.txt       ids, one a line; likewise dev.txt and test.txt

or, for reports that come in several renderings with one gold for all of them,

    <id>/gold.json         the gold, and beside it the documents that it names

The gold is a `Report`, the type of a conversion's result, with the cells of its tables and the labels of its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from annotations.zones import Zone, zones_data, zones_from
from extraction.document import Cell, Label, Report, Table
from extraction.geometry import Box
from extraction.output.report_json import json_text, json_values, report_data, report_from

SCHEMA_VERSION = 1
SPLITS = ("train", "dev", "test")

DRAFT = "draft"
"""The fact that marks an annotation that nobody has compared with its document yet."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a report prints, and where.

    `report` has every figure as printed, source errors too, with status `read`, `blank` or `missing` and confidence 1.
    `tables` are all printed tables with page and box of every cell, `labels` the headings, row and column labels and
    narrative figures, `zones` the layout of the pages where it is known. `documents` are file names beside the JSON;
    more than one where one report was rendered several times, and then without pages and boxes. `origin` is the
    document's source ("synthetic", "sample", "real"), `level` its degradation level (`training.synthetic.scan.levels`),
    `made_by` what rendered or scanned it. `facts` are further facts by name; those of one of several documents are
    named "<document> sha256", "<document> media_type" and "<document> level".
    """

    id: str
    documents: tuple[str, ...]
    report: Report
    tables: tuple[Table, ...] = ()
    labels: tuple[Label, ...] = ()
    origin: str = "synthetic"
    level: str = "digital"
    made_by: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    zones: tuple[Zone, ...] = ()


def dump_annotation(annotation: Annotation) -> str:
    """Return the annotation as JSON text, one field, cell or label a line, ending in a newline."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "id": annotation.id,
        "documents": list(annotation.documents),
        "origin": annotation.origin,
        "level": annotation.level,
        "made_by": annotation.made_by,
        "facts": annotation.facts,
        "report": report_data(annotation.report),
        "tables": tables_data(annotation.tables),
        "labels": labels_data(annotation.labels),
    }
    if annotation.zones:
        data["zones"] = zones_data(annotation.zones)
    return _lines(data) + "\n"


def _lines(value: Any) -> str:
    """Return JSON text with one item a line wherever items are objects, so that a change is a changed line."""
    if not _holds_objects(value):
        return json_text(value)
    if isinstance(value, dict):
        items = [f"{json_text(name)}: {_lines(item)}" for name, item in value.items()]
        return "{\n" + ",\n".join(items) + "\n}"
    return "[\n" + ",\n".join(map(_lines, value)) + "\n]"


def _holds_objects(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(isinstance(item, dict) or _holds_objects(item) for item in items)


def load_annotation(text: str) -> Annotation:
    """Return the annotation in JSON text. Raises ValueError where it is not one of this schema version."""
    data = json_values(text)
    if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION or "report" not in data:
        raise ValueError(f"not an annotation of schema version {SCHEMA_VERSION}")
    return Annotation(
        id=data["id"],
        documents=tuple(data["documents"]),
        report=report_from(data["report"]),
        tables=tables_from(data["tables"]),
        labels=labels_from(data["labels"]),
        origin=data["origin"],
        level=data["level"],
        made_by=data["made_by"],
        facts=data["facts"],
        zones=zones_from(data.get("zones", ())),
    )


def read_split(folder: Path, split: str) -> list[str]:
    """Return the ids of a split, in order. Raises FileNotFoundError where the data set has no such split."""
    return (folder / "splits" / f"{split}.txt").read_text(encoding="utf-8").split()


def write_split(folder: Path, split: str, ids: Iterable[str]) -> None:
    """Replace a split."""
    (folder / "splits").mkdir(parents=True, exist_ok=True)
    (folder / "splits" / f"{split}.txt").write_text("".join(f"{i}\n" for i in ids), encoding="utf-8")


def annotation_path(folder: Path, annotation_id: str) -> Path:
    """Return the path of a report's JSON."""
    return folder / "reports" / f"{annotation_id}.json"


def read_annotation(folder: Path, annotation_id: str) -> Annotation:
    """Return one report's gold."""
    return load_annotation(annotation_path(folder, annotation_id).read_text(encoding="utf-8"))


def write_annotation(folder: Path, annotation: Annotation) -> Path:
    """Write one report's gold and return its path; documents are written by the caller."""
    path = annotation_path(folder, annotation.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump_annotation(annotation), encoding="utf-8")
    return path


def gold_paths(folder: Path) -> list[Path]:
    """Return the JSON of every report in a data set or in a folder of reports in several renderings, by name."""
    return sorted(folder.glob("reports/*.json")) or sorted(folder.glob("*/gold.json"))


def read_gold(path: Path) -> Annotation:
    """Return the annotation in one JSON file. Raises ValueError, naming the file, where it is none."""
    try:
        return load_annotation(path.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        fault = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"{path}: {fault}") from error


def read_folder(folder: Path, split: str | None = None) -> Iterator[tuple[Annotation, Path]]:
    """Yield every document with its gold: of a data set, or of a folder of reports in several renderings.

    `split` leaves only the reports in it. The gold of one of several documents names that document alone, with its hash
    and level. Raises FileNotFoundError for a folder without gold or without that split, ValueError for a JSON file that
    is no annotation.
    """
    paths = gold_paths(folder)
    if not paths:
        raise FileNotFoundError(2, "no reports/*.json and no */gold.json in it", str(folder))
    wanted = None if split is None else set(read_split(folder, split))
    for path in paths:
        annotation = read_gold(path)
        if wanted is None or annotation.id in wanted:
            for name in annotation.documents:
                yield of_document(annotation, name), path.parent / name


def of_document(annotation: Annotation, name: str) -> Annotation:
    """Return the gold of one of the annotation's documents."""
    if annotation.documents == (name,):
        return annotation
    source = annotation.report.source
    source = replace(
        source,
        path=str(PurePosixPath(source.path).with_name(name)),
        sha256=annotation.facts.get(f"{name} sha256", source.sha256),
        media_type=annotation.facts.get(f"{name} media_type", source.media_type),
    )
    return replace(
        annotation,
        documents=(name,),
        report=replace(annotation.report, source=source),
        level=annotation.facts.get(f"{name} level", annotation.level),
    )


def tables_data(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """Return tables as JSON values."""
    return [
        {
            "page": t.page,
            "bbox": _box_data(t.box),
            "aligned": t.aligned,
            "cells": [
                {
                    "row": c.row,
                    "column": c.column,
                    "row_span": c.row_span,
                    "column_span": c.column_span,
                    "text": c.text,
                    "page": c.page,
                    "bbox": _box_data(c.box),
                    "confidence": c.confidence,
                }
                for c in t.cells
            ],
        }
        for t in tables
    ]


def tables_from(data: Iterable[dict[str, Any]]) -> tuple[Table, ...]:
    """Return tables from JSON values."""
    return tuple(
        Table(
            tuple(
                Cell(
                    c["row"],
                    c["column"],
                    c["text"],
                    c["row_span"],
                    c["column_span"],
                    c["page"],
                    _box(c["bbox"]),
                    float(c["confidence"]),
                )
                for c in t["cells"]
            ),
            t["page"],
            _box(t["bbox"]),
            t["aligned"],
        )
        for t in data
    )


def labels_data(labels: Iterable[Label]) -> list[dict[str, Any]]:
    """Return labels as JSON values."""
    return [{"name": n.name, "text": n.text, "page": n.page, "bbox": _box_data(n.box)} for n in labels]


def labels_from(data: Iterable[dict[str, Any]]) -> tuple[Label, ...]:
    """Return labels from JSON values."""
    return tuple(Label(n["name"], n["text"], n["page"], _box(n["bbox"])) for n in data)


def _box_data(box: Box | None) -> list[float] | None:
    return None if box is None else [round(side, 1) for side in box]


def _box(data: list[Decimal] | None) -> Box | None:
    return None if data is None else Box(*map(float, data))
