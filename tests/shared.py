"""What takes long to make is made once a run of the tests, however many processes it has."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

T = TypeVar("T")


class Shared:
    """Values by name, kept in a folder that the processes of a run share, and in this one's memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """The value of this name; what the first makes that asks for it. Nobody may change it."""
        if name not in self._known:
            file = self._folder / hashlib.sha256(name.encode()).hexdigest()
            if not file.exists():
                draft = file.with_suffix(f".{uuid4().hex}")
                draft.write_bytes(pickle.dumps(make()))
                draft.replace(file)  # two that make it at once make the same
            self._known[name] = pickle.loads(file.read_bytes())
        found: T = self._known[name]
        return found


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return Shared(folder)
