# mypy: disable-error-code="import-untyped,import-not-found"
"""Data sets for Hugging Face `datasets`: in memory, or as Parquet files with a card.

`datasets` is part of the extra `train` and is imported by `load` alone; the files are written with PyArrow, which Gouji
needs anyway. Figures are decimal strings, so that none passes through a binary float.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from annotations.card import card
from annotations.store import SPLITS, Annotation, labels_data, read_folder, tables_data
from extraction.errors import UsageError
from extraction.output.report_json import report_data

if TYPE_CHECKING:
    import datasets

_ROWS_A_GROUP = 16

_BOX = pa.list_(pa.float64())
_PLACE = [("page", pa.int32()), ("bbox", _BOX)]
_CELL = [(name, pa.int32()) for name in ("row", "column", "row_span", "column_span")]


def _objects(*members: tuple[str, pa.DataType]) -> pa.DataType:
    return pa.list_(pa.struct(list(members)))


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names]


SCHEMA = pa.schema(
    [
        *_texts("id", "document", "sha256", "media_type"),
        ("pages", pa.int32()),
        *_texts("origin", "level", "made_by", "organization"),
        ("year", pa.int32()),
        *_texts("template", "title"),
        ("fields", _objects(*_texts("id", "label", "value", "printed", "status"), *_PLACE)),
        ("sections", _objects(*_texts("id", "title", "text"), ("page", pa.int32()))),
        ("extra_rows", _objects(*_texts("section", "label"), ("printed", pa.list_(pa.string())), ("page", pa.int32()))),
        ("checks", _objects(*_texts("id", "expression"), ("holds", pa.bool_()), *_texts("verdict"))),
        ("narrative", _objects(*_texts("id", "value", "text"), ("page", pa.int32()), ("agrees", pa.bool_()))),
        (
            "tables",
            _objects(*_PLACE, ("aligned", pa.bool_()), ("cells", _objects(*_CELL, ("text", pa.string()), *_PLACE))),
        ),
        ("labels", _objects(*_texts("name", "text"), *_PLACE)),
        ("facts", _objects(*_texts("name", "text"))),
        ("document_bytes", pa.binary()),
    ]
)
"""A row is a document with its gold. `document` is its path in the data set; `value` of fields is a decimal string."""


def rows(folder: Path, split: str | None = None, *, documents: bool = True) -> Iterator[dict[str, Any]]:
    """Yield a row of `SCHEMA` for every document of a data set, or of one split.

    Without `documents`, their bytes are None. Raises FileNotFoundError for a folder without gold or without that split.
    """
    for annotation, path in read_folder(folder, split):
        yield row(annotation, path.relative_to(folder).as_posix(), path.read_bytes() if documents else None)


def row(annotation: Annotation, document: str, content: bytes | None) -> dict[str, Any]:
    """Return the row of one document with its gold."""
    report = report_data(annotation.report)
    for named in (*report["fields"], *report["narrative"]):
        named["value"] = None if named["value"] is None else format(named["value"], "f")
    return {
        "id": annotation.id,
        "document": document,
        "sha256": report["source"]["sha256"],
        "media_type": report["source"]["media_type"],
        "pages": report["source"]["pages"],
        **{name: getattr(annotation, name) for name in ("origin", "level", "made_by")},
        **{name: report[name] for name in ("organization", "year", "template", "title")},
        **{name: report[name] for name in ("fields", "sections", "extra_rows", "checks", "narrative")},
        "tables": tables_data(annotation.tables),
        "labels": labels_data(annotation.labels),
        "facts": [{"name": name, "text": text} for name, text in annotation.facts.items()],
        "document_bytes": content,
    }


def load(folder: Path, *, documents: bool = False, images: bool = False) -> datasets.DatasetDict:
    """Return a data set, or a folder that `export_hub` wrote, as a `DatasetDict` with its splits.

    A data set without splits is one split, `test`: it is for evaluation. With `documents`, rows have the documents'
    bytes; with `images`, a column `images` of page pictures (none for formats without pages). Raises UsageError where
    `datasets` is not installed.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing here is on the hub, and Gouji opens no connections
    try:
        import datasets
    except ImportError as error:
        raise UsageError("loading data sets needs Hugging Face datasets: pip install 'gouji[train]'") from error
    if list(folder.glob("data/*.parquet")):
        return datasets.load_dataset(str(folder))
    found = {
        split or "test": pa.Table.from_pylist(list(rows(folder, split, documents=documents)), SCHEMA)
        for split in _splits(folder)
    }
    loaded = datasets.DatasetDict({split: datasets.Dataset(table) for split, table in found.items()})
    return _with_images(loaded, folder) if images else loaded


def _with_images(loaded: datasets.DatasetDict, folder: Path) -> datasets.DatasetDict:
    import datasets

    from annotations.pages import page_pictures

    def pictures(one: dict[str, Any]) -> dict[str, Any]:
        return {"images": [{"bytes": page.png(), "path": None} for page in page_pictures(folder / one["document"])]}

    for split, dataset in loaded.items():
        features = datasets.Features({**dataset.features, "images": datasets.List(datasets.Image())})
        loaded[split] = dataset.map(pictures, features=features)
    return loaded


def export_hub(folder: Path, out: Path, *, documents: bool = True) -> dict[str, int]:
    """Write data/<split>-00000.parquet and README.md, the card; return the number of rows of each split.

    The folder is one that `datasets.load_dataset` reads. Raises FileNotFoundError for a folder without gold.
    """
    (out / "data").mkdir(parents=True, exist_ok=True)
    counts = {}
    for split in _splits(folder):
        found = rows(folder, split, documents=documents)
        counts[split or "test"] = _write(out / "data" / f"{split or 'test'}-00000.parquet", found)
    (out / "README.md").write_text(card(counts), encoding="utf-8")
    return counts


def _splits(folder: Path) -> list[str | None]:
    """Return the splits of a data set, [None] for one without."""
    return [s for s in SPLITS if (folder / "splits" / f"{s}.txt").is_file()] or [None]


def _write(path: Path, found: Iterable[dict[str, Any]]) -> int:
    count, group = 0, []
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for one in found:
            group.append(one)
            count += 1
            if len(group) == _ROWS_A_GROUP:
                writer.write_table(pa.Table.from_pylist(group, SCHEMA))
                group = []
        writer.write_table(pa.Table.from_pylist(group, SCHEMA))
    return count
