"""`gouji annotations prelabel`: a conversion as the first draft of gold, with uncertain figures left for review."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from annotations.printed_labels import labels_of
from annotations.regions import evaluated
from annotations.store import DRAFT, Annotation, annotation_path, read_gold, write_annotation
from extraction.bulk.plan import Input
from extraction.contents import checked, report_of
from extraction.document import Field, Status
from extraction.errors import InputError, UsageError
from extraction.pipeline import read_document
from extraction.settings import Settings
from models.loaded import Models


@dataclass(frozen=True, slots=True)
class Prelabelled:
    """The annotation of one input, or the error that prevented it."""

    name: str
    annotation: Annotation | None = None
    error: str = ""


def prelabel(inputs: list[Input], folder: Path, models: Models, force: bool = False) -> Iterator[Prelabelled]:
    """Write a draft and a copy of its document for every input, one at a time. Raises UsageError before any is made.

    Existing annotations are kept unless `force`: they may be a person's work.
    """
    ids = [draft_id(item.name) for item in inputs]
    for item, annotation_id in zip(inputs, ids, strict=True):
        if ids.count(annotation_id) > 1:
            raise UsageError(f"two inputs would be annotated as {annotation_id}; {item.name} is one of them: rename it")
        path = annotation_path(folder, annotation_id)
        if path.exists() and not force:
            raise UsageError(f"{path} is there already; --force replaces it, and whatever people have done to it")
    for item, annotation_id in zip(inputs, ids, strict=True):
        try:
            annotation = draft(item.path, annotation_id, models, Settings())
        except InputError as error:
            yield Prelabelled(item.name, error=str(error))
            continue
        path = write_annotation(folder, annotation)
        shutil.copyfile(item.path, path.parent / annotation.documents[0])
        yield Prelabelled(item.name, read_gold(path))


def draft_id(name: str) -> str:
    """Return the id of an input: its path below the input root without suffix, in one word."""
    return "-".join("-".join(PurePosixPath(name).with_suffix("").parts).split())


def draft(path: Path, annotation_id: str, models: Models, settings: Settings) -> Annotation:
    """Return the conversion of a document as an annotation. Raises an `InputError` where it cannot be converted.

    Accepted figures stand as read, for one look of a person; the others are `review`, with a fact that gives the
    reason.
    """
    document = f"{annotation_id}{path.suffix.lower()}"
    contents = read_document(path, models, settings, document)
    report = checked(report_of(contents, models, settings), models, settings)
    drafted = [_drafted(f, settings.decision.alone) for f in report.fields]
    facts = {f"unsure {f.id}": why for f, why in drafted if why}
    report = replace(report, fields=tuple(f for f, _ in drafted))
    return Annotation(
        id=annotation_id,
        documents=(document,),
        report=replace(report, checks=evaluated(report)),
        tables=contents.tables,
        labels=labels_of(contents.regions, settings, models.wordings),
        origin="real",
        level="unrated",
        facts={DRAFT: "a conversion: compare every cell with its page, then remove this fact", **facts},
    )


def _drafted(field: Field, least: float) -> tuple[Field, str]:
    """Return the field as gold has it, and why a person must review it, "" where nobody must."""
    why = _doubt(field, least)
    if why:
        return replace(field, status=Status.REVIEW, reading=None), why
    return replace(field, confidence=1.0, reading=None), ""


def _doubt(field: Field, least: float) -> str:
    if field.status is Status.CORRECTED:
        return f"first read as {field.reading!r}; the sums say {field.printed!r}"
    if field.status is Status.INFERRED:
        return f"nothing could be read; the sums say {field.value}"
    if field.status is Status.REVIEW:
        return f"the conversion leaves it open (best guess {'none' if field.value is None else field.value})"
    if field.status in (Status.READ, Status.BLANK) and field.confidence < least:
        return f"read with confidence {field.confidence:.2f} only"
    return ""
