"""The page of a report under review."""

from __future__ import annotations

from fastapi.testclient import TestClient

from service.store.tables import Draft
from tests.service.archive import report, stored
from tests.service.clients import service_of


def test_a_draft_that_does_not_fit_its_report_is_a_problem_in_words(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        number = stored(session, report())
        session.add(Draft(report_id=number, user="local", sequence=1, kind="value", field_id="review.none", after="3"))
    for address in (f"/desk/reports/{number}", f"/desk/reports/{number}/state"):
        answer = client.get(address)
        assert (answer.status_code, "草稿" in answer.json()["detail"]) == (409, True)
