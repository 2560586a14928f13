"""Make an annotation (`annotations.store`) of an accepted review: the report as the reviewer says it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from annotations.regions import evaluated
from annotations.store import Annotation
from extraction.document import Field, Report, Status
from extraction.text.narrative import with_agreement
from service.security.uploads import SUFFIXES

REVIEWER, REVIEWED = "reviewer", "reviewed"
"""Names of the facts that tell who reviewed a report, and when."""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Who reviewed a report, and when it was accepted."""

    reviewer: str
    when: datetime


def annotation_of(report: Report, reviewing: Reviewing) -> Annotation:
    """The gold of a report as it was accepted.

    It has no tables and no labels, which nobody reviewed; the recipe of the classifier aligns them by figures and
    wording. Figures that only the sums give stay open, since gold is what is printed. Headings and sentences are as
    read.
    """
    name = annotation_id(report.source.sha256)
    document = name + SUFFIXES[report.source.media_type]
    fields = tuple(map(_gold_field, report.fields))
    gold = with_agreement(replace(report, fields=fields, source=replace(report.source, path=document), warnings=()))
    when = reviewing.when.isoformat(timespec="seconds")
    return Annotation(
        id=name,
        documents=(document,),
        report=replace(gold, checks=evaluated(gold)),
        origin="real",
        level="unrated",
        facts={REVIEWER: reviewing.reviewer, REVIEWED: when, **_unsure(report)},
    )


def annotation_id(sha256: str) -> str:
    """The id of a document's annotation, the same for every review of it."""
    return f"document-{sha256[:16]}"


def document_name(annotation: Annotation) -> str:
    """The name of the document beside its annotation in a data set."""
    return PurePosixPath(annotation.documents[0]).name


def _gold_field(field: Field) -> Field:
    """A field of the gold: sure, or still open."""
    settled = replace(field, confidence=1.0, reading=None, candidates=(), doubts=())
    if field.status is Status.CORRECTED:
        return replace(settled, status=Status.READ)
    if field.status is Status.INFERRED:
        return replace(settled, status=Status.REVIEW, confidence=field.confidence)
    if field.status is Status.MISSING:
        return replace(settled, value=None, printed="", page=None, box=None)
    return settled


def _unsure(report: Report) -> Mapping[str, str]:
    return {
        f"unsure {f.id}": f"nothing could be read; the sums say {f.value}"
        for f in report.fields
        if f.status is Status.INFERRED
    }
