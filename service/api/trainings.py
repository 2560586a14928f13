"""Endpoints of the loop: retrain on reviews, list what would change, promote; and the annotations themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from annotations.store import dump_annotation
from models.versions import WeightsError
from service.api.shapes import Id, Shape, refusals
from service.context import Serving
from service.loop import trainings
from service.loop.changes import Change
from service.loop.collection import latest, read
from service.loop.promotion import bring_into_use, changes_of
from service.problems import Problem
from service.security import Admin, Viewer
from service.store.tables import Training

router = APIRouter(prefix="/api", tags=["trainings"])


class ProgressShape(Shape):
    """The reviews that a training could use; `refusal` says in Chinese why none can start, "" where one can."""

    annotated: int
    new: int
    organizations: int
    under_way: int | None
    refusal: str


class TrainingShape(Shape):
    """A retraining: waiting, running, trained (with a verdict), promoted or failed (with an error)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 3,
                "state": "trained",
                "started_by": "zhang",
                "created": "2026-03-02T08:15:00Z",
                "finished": "2026-03-02T08:31:00Z",
                "verdict": "promote: held-out reports: row 91.20% -> 97.45%",
                "promoted": None,
                "error": None,
            }
        }
    )
    id: int
    state: str
    started_by: str
    created: datetime
    finished: datetime | None
    verdict: str | None
    promoted: int | None
    error: str | None


class ChangesShape(Shape):
    """How many reports were read again, how many differ, and a page of these."""

    compared: int
    count: int
    changed: list[Change]


class Promotion(BaseModel):
    """The reason to promote against the comparison's advice, recorded; "" to follow the advice."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field("", max_length=500)


class Promoted(Shape):
    """The version that is now in use, and how many reports are queued to be read again."""

    version: int
    queued: int


class AnnotationShape(Shape):
    """An annotation: who reviewed the report, when, and the training that used it."""

    report_id: int
    reviewer: str
    reviewed: datetime
    document: str
    trained_in: int | None


@router.get("/training-progress", responses=refusals())
def get_progress(service: Serving, _: Viewer) -> ProgressShape:
    """How many reports were reviewed, and how many of these no training has used yet."""
    with service.store.reading() as session:
        return ProgressShape.model_validate(trainings.progress(session))


@router.get("/trainings", responses=refusals())
def list_trainings(service: Serving, _: Viewer) -> list[TrainingShape]:
    """All trainings, newest first."""
    with service.store.reading() as session:
        return [TrainingShape.model_validate(training) for training in trainings.listed(session)]


@router.post("/trainings", status_code=202, responses=refusals(409))
def begin_training(service: Serving, person: Admin) -> TrainingShape:
    """Retrain the token classifier on all reviews, compare it with the one in use, and list the reports that it would
    read differently. Nothing is replaced."""
    with service.store.writing() as session:
        try:
            return TrainingShape.model_validate(trainings.ask_for(session, person.name))
        except ValueError as error:
            raise Problem(409, str(error)) from error


@router.get("/trainings/{training_id}", responses=refusals(404))
def get_training(training_id: Id, service: Serving, _: Viewer) -> TrainingShape:
    """One training."""
    with service.store.reading() as session:
        return TrainingShape.model_validate(_found(session, training_id))


@router.get(
    "/trainings/{training_id}/comparison",
    response_class=Response,
    responses={200: {"content": {"application/json": {}, "application/octet-stream": {}}}, **refusals(404)},
)
def get_comparison(training_id: Id, service: Serving, _: Viewer, page: bool = False) -> Response:
    """The comparison of old and new weights with its verdict, as JSON or, with `page`, as an HTML file to download."""
    with service.store.reading() as session:
        training = _found(session, training_id)
    path = service.settings.data_folder / training.comparison if training.comparison else None
    if path is None or not path.is_file():
        raise Problem(404, f"training {training_id} has no comparison yet")
    if page:
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)
    return FileResponse(path.with_suffix(".json"), media_type="application/json")


@router.get("/trainings/{training_id}/changes", responses=refusals(404))
def get_changes(
    training_id: Id,
    service: Serving,
    _: Viewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> ChangesShape:
    """The reports that the new weights read differently, before anything is replaced."""
    with service.store.reading() as session:
        _found(session, training_id)
    changes = changes_of(service, training_id)
    shown: tuple[Change, ...] = changes.changed[offset : offset + limit]
    return ChangesShape(compared=changes.compared, count=len(changes.changed), changed=list(shown))


@router.post("/trainings/{training_id}/promote", responses=refusals(404, 409))
def promote_training(training_id: Id, given: Promotion, service: Serving, _: Admin) -> Promoted:
    """Bring the new weights into use if the comparison advises it, and queue the reports that change. Reports that a
    person has accepted are not read again."""
    with service.store.reading() as session:
        _found(session, training_id)
    try:
        version, queued = bring_into_use(service, training_id, given.reason)
    except (ValueError, WeightsError) as error:
        raise Problem(409, str(error)) from error
    return Promoted(version=version, queued=queued)


@router.get("/annotations", responses=refusals())
def list_annotations(service: Serving, _: Viewer) -> list[AnnotationShape]:
    """The annotation of the last review of every accepted report."""
    with service.store.reading() as session:
        return [
            AnnotationShape(
                report_id=review.report_id or 0,
                reviewer=review.reviewer,
                reviewed=review.finished,
                document=document.name,
                trained_in=review.trained_in,
            )
            for review, document in latest(session)
        ]


@router.get(
    "/annotations/{report_id}",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}, **refusals(404)},
)
def get_annotation(report_id: Id, service: Serving, _: Viewer) -> Response:
    """A report's annotation, as `gouji annotations` and `gouji train` read it."""
    with service.store.reading() as session:
        found = [review for review, _ in latest(session) if review.report_id == report_id]
    annotation = read(service.files, found[0]) if found else None
    if annotation is None:
        raise Problem(404, f"report {report_id} has no accepted review")
    return Response(dump_annotation(annotation), media_type="application/json")


def _found(session: Session, training_id: int) -> Training:
    training = session.get(Training, training_id)
    if training is None:
        raise Problem(404, f"training {training_id} does not exist")
    return training
