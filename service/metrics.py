"""Metrics for Prometheus: requests by endpoint, and counts of jobs and reports taken from the store."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.context import Service
from service.store import jobs
from service.store.tables import Job, ReportRow

_LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNKNOWN = "unknown"  # endpoint and method of requests that no route matches


class Metrics:
    """The metrics of one service."""

    def __init__(self, service: Service) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "gouji_requests", "Requests answered", ["method", "endpoint", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "gouji_request_seconds",
            "Time to answer",
            ["endpoint"],
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=self._registry,
        )
        self._registry.register(_StoreCollector(service))

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)


class _StoreCollector(Collector):
    """Counts of the store, taken when they are asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The current counts."""
        oldest = select(func.min(Job.created)).where(Job.state == jobs.WAITING)
        by_state = select(
            ReportRow.state, func.count(), func.sum(ReportRow.to_review), func.sum(ReportRow.failed_checks)
        )
        with self._service.store.reading() as session:
            states, waits_since = jobs.counts(session), session.scalar(oldest)
            found = session.execute(by_state.group_by(ReportRow.state)).all()
        queued = GaugeMetricFamily("gouji_jobs", "Jobs by state", labels=["state"])
        for state, count in states.items():
            queued.add_metric([state], count)
        yield queued
        waited = time.time() - waits_since.timestamp() if waits_since else 0.0
        yield GaugeMetricFamily(
            "gouji_oldest_waiting_seconds", "Seconds that the oldest job of the queue has waited", waited
        )
        families = (
            GaugeMetricFamily("gouji_reports", "Reports by state", labels=["state"]),
            GaugeMetricFamily(
                "gouji_fields_to_review", "Fields with status review, by state of report", labels=["state"]
            ),
            GaugeMetricFamily("gouji_failed_checks", "Sums that do not hold, by state of report", labels=["state"]),
        )
        for row in found:
            for family, count in zip(families, row[1:], strict=True):
                family.add_metric([row[0]], int(count or 0))
        yield from families


def install(app: FastAPI) -> None:
    """Count every request to the application."""
    app.state.metrics = Metrics(app.state.service)
    app.add_middleware(_RequestCounter, metrics=app.state.metrics)


class _RequestCounter:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            # By the endpoint's pattern: made-up addresses must not create new time series.
            endpoint = getattr(scope.get("route"), "path", _UNKNOWN)
            method = scope["method"] if endpoint != _UNKNOWN else _UNKNOWN
            self._metrics.requests.labels(method, endpoint, str(status)).inc()
            self._metrics.seconds.labels(endpoint).observe(time.perf_counter() - start)
