"""`create_app(settings)`: the store, the pages and the API, and the runner that reads what is uploaded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from extraction.service import metrics, problems, security
from extraction.service.context import Service
from extraction.service.files import Files
from extraction.service.loop.trainer import Trainer
from extraction.service.pictures import Pictures
from extraction.service.runner import Runner
from extraction.service.settings import ServiceSettings
from extraction.service.store.engine import Store
from extraction.service.webhooks import Webhooks
from extraction.settings import Settings

ROUTERS: tuple[str, ...] = (
    "extraction.service.api.documents",
    "extraction.service.api.jobs",
    "extraction.service.api.reports",
    "extraction.service.api.exports",
    "extraction.service.api.trainings",
    "extraction.service.api.audit",
    "extraction.service.api.health",
    "extraction.service.security.pages",
    "extraction.service.desk.pages",
)
"""The modules whose `router` makes up the service, in the order of the OpenAPI document."""


def create_app(settings: ServiceSettings, reading: Settings | None = None) -> FastAPI:
    """The service, its database brought up to date. Raises UsageError."""
    store = Store(settings.store_address)
    store.upgrade()
    app = FastAPI(title="Gouji", version=version("gouji"), lifespan=_running, docs_url=None, redoc_url=None)
    reading, files = reading or Settings(), Files(settings.files_root)
    app.state.service = Service(settings, reading, store, files, Pictures(files, reading.ingest))
    problems.install(app)
    metrics.install(app)
    security.install(app, settings)
    for module in ROUTERS:
        app.include_router(import_module(module).router)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    webhooks = Webhooks(service)
    runner = Runner(service, webhooks.ended)
    trainer = Trainer(service) if service.settings.workers else None
    runner.start()
    if trainer:
        trainer.start()
    try:
        yield
    finally:
        await run_in_threadpool(runner.stop)
        if trainer:
            await run_in_threadpool(trainer.stop)
        webhooks.close()
        service.pictures.close()
        service.store.close()
