"""Leases on reports under review: one person edits a report, and the lease expires unless it is renewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.store.tables import Lease, ReportRow, now

LEASE_DURATION = timedelta(minutes=5)


def hold(session: Session, report_id: int, user: str) -> Lease:
    """Take or renew the lease on a report for a user; if somebody else holds it, their lease is returned."""
    moment = now()
    # Locks the report, so that of two who ask at once one waits for the other.
    session.execute(select(ReportRow.id).where(ReportRow.id == report_id).with_for_update())
    lease = session.get(Lease, report_id)
    if lease is None:
        lease = Lease(report_id=report_id, user=user, until=moment + LEASE_DURATION)
        session.add(lease)
    elif lease.user == user or lease.until <= moment:
        lease.user, lease.until = user, moment + LEASE_DURATION
    session.flush()
    return lease


def release(session: Session, report_id: int, user: str) -> None:
    """Release a report if the user holds it."""
    session.execute(delete(Lease).where(Lease.report_id == report_id, Lease.user == user))


def held(session: Session, report_ids: Sequence[int]) -> dict[int, Lease]:
    """The leases on these reports that have not expired, by report."""
    found = session.scalars(select(Lease).where(Lease.report_id.in_(report_ids), Lease.until > now()))
    return {lease.report_id: lease for lease in found}
