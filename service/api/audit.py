"""The endpoint that lists the audit log, for admins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict
from sqlalchemy import func, select

from service.api.shapes import Shape, refusals
from service.context import Serving
from service.security import Admin
from service.store.tables import Audit

router = APIRouter(prefix="/api", tags=["audit"])

_Text = Annotated[str | None, Query(max_length=200, pattern="^[^\\x00]*$")]


class ChangeRow(Shape):
    """Who changed which row and how; secrets and contents are left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 41,
                "at": "2026-03-02T08:15:00Z",
                "user": "zhang",
                "action": "review.add",
                "subject": "review/7",
                "detail": {"report_id": 9, "cells": 3},
            }
        }
    )
    id: int
    at: datetime
    user: str
    action: str
    subject: str
    detail: dict[str, Any]


class AuditLog(Shape):
    """A page of the log, newest first, and how many rows match."""

    count: int
    rows: list[ChangeRow]


@router.get("/audit", responses=refusals())
def list_audit(
    service: Serving,
    _: Admin,
    user: _Text = None,
    action: _Text = None,
    subject: _Text = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> AuditLog:
    """All changes, with `user`, `subject` (`report/9`) and `action` (`report.change`). Rows are only ever added."""
    given = {Audit.user: user, Audit.action: action, Audit.subject: subject}
    wanted = [column == value for column, value in given.items() if value is not None]
    with service.store.reading() as session:
        count = session.scalar(select(func.count()).select_from(Audit).where(*wanted)) or 0
        rows = session.scalars(select(Audit).where(*wanted).order_by(Audit.id.desc()).limit(limit).offset(offset))
        return AuditLog(count=count, rows=[ChangeRow.model_validate(row) for row in rows])
