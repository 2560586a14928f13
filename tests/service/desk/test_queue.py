"""The page of the queue."""

from __future__ import annotations

from fastapi.testclient import TestClient

from extraction.doubts import Doubt, DoubtCode
from tests.service.archive import report, stored, unsure
from tests.service.clients import service_of

SEAL, LINE = DoubtCode.SEAL_OVER_FIGURE, DoubtCode.GRID_LINE_BROKEN


def test_reports_are_found_by_why_their_fields_are_in_doubt(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        sealed = unsure(report(), "review.upheld", "review.other", doubts=(Doubt(SEAL), Doubt(LINE)))
        one = stored(session, sealed, name="seal.pdf")
        stored(session, unsure(report(), "review.upheld", doubts=(Doubt(LINE),)), name="line.pdf")
        stored(session, report(), name="sure.pdf")
    page = client.get("/desk", params={"reason": SEAL}).text
    assert ("seal.pdf" in page, "line.pdf" in page, "sure.pdf" in page) == (True, False, False)
    assert f"{SEAL.about.zh} 2" in page
    found = client.get("/api/reports", params={"reason": SEAL}).json()
    assert [each["id"] for each in found["reports"]] == [one]
    assert client.get("/api/reports", params={"reason": LINE}).json()["count"] == 2
    assert client.get("/api/reports", params={"reason": "none_of_ours"}).status_code == 422
    assert client.get("/desk", params={"reason": "none_of_ours"}).status_code == 200


def test_the_page_of_a_report_holds_the_reasons(client: TestClient) -> None:
    with service_of(client).store.writing() as session:
        number = stored(session, unsure(report(), "review.upheld", doubts=(Doubt(SEAL),)))
    assert SEAL.about.zh in client.get(f"/desk/reports/{number}").text
    fields = {field["id"]: field for field in client.get(f"/api/reports/{number}/json").json()["fields"]}
    assert fields["review.upheld"]["reasons"] == [SEAL]
