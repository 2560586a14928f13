"""The store on SQLite and on a PostgreSQL server: every test that takes `store` runs on both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.store.engine import Store
from service.store.tables import Base
from tests.postgres import empty_database


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('store')}/a.db"
    else:
        address = empty_database(request.getfixturevalue("postgres_server"))
    made = Store(address)
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def store(filled: Store) -> Store:
    """Emptied of what the test before has left: faster than another database."""
    with filled.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    return filled


@pytest.fixture
def postgresql(postgres: str) -> Iterator[Store]:
    """For what SQLite, of one writer at a time, cannot have."""
    made = Store(postgres)
    made.upgrade()
    yield made
    made.close()
