"""An accepted review -> an annotation of `annotations.store`: what the reviewer says that the report prints."""

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
"""The facts that say who reviewed a report, and when."""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Who reviewed a report, and when it was accepted."""

    reviewer: str
    when: datetime


def annotation_of(report: Report, reviewing: Reviewing) -> Annotation:
    """The gold that a review makes of a report as it was accepted.

    It has no tables and no labels: nobody looked at these, and the lessons find them by the figures and the wording.
    Figures that only the sums say stay open, since gold is what is printed. Headings and sentences are as read.
    """
    name = annotation_id(report.source.sha256)
    document = name + SUFFIXES[report.source.media_type]
    fields = tuple(map(_gold, report.fields))
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
    """The id of a document's annotation: the same for every review of it."""
    return f"document-{sha256[:16]}"


def document_name(annotation: Annotation) -> str:
    """The file that it is the gold of, beside it in a data set."""
    return PurePosixPath(annotation.documents[0]).name


def _gold(field: Field) -> Field:
    """A field as gold has it: sure, or still open."""
    settled = replace(field, confidence=1.0, reading=None, candidates=())
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
