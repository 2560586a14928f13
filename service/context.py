"""The parts of a running service that endpoints need: settings, store, files, pictures."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from extraction.settings import Settings
from service.files import Files
from service.pictures import Pictures
from service.settings import ServiceSettings
from service.store.engine import Store


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service. `reading` are the settings that documents are read with."""

    settings: ServiceSettings
    reading: Settings
    store: Store
    files: Files
    pictures: Pictures
    new_jobs: threading.Event = field(default_factory=threading.Event)  # set when jobs were added


def service_of(request: Request) -> Service:
    """The service that a request was sent to."""
    return cast(Service, request.app.state.service)


async def _serving(request: Request) -> Service:
    """The service, by a coroutine: FastAPI runs other dependencies in threads."""
    return service_of(request)


Serving = Annotated[Service, Depends(_serving)]
"""The type of an endpoint's parameter that receives the service."""
