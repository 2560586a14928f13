"""The one place where a report is written to and read from JSON (the interface contract's form, schema version 1).

Figures are exact both ways: JSON numbers without a binary float in between. A report that has been written and read is
equal to the one it was.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import simplejson

from extraction.document import (
    Box,
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

SCHEMA_VERSION = 1


def dump_report(report: Report) -> str:
    """The report as JSON text, ending in a newline."""
    return str(simplejson.dumps(report_data(report), ensure_ascii=False, indent=1, use_decimal=True)) + "\n"


def report_data(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "source": _plain(report.source, "path", "sha256", "media_type", "pages"),
        "organization": report.organization,
        "year": report.year,
        "template": report.template,
        "title": report.title,
        "sections": [_plain(s, "id", "title", "text", "page") for s in report.sections],
        "fields": [_field_data(f) for f in report.fields],
        "extra_rows": [
            {**_plain(r, "section", "label"), "printed": list(r.printed), "page": r.page} for r in report.extra_rows
        ],
        "checks": [_check_data(c) for c in report.checks],
        "narrative": [_plain(n, "id", "value", "text", "page", "agrees") for n in report.narrative],
        "warnings": list(report.warnings),
    }


def load_report(text: str) -> Report:
    """The report in JSON text; raises ValueError where it is not one of this schema version."""
    return report_from(simplejson.loads(text, use_decimal=True))


def report_from(data: Any) -> Report:
    """The report in JSON values, numbers as int or Decimal; raises ValueError as `load_report` does."""
    if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"not a report of schema version {SCHEMA_VERSION}")
    return Report(
        source=Source(**data["source"]),
        organization=data["organization"],
        year=data["year"],
        template=data["template"],
        title=data["title"],
        sections=tuple(Section(**s) for s in data["sections"]),
        fields=tuple(_field(f) for f in data["fields"]),
        extra_rows=tuple(ExtraRow(**{**r, "printed": tuple(r["printed"])}) for r in data["extra_rows"]),
        checks=tuple(map(_check, data["checks"])),
        narrative=tuple(NarrativeFigure(**{**n, "value": Decimal(n["value"])}) for n in data["narrative"]),
        warnings=tuple(data["warnings"]),
    )


def _plain(value: object, *names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _field_data(field: Field) -> dict[str, Any]:
    data = _plain(field, "id", "label", "value", "printed", "reading", "status", "confidence", "page")
    if field.reading is None:
        del data["reading"]
    data["bbox"] = None if field.box is None else list(field.box)
    if field.candidates:
        data["candidates"] = [_plain(c, "text", "probability") for c in field.candidates]
    if field.doubts:
        data["reasons"] = [str(d.code) for d in field.doubts]
    return data


def _field(data: dict[str, Any]) -> Field:
    value, bbox = data["value"], data["bbox"]
    return Field(
        id=data["id"],
        label=data["label"],
        value=None if value is None else Decimal(value),
        printed=data["printed"],
        status=Status(data["status"]),
        confidence=float(data["confidence"]),
        page=data["page"],
        box=None if bbox is None else Box(*map(float, bbox)),
        reading=data.get("reading"),
        candidates=tuple(Candidate(c["text"], float(c["probability"])) for c in data.get("candidates", ())),
        doubts=tuple(Doubt(DoubtCode(code)) for code in data.get("reasons", ())),
    )


def _check_data(check: Check) -> dict[str, Any]:
    data = _plain(check, "id", "expression", "holds", "verdict")
    if check.explanation is not None:
        data["explanation"] = _plain(check.explanation, "zh", "en")
    return data


def _check(data: dict[str, Any]) -> Check:
    said = data.get("explanation")
    return Check(
        data["id"],
        data["expression"],
        data["holds"],
        Verdict(data["verdict"]),
        None if said is None else Explanation(**said),
    )
