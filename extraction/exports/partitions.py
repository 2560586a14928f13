"""Write all fields of an archive as Parquet in folders year=2023 and so on, as query engines read them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.dataset

from extraction.document import Report
from extraction.output.field_tables import FIELD_COLUMNS, parquet_rows

_REPORTS_A_BATCH = 500
_PARTITIONS = pa.dataset.partitioning(pa.schema([("year", pa.int32())]), flavor="hive")


def write_by_year(folder: Path, reports: Iterable[Report]) -> None:
    """Replace the folder by one with a part for each year, and one for reports without a year."""
    draft = folder.with_name(f".{uuid4().hex}.part")
    waiting = iter(reports)
    batches = (
        pa.RecordBatch.from_pylist([row for report in some for row in parquet_rows(report)], schema=FIELD_COLUMNS)
        for some in iter(lambda: list(islice(waiting, _REPORTS_A_BATCH)), [])
    )
    try:
        pa.dataset.write_dataset(
            batches,
            draft,
            schema=FIELD_COLUMNS,
            format="parquet",
            partitioning=_PARTITIONS,
            max_rows_per_group=100_000,
        )
        draft.mkdir(exist_ok=True)  # without rows nothing is written
        if folder.exists():
            shutil.rmtree(folder)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
