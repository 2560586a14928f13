"""The one place where a report is written to and read from JSON (the interface contract's form, schema version 1).

Figures are exact both ways: JSON numbers without a binary float in between. A report that has been written and read is
equal to the one it was.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from extraction.document import (
    Candidate,
    Check,
    Explanation,
    ExtraRow,
    Field,
    NarrativeFigure,
    Report,
    Section,
    Source,
    Status,
    Verdict,
)
from extraction.doubts import Doubt, DoubtCode
from extraction.geometry import Box

SCHEMA_VERSION = 1

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class _Field(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: str
    label: str
    value: Decimal | None
    printed: str
    reading: str | None = None
    status: Status
    confidence: float
    page: int | None
    bbox: Box | None
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[DoubtCode, ...] = ()


class _Check(msgspec.Struct, omit_defaults=True):
    id: str
    expression: str
    holds: bool | None
    verdict: Verdict
    explanation: Explanation | None = None


class _Report(msgspec.Struct):
    schema_version: int
    source: Source
    organization: str | None
    year: int | None
    template: str | None
    title: str | None
    sections: tuple[Section, ...]
    fields: tuple[_Field, ...]
    extra_rows: tuple[ExtraRow, ...]
    checks: tuple[_Check, ...]
    narrative: tuple[NarrativeFigure, ...]
    warnings: tuple[str, ...]


_PLAIN = ("source", "organization", "year", "template", "title", "sections", "extra_rows", "narrative", "warnings")
_PLAIN_OF_FIELD = ("id", "label", "value", "printed", "reading", "status", "confidence", "page", "candidates")
_OF_CHECK = ("id", "expression", "holds", "verdict", "explanation")


def dump_report(report: Report) -> str:
    """The report as JSON text, ending in a newline."""
    return json_text(_written(report), indent=1) + "\n"


def report_data(report: Report) -> dict[str, Any]:
    """The report as JSON values, figures as Decimal and lists as tuples."""
    data: dict[str, Any] = msgspec.to_builtins(_written(report), builtin_types=(Decimal,))
    return data


def load_report(text: str) -> Report:
    """The report in JSON text; raises ValueError where it is not one of this schema version."""
    return report_from(json_values(text))


def report_from(data: Any) -> Report:
    """The report in JSON values, numbers as int or Decimal; raises ValueError as `load_report` does."""
    if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"not a report of schema version {SCHEMA_VERSION}")
    read = msgspec.convert(data, _Report)
    return Report(
        **_taken(read, _PLAIN),
        fields=tuple(
            Field(**_taken(f, _PLAIN_OF_FIELD), box=f.bbox, doubts=tuple(map(Doubt, f.reasons))) for f in read.fields
        ),
        checks=tuple(Check(**_taken(c, _OF_CHECK)) for c in read.checks),
    )


def json_text(value: object, indent: int = 0) -> str:
    """Values as JSON text, a Decimal as an exact number; on one line unless items are indented."""
    return msgspec.json.format(_ENCODER.encode(value), indent=indent).decode()


def json_values(text: str) -> Any:
    """The values in JSON text, numbers as int or Decimal; raises ValueError where it is none."""
    return _DECODER.decode(text)


def _written(report: Report) -> _Report:
    return _Report(
        schema_version=SCHEMA_VERSION,
        **_taken(report, _PLAIN),
        fields=tuple(
            _Field(**_taken(f, _PLAIN_OF_FIELD), bbox=f.box, reasons=tuple(d.code for d in f.doubts))
            for f in report.fields
        ),
        checks=tuple(_Check(**_taken(c, _OF_CHECK)) for c in report.checks),
    )


def _taken(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
