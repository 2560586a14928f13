"""The page of the queue: reports in the order of their gain, uploads, and who is reviewing which report."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from service.context import Serving
from service.desk.rendering import page
from service.security import Reviewer, Role, Viewer
from service.store import leases, reports

router = APIRouter(include_in_schema=False)

_REPORTS_PER_PAGE = 50
_STATES = {"open": "待核", "accepted": "已核定", "all": "全部"}


@router.get("/")
def home(_: Viewer) -> RedirectResponse:
    """Redirect to the desk."""
    return RedirectResponse("/desk", 303)


@router.get("/desk")
def queue(
    service: Serving,
    person: Viewer,
    text: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    year: Annotated[str, Query(pattern=r"^(\d{4})?$")] = "",
    state: str = "open",
    number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    """The reports that match the filters, open ones by their gain."""
    wanted = reports.Query(
        text=text or None,
        year=int(year) if year else None,
        state={"open": reports.CONVERTED, "accepted": reports.ACCEPTED}.get(state),
    )
    with service.store.reading() as session:
        order = "newest" if state == "accepted" else "gain"
        count, rows = reports.find(session, wanted, order, _REPORTS_PER_PAGE, (number - 1) * _REPORTS_PER_PAGE)
        held = leases.held(session, [row.id for row in rows])
    others = {report: lease.user for report, lease in held.items() if lease.user != person.name}
    return page(
        "queue.html",
        person,
        "/desk",
        rows=rows,
        count=count,
        others=others,
        filters={"text": text, "year": year, "state": state},
        states=_STATES,
        number=number,
        last=max(1, -(-count // _REPORTS_PER_PAGE)),
        may_upload=person.role.covers(Role.REVIEWER),
    )


@router.get("/desk/next")
def following(service: Serving, person: Reviewer) -> RedirectResponse:
    """Redirect to the report with the highest gain, or to the queue."""
    with service.store.reading() as session:
        found = reports.next_for_review(session, person.name)
    return RedirectResponse("/desk" if found is None else f"/desk/reports/{found}", 303)
