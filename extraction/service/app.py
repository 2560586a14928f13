"""`create_app(settings)`: the store, the pages and the API, and the runner that reads what is uploaded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version

from fastapi import FastAPI

from extraction.service import problems
from extraction.service.context import Service
from extraction.service.files import Files
from extraction.service.settings import ServiceSettings
from extraction.service.store.engine import Store
from extraction.settings import Settings

ROUTERS: tuple[str, ...] = ("extraction.service.api.health",)
"""The modules whose `router` makes up the service, in the order of the OpenAPI document."""


def create_app(settings: ServiceSettings, reading: Settings | None = None) -> FastAPI:
    """The service, its database brought up to date. Raises UsageError."""
    store = Store(settings.store_address)
    store.upgrade()
    app = FastAPI(title="Gouji", version=version("gouji"), lifespan=_running, docs_url=None, redoc_url=None)
    app.state.service = Service(settings, reading or Settings(), store, Files(settings.files_root))
    problems.install(app)
    for module in ROUTERS:
        app.include_router(import_module(module).router)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    yield
    service.store.close()
