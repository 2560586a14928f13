"""A folder of versions of its own for every test, and a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.gate.runs import made_run


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("GOUJI_WEIGHTS", str(folder))
    return folder


@pytest.fixture
def run(tmp_path: Path, store: Path) -> Path:
    """A run whose network is the shipped one with a metadata entry more: other bytes, the same readings."""
    return made_run(tmp_path / "run")
