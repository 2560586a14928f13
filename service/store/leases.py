"""Who is editing a report. A lease is held by one person, and runs out after a while without a sign of life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.store.tables import Lease, ReportRow, now

LASTS = timedelta(minutes=5)


def hold(session: Session, report_id: int, user: str) -> Lease:
    """The lease on a report: the user's, taken or renewed, unless somebody else holds it, whose it then is."""
    moment = now()
    # Two who ask at once are let through one after the other.
    session.execute(select(ReportRow.id).where(ReportRow.id == report_id).with_for_update())
    lease = session.get(Lease, report_id)
    if lease is None:
        lease = Lease(report_id=report_id, user=user, until=moment + LASTS)
        session.add(lease)
    elif lease.user == user or lease.until <= moment:
        lease.user, lease.until = user, moment + LASTS
    session.flush()
    return lease


def release(session: Session, report_id: int, user: str) -> None:
    """Let go of a report, if it is the user's."""
    session.execute(delete(Lease).where(Lease.report_id == report_id, Lease.user == user))


def held(session: Session, report_ids: Sequence[int]) -> dict[int, Lease]:
    """The leases on these reports that have not run out."""
    found = session.scalars(select(Lease).where(Lease.report_id.in_(report_ids), Lease.until > now()))
    return {lease.report_id: lease for lease in found}
