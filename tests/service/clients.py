"""A client of a service in this process, on loopback, where nobody has an account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from extraction.settings import Settings
from service.app import create_app
from service.context import Service
from service.settings import ServiceSettings


def client_of(data: Path, reading: Settings | None = None, **settings: Any) -> TestClient:
    """A client on loopback, where nobody has an account."""
    app = create_app(ServiceSettings(**{"data": str(data), "workers": 0, **settings}), reading)
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))


def service_of(client: TestClient) -> Service:
    found: Service = client.app.state.service  # type: ignore[attr-defined]
    return found


def upload(client: TestClient, *contents: bytes) -> Any:
    return client.post("/api/documents", files=[("files", (f"{n}.pdf", c)) for n, c in enumerate(contents)])
