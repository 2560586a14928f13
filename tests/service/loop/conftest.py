"""A service of its own, with a folder of weights of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.app import create_app
from service.context import Service
from service.settings import ServiceSettings


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path / "weights"))
    app = create_app(ServiceSettings(data=str(tmp_path / "data"), workers=0))
    made: Service = app.state.service
    yield made
    made.pictures.close()
    made.store.close()
