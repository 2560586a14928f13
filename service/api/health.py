"""Endpoints for monitoring: health and metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.context import Serving
from service.problems import Problem
from service.security import Viewer

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`ok`: the database answers."""

    status: str


@router.get("/health")
def health(service: Serving) -> Health:
    """200 where requests can be served, 503 where the database does not answer. Nobody has to log in."""
    try:
        with service.store.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Problem(503, "the database does not answer") from error
    return Health(status="ok")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request, _: Viewer) -> Response:
    """Requests, the queue and the reports in numbers, for Prometheus."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)
