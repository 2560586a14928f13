"""Figures of whole forms whose sums all hold, as fields of a report."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from extraction.document import Candidate, Field, Report, Source, Status
from extraction.forms.catalogue import Identity, template
from extraction.settings import DecisionSettings

USUAL = DecisionSettings()

TEMPLATES = st.sampled_from(["2019", "2021"])
SOURCE = Source("a.txt", "00", "text/plain", None)
COLUMNS = ("natural_person", "enterprise", "research_institution", "social_organization", "legal_service", "other")


def field(field_id: str, value: int | None, status: Status = Status.READ, confidence: float = 1.0) -> Field:
    number = None if value is None else Decimal(value)
    return Field(field_id, field_id, number, "" if value is None else str(value), status, confidence)


def from_picture(field_id: str, *readings: tuple[int, float], status: Status = Status.READ) -> Field:
    """A field read from a picture: its readings with their probabilities, the first of them believed."""
    value, probability = readings[0]
    candidates = tuple(Candidate(str(v), p) for v, p in readings)
    confidence = probability if status is Status.READ else min(probability, 0.5)
    return Field(field_id, field_id, Decimal(value), str(value), status, confidence, candidates=candidates)


@st.composite
def balanced(draw: st.DrawFn, form_id: str) -> dict[str, int]:
    """Figures of a form that satisfy every sum: results and carried out are drawn, the rest follows from them."""
    block = next(b for b in template(form_id).blocks if b.id == "applications")
    rows = [
        r.id for r in block.rows if form_id in r.templates and r.id.startswith("results.") and r.id != "results.total"
    ]
    numbers = st.integers(0, 10**6)
    values: dict[str, int] = {f.id: draw(numbers) for f in template(form_id).fields if f.block.section == "proactive"}
    for column in COLUMNS:
        done = {row: draw(st.integers(0, 99)) for row in rows}
        carried_out = draw(st.integers(0, 99))
        total = sum(done.values())
        carried_in = draw(st.integers(0, total + carried_out))
        done |= {"results.total": total, "carried_out": carried_out, "carried_in": carried_in}
        done["received"] = total + carried_out - carried_in
        values |= {f"applications.{row}.{column}": value for row, value in done.items()}
    for row in (*rows, "results.total", "carried_out", "carried_in", "received"):
        values[f"applications.{row}.total"] = sum(values[f"applications.{row}.{c}"] for c in COLUMNS)
    for group in ("review", "litigation_direct", "litigation_after_review"):
        parts = {f"{group}.{part}": draw(numbers) for part in ("upheld", "corrected", "other", "pending")}
        values |= parts | {f"{group}.total": sum(parts.values())}
    return values


@cache
def in_order(form_id: str) -> tuple[str, ...]:
    return tuple(f.id for f in template(form_id).fields)


def report(form_id: str | None, values: Mapping[str, int | None], **others: Field) -> Report:
    fields = [others.get(i) or field(i, values[i]) for i in (in_order(form_id) if form_id else values)]
    return Report(SOURCE, None, None, form_id, None, fields=tuple(fields))


@cache
def sums(form_id: str) -> tuple[Identity, ...]:
    return template(form_id).identities()


@cache
def sums_with(form_id: str, field_id: str) -> set[str]:
    return {i.id for i in sums(form_id) if field_id in (*i.left, *i.right)}
