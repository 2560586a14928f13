"""Charts."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import itertools

from hypothesis import given
from hypothesis import strategies as st

from service.desk.charts import HEIGHT, line_chart


@given(st.lists(st.none() | st.decimals(-(10**6), 10**12, places=2), min_size=1, max_size=12))
def test_every_value_of_a_chart_is_on_it_and_no_line_crosses_a_year_without_one(values: list[Decimal | None]) -> None:
    years = range(2010, 2010 + len(values))
    chart = line_chart(years, [(value, "" if value is not None else "缺年报", False) for value in values])
    assert all(point.y is None or 0 <= point.y <= HEIGHT for point in chart.points)
    assert [point.y is None for point in chart.points] == [value is None for value in values]
    joined = sum(len(run.split()) - 1 for run in chart.runs)
    beside = sum(a is not None and b is not None for a, b in itertools.pairwise(values))
    assert joined == beside
    assert len(chart.levels) <= 10
