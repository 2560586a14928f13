"""Build the application: the store, the API, the desk, and the threads that read, notify and train."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from extraction.settings import Settings
from service import metrics, problems, security
from service.context import Service
from service.files import Files
from service.loop.trainer import Trainer
from service.pictures import Pictures
from service.runner import Runner
from service.settings import ServiceSettings
from service.store.engine import Store
from service.webhooks import Webhooks

ROUTERS: tuple[str, ...] = (
    "service.api.documents",
    "service.api.jobs",
    "service.api.reports",
    "service.api.exports",
    "service.api.trainings",
    "service.api.audit",
    "service.api.health",
    "service.security.pages",
    "service.desk.pages",
)
"""The modules whose `router` makes up the service, in the order of the OpenAPI document."""


def create_app(settings: ServiceSettings, reading: Settings | None = None) -> FastAPI:
    """The application, its database migrated. `reading` are the settings that documents are read with. Raises
    UsageError where the database cannot be used."""
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
    runner = Runner(service, webhooks.job_ended)
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
