"""Sample -> gold: every field's value and printed text, and a check that sums hold exactly where they should.

The values are computed here and not by `extraction.figures`, which reads them in the renderings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from annotations.store import Annotation
from extraction.document import ExtraRow, Field, Report, Section, Source, Status
from extraction.forms.catalogue import field_forms
from extraction.forms.identities import check_sums
from extraction.forms.printed_form import APPLICANTS, DISPUTES, field_ids, outcome_rows, rows_of
from training.samples.content import SECTIONS, Sample

MEDIA_TYPES = {
    "report.pdf": "application/pdf",
    "scan.pdf": "application/pdf",
    "report.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "report.html": "text/html",
}
"""The renderings of a sample."""

_FIGURE = re.compile(r"(?P<sign>增加?|减少?|[+-])?(?P<digits>\d+(?:\.\d+)?)(?P<unit>万元|元)?(?:（.*）)?")
_NOTHING = {"", "/", "—", "-", "无"}


def value_of(printed: str) -> Decimal | None:
    """Return the value of a cell, 万元 converted to 元. Raises ValueError for a text that no sample may print."""
    if printed in _NOTHING:
        return None
    if not (match := _FIGURE.fullmatch(printed.replace("\n", ""))):
        raise ValueError(f"not a figure: {printed!r}")
    value = Decimal(match["digits"]) * (10_000 if match["unit"] == "万元" else 1)
    return -value if (match["sign"] or "").startswith(("减", "-")) else value


def gold_of(sample: Sample, hashes: Mapping[str, str]) -> Annotation:
    """Return the gold of all four renderings, whose SHA-256 by file name are `hashes`.

    Raises ValueError if a sum fails that should hold, or holds that should fail.
    """
    values = {field: value_of(text) for field, text in sample.printed.items()}
    broken = {total for total, expected in identities(sample, values) if values[total] != expected}
    if broken != set(sample.source_errors):
        raise ValueError(f"{sample.id}: sums fail at {sorted(broken)}, declared are {sorted(sample.source_errors)}")
    expected = field_ids(sample.template)
    order = [*expected, *(field for field in values if field not in expected)]
    report = Report(
        source=Source(f"{sample.id}/report.pdf", hashes["report.pdf"], MEDIA_TYPES["report.pdf"], None),
        organization=sample.organization,
        year=sample.year,
        template=sample.template,
        title="".join(sample.title),
        sections=tuple(
            Section(name, text.title, "\n".join((*text.paragraphs, *text.after)))
            for name, text in ((name, sample.sections[name]) for name in SECTIONS)
        ),
        fields=tuple(_field(field, sample.printed.get(field), values.get(field)) for field in order),
        extra_rows=tuple(ExtraRow(row.section, row.label, row.printed) for row in sample.departures.extra_rows),
    )
    facts = {f"{name} sha256": hashes[name] for name in MEDIA_TYPES}
    facts |= {f"{name} media_type": kind for name, kind in MEDIA_TYPES.items()} | {"scan.pdf level": "scan"}
    return Annotation(
        id=sample.id,
        documents=tuple(MEDIA_TYPES),
        report=check_sums(report),
        origin="sample",
        level="digital",
        made_by="training.samples",
        facts=facts,
    )


def _field(field_id: str, printed: str | None, value: Decimal | None) -> Field:
    status = Status.MISSING if printed is None else Status.BLANK if value is None else Status.READ
    return Field(field_id, field_forms()[field_id].label, value, printed or "", status, 1.0)


def identities(sample: Sample, values: dict[str, Decimal | None]) -> Iterator[tuple[str, Decimal]]:
    """Yield each printed total with its required value, empty cells counting nothing. A total may come more than
    once."""

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
