"""Pages about the whole archive."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from fastapi.testclient import TestClient

from extraction.document import Report, Status
from tests.service.archive import report, stored
from tests.service.clients import service_of


def test_two_reports_beside_each_other_show_what_is_compared(client: TestClient) -> None:
    amount = "proactive.administrative_fees.fee_amount_wanyuan"

    def printing(printed: str, value: str, year: int) -> Report:
        of = report("fengqiu-2022")
        said = {"printed": printed, "value": Decimal(value), "status": Status.READ}
        fields = (replace(f, **said) if f.id == amount else f for f in of.fields)
        return replace(of, year=year, fields=tuple(fields))

    with service_of(client).store.writing() as session:
        one = stored(session, printing("99170000", "9917", 2021))  # its column is headed 元
        other = stored(session, printing("9918", "9918", 2022))
    shown = client.get("/desk/compare", params={"one": str(one), "other": str(other)}).text
    assert "9917</td>" in shown
    assert "99170000" not in shown
    assert ">+1<" in shown
