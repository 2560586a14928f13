"""All fields of an archive as Parquet in folders year=2023 and so on, as query engines read them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.dataset

from extraction.document import Report
from extraction.output.field_tables import FIELD_COLUMNS, parquet_rows

_REPORTS_A_BATCH = 500
_PARTITIONS = pa.dataset.partitioning(pa.schema([("year", pa.int32())]), flavor="hive")


def write_by_year(folder: Path, reports: Iterable[Report]) -> None:
    """Replace the folder by one with a part for every year; reports without one are in a part of their own."""
    draft = folder.with_name(f".{uuid4().hex}.part")
    try:
        pa.dataset.write_dataset(
            _batches(iter(reports)),
            draft,
            schema=FIELD_COLUMNS,
            format="parquet",
            partitioning=_PARTITIONS,
            max_rows_per_group=100_000,
        )
        draft.mkdir(exist_ok=True)  # nothing is written for no rows
        if folder.exists():
            shutil.rmtree(folder)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _batches(reports: Iterator[Report]) -> Iterator[Any]:
    while some := list(islice(reports, _REPORTS_A_BATCH)):
        rows = [row for report in some for row in parquet_rows(report)]
        yield pa.RecordBatch.from_pylist(rows, schema=FIELD_COLUMNS)
