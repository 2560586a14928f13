"""Leases on reports under review."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.store import leases
from service.store.engine import Store
from service.store.tables import Lease, now
from tests.service.archive import stored
from tests.service.review.cells import gold


def test_of_many_who_ask_at_once_one_has_it(store: Store) -> None:
    with store.writing() as session:
        number = stored(session, gold())

    def ask(name: str) -> str:
        with store.writing() as session:
            return leases.hold(session, number, name).user

    with ThreadPoolExecutor(8) as pool:
        holders = set(pool.map(ask, "甲乙丙丁戊己庚辛"))
    assert len(holders) == 1


def test_of_two_who_want_a_report_one_has_it_until_it_is_let_go_or_runs_out(store: Store) -> None:
    with store.writing() as session:
        number = stored(session, gold())
        assert leases.hold(session, number, "甲").user == "甲"
        assert leases.hold(session, number, "乙").user == "甲"
        assert set(leases.held(session, [number])) == {number}
        leases.release(session, number, "乙")
        assert leases.hold(session, number, "乙").user == "甲"
        leases.release(session, number, "甲")
        session.expire_all()
        assert leases.hold(session, number, "乙").user == "乙"
        lease = session.get(Lease, number)
        assert lease is not None
        lease.until = now() - timedelta(seconds=1)
        session.flush()
        assert leases.held(session, [number]) == {}
        assert leases.hold(session, number, "甲").user == "甲"
