"""A report's ways out: JSON values and a table for pandas."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pyarrow
import pytest

import gouji
from extraction.output.field_tables import FIELD_COLUMNS
from extraction.output.report_json import dump_report, report_from
from tests.documents import SAMPLES

SAMPLE = SAMPLES / "moling-2024" / "report.html"


@pytest.fixture(scope="module")
def report() -> gouji.Report:
    return gouji.read(SAMPLE)


def test_a_report_is_a_frozen_value(report: gouji.Report) -> None:
    with pytest.raises(FrozenInstanceError):
        report.year = 1999  # type: ignore[misc]
    assert report == gouji.read(SAMPLE)


def test_json_values_are_those_of_a_conversion(report: gouji.Report) -> None:
    data = report.to_dict()
    assert gouji.Report.of(report_from(data)) == report
    assert json.loads(dump_report(report))["fields"][0]["id"] == data["fields"][0]["id"]


def test_a_table_has_the_columns_of_the_parquet_file(report: gouji.Report) -> None:
    frame = report.to_pandas()
    assert list(frame.columns) == FIELD_COLUMNS.names
    assert list(frame["id"]) == [field.id for field in report.fields]
    assert list(frame["value"].dropna()) == [field.value for field in report.fields if field.value is not None]
    assert (str(frame["year"].dtype), str(frame["page"].dtype)) == ("Int32", "Int32")
    received = frame[frame["id"] == "applications.received.total"]
    assert isinstance(received["value"].iloc[0], Decimal)
    assert pyarrow.Table.from_pandas(frame, preserve_index=False).num_rows == len(report.fields)


def test_a_report_without_fields_has_a_table_without_rows(report: gouji.Report) -> None:
    bare = gouji.Report(report.source, None, None, None, None)
    assert list(bare.to_pandas().columns) == FIELD_COLUMNS.names
    assert len(bare.to_pandas()) == 0


def test_pandas_is_asked_for_where_it_is_missing() -> None:
    program = f"import sys\nsys.modules['pandas'] = None\nimport gouji\ngouji.read({str(SAMPLE)!r}).to_pandas()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: to_pandas needs pandas: pip install 'gouji[pandas]'"


def test_everything_named_is_there() -> None:
    assert all(hasattr(gouji, name) for name in gouji.__all__)
