"""The page of a report under review, and the endpoints of its script: actions, lease renewals, the end."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from service.api.reports import found
from service.context import Service, Serving
from service.desk.form import form_tables
from service.desk.rendering import embedded, page
from service.desk.state import report_data, state_data
from service.loop.accepting import Cost, accept
from service.problems import Problem
from service.review.actions import Action, Kind, Refused, standing
from service.review.replay import replay
from service.security import Person, Reviewer, Role, Viewer
from service.store import drafts, leases, reports, versions
from service.store.tables import ReportRow

router = APIRouter(prefix="/desk/reports", include_in_schema=False)

LEASE_RENEWAL_SECONDS = 45
MAX_IDLE_SECONDS = 120  # without a key or a tap, an open page renews its lease no longer

_NO_NUL = r"^[^\x00]*$"  # PostgreSQL cannot store NUL in texts

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class SentAction(BaseModel):
    """An action as the page sends it, with the sequence number and the revision that the page has seen."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    targets: list[Annotated[str, Field(max_length=200, pattern=_NO_NUL)]] = Field(default_factory=list, max_length=400)
    text: str = Field("", max_length=2000, pattern=_NO_NUL)
    sequence: int = Field(ge=0)
    revision: int = Field(ge=0)


class SentEnd(BaseModel):
    """The end of a review as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    sequence: int = Field(ge=0)
    revision: int = Field(ge=0)
    keystrokes: int = Field(0, ge=0, le=10**6)
    seconds: float = Field(0, ge=0, le=10**6)


@router.get("/{report_id}")
def show(report_id: Id, service: Serving, person: Viewer) -> HTMLResponse:
    """The page. A reviewer takes the lease with it unless somebody else holds it."""
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
        "renewal_seconds": LEASE_RENEWAL_SECONDS,
        "max_idle_seconds": MAX_IDLE_SECONDS,
    }
    return page(
        "report.html",
        person,
        row=row,
        report=read,
        document=document,
        tables=form_tables(read),
        data=embedded(data),
        holder=holder,
        versions=listed,
        has_pages=bool(data["pages"]),
    )


@router.get("/{report_id}/state")
def state(report_id: Id, service: Serving, _: Viewer) -> dict[str, Any]:
    """The state of the review."""
    with service.store.reading() as session:
        row, _document = found(session, report_id)
        return _state(session, row)


@router.post("/{report_id}/actions")
def act(report_id: Id, sent: SentAction, service: Serving, person: Reviewer) -> dict[str, Any]:
    """Apply one more action; the answer is the state of the review after it."""
    with service.store.writing() as session:
        row = _mine(session, report_id, person, sent.revision)
        read = versions.report_in(versions.current(session, row))
        before = drafts.rows(session, report_id)
        _require_same_sequence(sent.sequence, before[-1].sequence if before else 0)
        action = Action(sent.kind, tuple(sent.targets), sent.text)
        try:
            sequence, now = drafts.add(session, report_id, person.name, read, action)
        except Refused as error:
            raise Problem(422, str(error)) from error
        actions = drafts.actions(before)
        undone = standing(actions)[-1].targets if sent.kind is Kind.UNDO else ()
        return {**state_data(now, sequence, (*actions, action)), "undone": undone}


@router.post("/{report_id}/lease")
def stay(report_id: Id, service: Serving, person: Reviewer) -> dict[str, str | None]:
    """Renew the lease; the answer names who else holds the report, null where the caller does."""
    return {"holder": _holder(service, report_id, person)}


@router.post("/{report_id}/release")
def leave(report_id: Id, service: Serving, person: Reviewer) -> dict[str, str]:
    """Release the report; its draft stays."""
    with service.store.writing() as session:
        leases.release(session, report_id, person.name)
    return {}


@router.post("/{report_id}/accept")
def end(report_id: Id, sent: SentEnd, service: Serving, person: Reviewer) -> dict[str, Any]:
    """Accept the review; the answer names the next report of the queue."""
    with service.store.writing() as session:
        row = _mine(session, report_id, person, sent.revision)
        _, document = found(session, report_id)
        before = drafts.rows(session, report_id)
        _require_same_sequence(sent.sequence, before[-1].sequence if before else 0)
        try:
            cost = Cost(sent.keystrokes, sent.seconds)
            review = accept(session, service.files, row, document, person.name, cost)
        except Refused as error:
            raise Problem(422, str(error)) from error
        cells = review.cells
    with service.store.reading() as session:
        following = reports.next_for_review(session, person.name)
    said = f"逐格核对 {cells} 格，其余可信单元格一并接受；已保存为新版本和标注。"
    return {"said": said, "next": None if following is None else f"/desk/reports/{following}"}


def _state(session: Session, row: ReportRow) -> dict[str, Any]:
    """The state of the review. Raises Problem 409 where the draft does not fit the current version."""
    read = versions.report_in(versions.current(session, row))
    kept = drafts.rows(session, row.id)
    actions = drafts.actions(kept)
    try:
        now = replay(read, actions)
    except Refused as error:
        raise Problem(409, f"这份报告的草稿与现在的版本不符：{error}") from error
    return state_data(now, kept[-1].sequence if kept else 0, actions)


def _holder(service: Service, report_id: int, person: Person) -> str | None:
    """Take or renew the lease of a reviewer; the name of somebody else who holds it, or None."""
    with service.store.writing() as session:
        found(session, report_id)
        if person.role.covers(Role.REVIEWER):
            lease = leases.hold(session, report_id, person.name)
            return None if lease.user == person.name else lease.user
        others = leases.held(session, [report_id])
        return others[report_id].user if report_id in others else None


def _mine(session: Session, report_id: int, person: Person, revision: int) -> ReportRow:
    """The report, held by this person and unchanged. Raises Problem 404, 423 (held by another) or 409 (changed)."""
    row, _ = found(session, report_id)
    lease = leases.hold(session, report_id, person.name)
    if lease.user != person.name:
        raise Problem(423, f"{lease.user} 正在核对这份报告，您这一步没有保存；请改核其他报告，或等对方离开后刷新本页")
    session.refresh(row)
    if row.revision != revision:
        raise Problem(409, "这份报告已有新的版本，请刷新本页后再核对")
    return row


def _require_same_sequence(expected: int, actual: int) -> None:
    if expected != actual:
        raise Problem(409, "这份报告在别处（另一个窗口）又有改动，请刷新本页后继续")
