"""Small reports for the tests of what is written of reports."""

from __future__ import annotations

from decimal import Decimal

from extraction.document import Field, Report, Source, Status

HOSTILE = '=HYPERLINK("http://127.0.0.1","x")'
RECEIVED = "applications.received.natural_person"
TOTAL = "applications.received.total"


def report(path: str, year: int | None, *fields: Field, organization: str = "松溪县档案局") -> Report:
    return Report(Source(path, "ab" * 32, "application/pdf", 3), organization, year, "2021", "年度报告", fields=fields)


def field(name: str, value: str | None, status: Status = Status.READ, printed: str | None = None) -> Field:
    number = None if value is None else Decimal(value)
    return Field(name, f"标签 / {name}", number, (value or "") if printed is None else printed, status, 0.99, page=2)
