"""A store on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.store.engine import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path}/gouji.db")
    made.upgrade()
    return made
