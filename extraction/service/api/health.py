"""Whether the service is up, for whoever watches over it."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import text

from extraction.service.context import Serving

router = APIRouter(tags=["health"])


@router.get("/health")
def health(service: Serving) -> dict[str, str]:
    """200 where requests can be served: the database answers."""
    with service.store.reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
