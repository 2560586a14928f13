"""The page of the loop: new annotations, retraining, the reports that would change, and promotion."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from models.gate.promote import Refused
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
_MAX_LISTED_CHANGES = 50


@router.get("")
def show(service: Serving, person: Viewer) -> HTMLResponse:
    """The page."""
    return _page(service, person)


@router.post("")
def begin(service: Serving, person: Admin) -> Any:
    """Queue a training, or say why none can start."""
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
    """Promote a training's weights, or say why the gate refuses."""
    try:
        bring_into_use(service, training_id, reason.strip())
    except Refused as error:
        return _page(
            service, person, f"未启用，现用模型没有更换：比较结果不建议启用。仍要启用，请填写理由。（{error}）", 409
        )
    except WeightsError as error:
        return _page(service, person, f"未启用，现用模型没有更换：模型文件有问题，请重新训练。（{error}）", 409)
    except ValueError as error:
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
        most=_MAX_LISTED_CHANGES,
        states=_STATES,
        fault=fault,
        may_train=person.role.covers(Role.ADMIN),
    )
