"""Open the service's store for commands beside `gouji serve`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from extraction.errors import UsageError

if TYPE_CHECKING:  # packages of the extra `serve` are loaded by the command that is called
    from service.settings import ServiceSettings
    from service.store.engine import Store

_REQUIRED_PACKAGES = ("sqlalchemy", "alembic", "argon2", "fastapi")


def add_store_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the folder and the settings of the service."""
    parser.add_argument("--data", help="folder of the database and the files")
    parser.add_argument("--settings", type=Path, metavar="TOML", help="settings, see docs/settings.md")


@contextmanager
def open_store(parsed: argparse.Namespace) -> Iterator[tuple[ServiceSettings, Store]]:
    """The settings and the store that the arguments name, its database migrated. Raises UsageError."""
    if missing := [name for name in _REQUIRED_PACKAGES if find_spec(name) is None]:
        raise UsageError("{package} is not installed: pip install 'gouji[{extra}]'", package=missing[0], extra="serve")
    from service.settings import load_service_settings, with_data
    from service.store.engine import Store

    settings = with_data(load_service_settings(parsed.settings), parsed.data)
    store = Store(settings.store_address)
    try:
        store.upgrade()
        yield settings, store
    finally:
        store.close()
