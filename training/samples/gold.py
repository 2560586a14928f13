"""Sample -> gold: every field's value and printed text, and a check that its sums hold exactly where they should."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from training.forms import APPLICANTS, DISPUTES, field_ids, outcome_rows, rows_of
from training.samples.content import SECTIONS, Sample

_FIGURE = re.compile(r"(?P<sign>增加?|减少?|[+-])?(?P<digits>\d+(?:\.\d+)?)(?P<unit>万元|元)?(?:（.*）)?")
_NOTHING = {"", "/", "—", "-", "无"}


def value_of(printed: str) -> Decimal | None:
    """The value of a cell; 万元 are brought to 元. ValueError for a text no sample may print."""
    if printed in _NOTHING:
        return None
    if not (match := _FIGURE.fullmatch(printed.replace("\n", ""))):
        raise ValueError(f"not a figure: {printed!r}")
    value = Decimal(match["digits"]) * (10_000 if match["unit"] == "万元" else 1)
    return -value if (match["sign"] or "").startswith(("减", "-")) else value


def gold_of(sample: Sample) -> dict[str, Any]:
    """The gold of all four renderings. ValueError if a sum fails that should hold, or holds that should fail."""
    values = {field: value_of(text) for field, text in sample.printed.items()}
    broken = {total for total, expected in identities(sample, values) if values[total] != expected}
    if broken != set(sample.source_errors):
        raise ValueError(f"{sample.id}: sums fail at {sorted(broken)}, declared are {sorted(sample.source_errors)}")
    expected = field_ids(sample.template)
    order = [*expected, *(field for field in values if field not in expected)]
    return {
        "organization": sample.organization,
        "year": sample.year,
        "template": sample.template,
        "title": "".join(sample.title),
        "fields": {
            field: {"value": _number(values.get(field)), "printed": sample.printed.get(field, "")} for field in order
        },
        "missing": [field for field in expected if field not in values],
        "extra_rows": [
            {"section": row.section, "label": row.label, "printed": list(row.printed)}
            for row in sample.departures.extra_rows
        ],
        "source_inconsistent": [field for field in order if field in broken],
        "sections": {
            name: "\n".join((*sample.sections[name].paragraphs, *sample.sections[name].after)) for name in SECTIONS
        },
    }


def gold_json(gold: dict[str, Any]) -> str:
    """The gold as it is kept: one field a line."""
    parts = []
    for key, value in gold.items():
        if key == "fields":
            lines = [f"  {json.dumps(name)}: {json.dumps(cell, ensure_ascii=False)}" for name, cell in value.items()]
            parts.append(f'"{key}": {{\n' + ",\n".join(lines) + "\n}")
        else:
            parts.append(f'"{key}": {json.dumps(value, ensure_ascii=False, indent=1)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def identities(sample: Sample, values: dict[str, Decimal | None]) -> Iterator[tuple[str, Decimal]]:
    """Each printed total with what it should be, an empty cell counting nothing. A total may come more than once."""

    def add(parts: list[str]) -> Decimal:
        return sum((values[part] or Decimal(0) for part in parts), Decimal(0))

    def known(total: str) -> bool:
        return values[total] is not None

    parts = outcome_rows(sample.one_row_other)
    for column in APPLICANTS:
        total = f"applications.results.total.{column}"
        if known(total):
            yield total, add([f"{row}.{column}" for row in parts])
            taken = add([f"applications.received.{column}", f"applications.carried_in.{column}"])
            yield total, taken - add([f"applications.carried_out.{column}"])
    for row, columns in rows_of(sample.template, sample.one_row_other).items():
        if (row.startswith("applications.") or row in DISPUTES) and known(f"{row}.total"):
            yield f"{row}.total", add([f"{row}.{column}" for column in columns if column != "total"])


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
