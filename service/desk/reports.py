"""The page of one report under review, and what its script sends: actions, signs of life, the end."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from service.api.reports import found
from service.context import Service, Serving
from service.desk.form import shown
from service.desk.rendering import embedded, page
from service.desk.state import report_data, state_data
from service.loop.accepting import Cost, accept
from service.problems import Problem
from service.review.actions import Action, Kind, Refused, standing
from service.review.reviewed import reviewed
from service.security import Person, Reviewer, Role, Viewer
from service.store import drafts, leases, reports, versions
from service.store.tables import ReportRow

router = APIRouter(prefix="/desk/reports", include_in_schema=False)

BEAT = 45  # seconds between signs of life of an open page
IDLE = 120  # seconds without a key or a tap after which an open page gives none

_PLAIN = r"^[^\x00]*$"  # PostgreSQL's texts cannot hold that character

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Done(BaseModel):
    """An action as the page sends it. `sequence` and `revision` are what it takes the report to be at."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    targets: list[Annotated[str, Field(max_length=200, pattern=_PLAIN)]] = Field(default_factory=list, max_length=400)
    text: str = Field("", max_length=2000, pattern=_PLAIN)
    sequence: int = Field(ge=0)
    revision: int = Field(ge=0)


class Ended(BaseModel):
    """The end of a review as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    sequence: int = Field(ge=0)
    revision: int = Field(ge=0)
    keystrokes: int = Field(0, ge=0, le=10**6)
    seconds: float = Field(0, ge=0, le=10**6)


@router.get("/{report_id}")
def show(report_id: Id, service: Serving, person: Viewer) -> HTMLResponse:
    """The page. Who may review gets the lease with it, unless somebody else has it."""
    holder = _holder(service, report_id, person)
    with service.store.reading() as session:
        row, document = found(session, report_id)
        read = versions.report_in(versions.current(session, row))
        state = _state(session, row)
        listed = versions.listed(session, report_id)
    data = {
        **report_data(report_id, row.revision, read, service.pictures.sizes(document)),
        "state": state,
        "writable": person.role.covers(Role.REVIEWER) and holder is None and read.template is not None,
        "holder": holder,
        "beat": BEAT,
        "idle": IDLE,
    }
    return page(
        "report.html",
        person,
        row=row,
        report=read,
        document=document,
        tables=shown(read),
        data=embedded(data),
        holder=holder,
        versions=listed,
        has_pages=bool(data["pages"]),
    )


@router.get("/{report_id}/state")
def state(report_id: Id, service: Serving, _: Viewer) -> dict[str, Any]:
    """How far the review is."""
    with service.store.reading() as session:
        row, _document = found(session, report_id)
        return _state(session, row)


@router.post("/{report_id}/actions")
def act(report_id: Id, done: Done, service: Serving, person: Reviewer) -> dict[str, Any]:
    """Do one more thing to a report; the answer is how it stands then."""
    with service.store.writing() as session:
        row = _mine(session, report_id, person, done.revision)
        read = versions.report_in(versions.current(session, row))
        before = drafts.rows(session, report_id)
        _same_place(done.sequence, before[-1].sequence if before else 0)
        action = Action(done.kind, tuple(done.targets), done.text)
        try:
            sequence, now = drafts.add(session, report_id, person.name, read, action)
        except Refused as error:
            raise Problem(422, str(error)) from error
        actions = drafts.actions(before)
        undone = standing(actions)[-1].targets if done.kind is Kind.UNDO else ()
        return {**state_data(now, sequence, (*actions, action)), "undone": undone}


@router.post("/{report_id}/lease")
def stay(report_id: Id, service: Serving, person: Reviewer) -> dict[str, str | None]:
    """A sign of life: who else holds the report, null where it is the caller's."""
    return {"holder": _holder(service, report_id, person)}


@router.post("/{report_id}/release")
def leave(report_id: Id, service: Serving, person: Reviewer) -> dict[str, str]:
    """Let go of the report; its draft stays."""
    with service.store.writing() as session:
        leases.release(session, report_id, person.name)
    return {}


@router.post("/{report_id}/accept")
def end(report_id: Id, ended: Ended, service: Serving, person: Reviewer) -> dict[str, Any]:
    """End the review: its version is made, and the next report of the queue named."""
    with service.store.writing() as session:
        row = _mine(session, report_id, person, ended.revision)
        _, document = found(session, report_id)
        before = drafts.rows(session, report_id)
        _same_place(ended.sequence, before[-1].sequence if before else 0)
        try:
            cost = Cost(ended.keystrokes, ended.seconds)
            review = accept(session, service.files, row, document, person.name, cost)
        except Refused as error:
            raise Problem(422, str(error)) from error
        cells = review.cells
    with service.store.reading() as session:
        following = reports.next_for_review(session, person.name)
    said = f"逐格核对 {cells} 格，其余可信单元格一并接受；已存为新版本和标注。"
    return {"said": said, "next": None if following is None else f"/desk/reports/{following}"}


def _state(session: Session, row: ReportRow) -> dict[str, Any]:
    """How far its review is. Raises Problem 409 where the draft was begun on another version."""
    read = versions.report_in(versions.current(session, row))
    kept = drafts.rows(session, row.id)
    actions = drafts.actions(kept)
    try:
        now = reviewed(read, actions)
    except Refused as error:
        raise Problem(409, f"这份报告的草稿与现在的版本不符：{error}") from error
    return state_data(now, kept[-1].sequence if kept else 0, actions)


def _holder(service: Service, report_id: int, person: Person) -> str | None:
    """Take or renew the lease for who may review; the name of who else has it."""
    with service.store.writing() as session:
        found(session, report_id)
        if person.role.covers(Role.REVIEWER):
            lease = leases.hold(session, report_id, person.name)
            return None if lease.user == person.name else lease.user
        others = leases.held(session, [report_id])
        return others[report_id].user if report_id in others else None


def _mine(session: Session, report_id: int, person: Person, revision: int) -> ReportRow:
    """The report, held by this person and not changed meanwhile. Raises Problem 404, 423 or 409."""
    row, _ = found(session, report_id)
    lease = leases.hold(session, report_id, person.name)
    if lease.user != person.name:
        raise Problem(423, f"{lease.user} 正在核对这份报告，您的这一步没有保存")
    session.refresh(row)
    if row.revision != revision:
        raise Problem(409, "这份报告已有新的版本，请刷新本页后再核对")
    return row


def _same_place(expected: int, actual: int) -> None:
    if expected != actual:
        raise Problem(409, "这份报告在别处（另一个窗口）又有改动，请刷新本页后继续")
