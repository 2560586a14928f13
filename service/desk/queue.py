"""The page of the queue: reports in the order of their gain, uploads, and who is reviewing which report."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from extraction.doubts import DoubtCode
from service.context import Serving
from service.desk.rendering import page
from service.desk.titles import reason_title
from service.security import Reviewer, Role, Viewer
from service.store import leases, reports

router = APIRouter(include_in_schema=False)

_REPORTS_PER_PAGE = 50
_REASONS_PER_REPORT = 3  # the most frequent ones
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
    reason: Annotated[str, Query(max_length=100, pattern=r"^\w*$")] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    """The reports that match the filters, open ones by their gain."""
    wanted = reports.Query(
        text=text or None,
        year=int(year) if year else None,
        state={"open": reports.CONVERTED, "accepted": reports.ACCEPTED}.get(state),
        reason=reason or None,
    )
    with service.store.reading() as session:
        order = "newest" if state == "accepted" else "gain"
        count, rows = reports.find(session, wanted, order, _REPORTS_PER_PAGE, (number - 1) * _REPORTS_PER_PAGE)
        held = leases.held(session, [row.id for row in rows])
        doubts = reports.reasons(session, [row.id for row in rows])
    others = {report: lease.user for report, lease in held.items() if lease.user != person.name}
    return page(
        "queue.html",
        person,
        "/desk",
        rows=rows,
        count=count,
        others=others,
        filters={"text": text, "year": year, "state": state, "reason": reason},
        states=_STATES,
        reasons={str(code): reason_title(code) for code in DoubtCode},
        doubts={number: counts.most_common(_REASONS_PER_REPORT) for number, counts in doubts.items()},
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
