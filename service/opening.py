"""The service's store for commands beside `gouji serve`: where it is, opened and closed again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from extraction.errors import UsageError

if TYPE_CHECKING:  # what the extra `serve` brings is loaded by the command that is called
    from service.settings import ServiceSettings
    from service.store.engine import Store

_NEEDED = ("sqlalchemy", "alembic", "argon2", "fastapi")


def add_place(parser: argparse.ArgumentParser) -> None:
    """The arguments that say where the service keeps things."""
    parser.add_argument("--data", help="folder of the database and the files")
    parser.add_argument("--settings", type=Path, metavar="TOML", help="settings, see docs/settings.md")


@contextmanager
def opened(parsed: argparse.Namespace) -> Iterator[tuple[ServiceSettings, Store]]:
    """The settings and the store that the arguments name, its database brought up to date. Raises UsageError."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise UsageError(f"{missing[0]} is not installed: pip install 'gouji[serve]'")
    from service.settings import load_service_settings, with_data
    from service.store.engine import Store

    settings = with_data(load_service_settings(parsed.settings), parsed.data)
    store = Store(settings.store_address)
    try:
        store.upgrade()
        yield settings, store
    finally:
        store.close()
