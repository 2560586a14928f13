"""The JSON that the API answers with, each type with an example for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict

from service.problems import MEDIA_TYPE
from service.store.tables import Document, Job, Version

Id = Annotated[int, Path(ge=1, le=2**53 - 1)]
"""An id in an address."""

_WHEN = "2026-03-02T08:15:00Z"


class Shape(BaseModel):
    """Base of answers, made from rows of the store."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class JobShape(Shape):
    """The reading of a document. `page` of `pages` is its progress; formats without pages have neither."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 7,
                "batch": "5f0c3a9be1d24c5f",
                "document_id": 12,
                "state": "running",
                "attempts": 1,
                "page": 3,
                "pages": 6,
                "error": None,
                "created": _WHEN,
                "started": _WHEN,
                "finished": None,
            }
        }
    )
    id: int
    batch: str
    document_id: int
    state: str
    attempts: int
    page: int
    pages: int | None
    error: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None


class DocumentShape(Shape):
    """A file that was uploaded, with the newest job that reads it and, once it is read, its report."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 12,
                "name": "2023年度报告.pdf",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "media_type": "application/pdf",
                "size": 482113,
                "uploaded_by": "local",
                "created": _WHEN,
                "job": JobShape.model_config["json_schema_extra"]["example"],  # type: ignore[index]
                "report_id": None,
            }
        }
    )
    id: int
    name: str
    sha256: str
    media_type: str
    size: int
    uploaded_by: str
    created: datetime
    job: JobShape | None = None
    report_id: int | None = None

    @classmethod
    def of(cls, document: Document, job: Job | None, report_id: int | None) -> DocumentShape:
        """The answer for a row with its newest job and its report."""
        found = cls.model_validate(document)
        return found.model_copy(update={"job": job and JobShape.model_validate(job), "report_id": report_id})


class Refusal(Shape):
    """A file of an upload that was refused, and why."""

    name: str
    error: str


class Upload(Shape):
    """The result of an upload: its documents, those known before included, and the files that were refused."""

    batch: str
    documents: list[DocumentShape]
    refused: list[Refusal]


class Documents(Shape):
    """A page of a list, newest first."""

    count: int
    documents: list[DocumentShape]


class Batch(Shape):
    """Progress of an upload: its jobs, and how many are in each state."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "batch": "5f0c3a9be1d24c5f",
                "states": {"waiting": 3, "running": 1, "done": 6, "failed": 0},
                "finished": False,
                "jobs": [],
            }
        }
    )
    batch: str
    states: dict[str, int]
    finished: bool
    jobs: list[JobShape]


class Jobs(Shape):
    """A page of a list, newest first, and how many jobs are in each state."""

    states: dict[str, int]
    jobs: list[JobShape]


class ReportShape(Shape):
    """Summary of a report. `state` is converted or accepted (by a reviewer), `to_review` the number of fields with
    status review, `failed_checks` the number of sums that do not hold, `minutes` the estimated review time."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 9,
                "document_id": 12,
                "document": "2023年度报告.pdf",
                "organization": "某市水利局",
                "year": 2023,
                "template": "2021",
                "title": "某市水利局2023年政府信息公开工作年度报告",
                "state": "converted",
                "version": 1,
                "to_review": 2,
                "failed_checks": 1,
                "minutes": 0.4,
                "gain": 5.1,
                "revision": 1,
                "created": _WHEN,
                "changed": _WHEN,
            }
        }
    )
    id: int
    document_id: int
    document: str
    organization: str | None
    year: int | None
    template: str | None
    title: str | None
    state: str
    version: int
    to_review: int
    failed_checks: int
    minutes: float
    gain: float
    revision: int
    created: datetime
    changed: datetime


class Reports(Shape):
    """How many reports there are, and a page of them."""

    count: int
    reports: list[ReportShape]


class VersionShape(Shape):
    """Provenance of a version: `read` by Gouji with these settings and weights, or `reviewed` by somebody."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": 1,
                "kind": "read",
                "current": True,
                "made_with": "1f0b6a7cc2d94e10",
                "weights": {"digits": 0, "labels": 2},
                "author": None,
                "note": "",
                "created": _WHEN,
            }
        }
    )
    number: int
    kind: str
    current: bool
    made_with: str
    weights: dict[str, Any]
    author: str | None
    note: str
    created: datetime

    @classmethod
    def of(cls, version: Version, current: int | None) -> VersionShape:
        """The answer for a row; `current` is the id of the report's current version."""
        own = {name: getattr(version, name) for name in cls.model_fields if name != "current"}
        return cls(**own, current=version.id == current)


class Change(Shape):
    """A field that differs between two versions: (value as text, status) before and after, null where absent."""

    field_id: str
    before: tuple[str | None, str] | None
    after: tuple[str | None, str] | None


class PageShape(Shape):
    """A page with its size in points, the unit of every box."""

    number: int
    width: float
    height: float


class ProblemShape(Shape):
    """Problem details of a refused request (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is no report 9"}
        }
    )
    type: str
    title: str
    status: int
    detail: str


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Descriptions of an endpoint's error responses; those that every endpoint can give are always included."""
    schema = {"schema": {"$ref": "#/components/schemas/ProblemShape"}}
    return {
        status: {"description": _MEANINGS[status], "content": {MEDIA_TYPE: schema}}
        for status in sorted({401, 403, 421, 422, 429, *statuses})
    }


_MEANINGS = {
    401: "not logged in, and no valid token was sent",
    403: "the role does not allow it, or the request comes from another site",
    404: "not found",
    409: "it was changed meanwhile, or its state does not allow this",
    413: "larger than the limits allow",
    421: "the service does not answer to this host name",
    422: "the request is not valid",
    429: "too many requests",
    503: "temporarily unavailable; try again later",
}
