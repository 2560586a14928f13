"""All pages of the desk, as one router."""

from __future__ import annotations

from fastapi import APIRouter

from service.desk import archive, queue, rendering, reports, trainings

router = APIRouter(include_in_schema=False)
for part in (rendering, queue, reports, archive, trainings):
    router.include_router(part.router)
