"""All pages of the desk, as one router."""

from __future__ import annotations

from fastapi import APIRouter

from extraction.service.desk import queue, rendering, reports

router = APIRouter(include_in_schema=False)
for part in (rendering, queue, reports):
    router.include_router(part.router)
