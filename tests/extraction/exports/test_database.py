"""Databases filled with reports that each test shows, and queried."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from extraction.document import Check, ExtraRow, NarrativeFigure, Report, Verdict
from extraction.errors import UsageError
from extraction.exports.database import write_database
from tests.extraction.small_reports import RECEIVED, TOTAL, field, report


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def test_a_database_has_all_of_a_report(tmp_path: Path) -> None:
    item = replace(
        report("a.pdf", 2023, field(RECEIVED, "12"), field(TOTAL, "96171.6"), field("x", "123456789012.55")),
        checks=(Check("id", "12 = 13", False, Verdict.SOURCE_INCONSISTENT),),
        narrative=(NarrativeFigure("received_requests", Decimal(12), "12件\x00", 1, True),),
        extra_rows=(ExtraRow("proactive", "其他", ("1", "2"), 2),),
        warnings=("w",),
    )
    write_database(f"sqlite:///{tmp_path}/a.db", [item])
    values = dict(rows(tmp_path / "a.db", "select id, value from fields"))
    assert values == {RECEIVED: 12, TOTAL: 96171.6, "x": 123456789012.55}
    assert rows(tmp_path / "a.db", "select verdict, holds from checks") == [("source_inconsistent", 0)]
    assert rows(tmp_path / "a.db", "select value, text from narrative") == [(12, "12件")]
    assert rows(tmp_path / "a.db", "select place, printed from extra_rows") == [(0, "1"), (1, "2")]
    assert rows(tmp_path / "a.db", "select path, year, warning from reports join warnings on path = report") == [
        ("a.pdf", 2023, "w")
    ]


def test_an_export_replaces_the_one_before_or_leaves_it(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/a.db"
    write_database(address, [report("a.pdf", 2023, field(RECEIVED, "12"))])
    write_database(address, [report("b.pdf", 2023, field(RECEIVED, "13"))])
    assert rows(tmp_path / "a.db", "select report, value from fields") == [("b.pdf", 13)]
    with pytest.raises(UsageError, match="cannot be filled"):
        write_database(address, [report("c.pdf", 2023), report("c.pdf", 2023)])  # one key twice
    assert rows(tmp_path / "a.db", "select report, value from fields") == [("b.pdf", 13)]


def server(address: str) -> sa.Engine:
    return sa.create_engine(address, poolclass=sa.NullPool)


def test_a_postgresql_server_has_all_of_a_report(postgres: str) -> None:
    amount = Decimal("123456789012345678.12")  # more than a binary float holds
    item = replace(
        report(
            "a.pdf", 2023, field(RECEIVED, "12"), replace(field(TOTAL, None), value=amount, box=(1.0, 2.0, 3.0, 4.5))
        ),
        checks=(
            Check("id", "12 = 13", False, Verdict.SOURCE_INCONSISTENT),
            Check("i", "", None, Verdict.NOT_APPLICABLE),
        ),
        narrative=(NarrativeFigure("received_requests", Decimal("12.5"), "12\x00件", 1, None),),
        extra_rows=(ExtraRow("proactive", "其他", ("1", "2"), 2),),
        warnings=("w",),
    )
    write_database(postgres, (replace(item, source=replace(item.source, path=f"{n}.pdf")) for n in range(450)))
    write_database(postgres, [item])  # takes the place of the 450
    with server(postgres).connect() as connection:

        def found(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(sa.text(query))]

        assert found("select path, year, organization, pages from reports") == [("a.pdf", 2023, "松溪县档案局", 3)]
        assert found('select id, value, status, "left", bottom from fields order by value') == [
            (RECEIVED, Decimal(12), "read", None, None),
            (TOTAL, amount, "read", 1.0, 4.5),
        ]
        assert found("select id, holds, verdict from checks order by id") == [
            ("i", None, "not_applicable"),
            ("id", False, "source_inconsistent"),
        ]
        assert found("select value, text, agrees from narrative") == [(Decimal("12.5"), "12件", None)]
        assert found("select place, printed from extra_rows order by place") == [(0, "1"), (1, "2")]
        assert found("select report, warning from warnings") == [("a.pdf", "w")]


def test_who_reads_a_postgresql_server_never_sees_half_an_export(postgres: str) -> None:
    write_database(postgres, [report("a.pdf", 2023, field(RECEIVED, "12"))])
    engine, seen = server(postgres), list[str]()

    def watched() -> Iterator[Report]:
        for n in range(500):  # more than one batch
            if n in (250, 499):
                with engine.connect() as reader:
                    seen.extend(reader.scalars(sa.text("select path from reports")))
            yield report(f"b{n}.pdf", 2023, field(RECEIVED, "13"))
        yield report("b0.pdf", 2023)  # one key twice

    with pytest.raises(UsageError, match="cannot be filled"):
        write_database(postgres, watched())
    assert seen == ["a.pdf", "a.pdf"]
    with engine.connect() as reader:
        assert reader.scalars(sa.text("select value from fields")).all() == [12]
