"""The page of the loop: what reviews have taught so far, a button that retrains, what would change, and promotion."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from models.versions import WeightsError
from service.context import Service, Serving
from service.desk.rendering import page
from service.loop import trainings
from service.loop.promotion import bring_into_use, changes_of
from service.security import Admin, Person, Role, Viewer

router = APIRouter(prefix="/desk/training", include_in_schema=False)

_STATES = {
    trainings.WAITING: "等待",
    trainings.RUNNING: "训练中",
    trainings.TRAINED: "已训练，待决定",
    trainings.PROMOTED: "已启用",
    trainings.FAILED: "失败",
}
_LISTED = 50  # reports that would change


@router.get("")
def show(service: Serving, person: Viewer) -> HTMLResponse:
    """The page."""
    return _page(service, person)


@router.post("")
def begin(service: Serving, person: Admin) -> Any:
    """Ask for a training; who cannot have one now is told why."""
    try:
        with service.store.writing() as session:
            trainings.ask_for(session, person.name)
    except ValueError as error:
        return _page(service, person, str(error), 409)
    return RedirectResponse("/desk/training", 303)


@router.post("/{training_id}/promote")
def promote(
    training_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    service: Serving,
    person: Admin,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Any:
    """Bring a training's weights into use; where the gate refuses, say why."""
    try:
        bring_into_use(service, training_id, reason.strip())
    except (ValueError, WeightsError) as error:
        return _page(service, person, str(error), 409)
    return RedirectResponse("/desk/training", 303)


def _page(service: Service, person: Person, fault: str = "", status: int = 200) -> HTMLResponse:
    with service.store.reading() as session:
        progress, listed = trainings.progress(session), trainings.listed(session)
    newest = listed[0] if listed else None
    changes = changes_of(service, newest.id) if newest and newest.state in ("trained", "promoted") else None
    return page(
        "training.html",
        person,
        "/desk/training",
        status=status,
        progress=progress,
        listed=listed,
        newest=newest,
        changes=changes,
        most=_LISTED,
        states=_STATES,
        fault=fault,
        may_train=person.role.covers(Role.ADMIN),
    )
