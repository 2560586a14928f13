"""What a request has at hand: the settings, the store, the files, the pictures."""

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
    new_jobs: threading.Event = field(default_factory=threading.Event)  # set where there may be something to read


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    return cast(Service, request.app.state.service)


async def _serving(request: Request) -> Service:
    """As a coroutine, which takes no thread."""
    return service_of(request)


Serving = Annotated[Service, Depends(_serving)]
"""The type of an endpoint's parameter that takes it."""
