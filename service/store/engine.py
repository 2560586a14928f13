"""The database under the store: SQLite in WAL mode by default, PostgreSQL by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool

from extraction.errors import UsageError
from service.store.audit import watch

P = ParamSpec("P")
T = TypeVar("T")

_MIGRATIONS = Path(__file__).with_name("migrations")
_WAITS = 30.0  # seconds for another writer to be done
_ONE_AT_A_TIME = 0x676F756A  # of services that upgrade one PostgreSQL database: any number that is the same for all


class Store:
    """Sessions on the service's database. Raises UsageError where it cannot be reached."""

    def __init__(self, address: str) -> None:
        """`address` as `sqlite:////var/lib/gouji/gouji.db` or `postgresql://user@host/gouji`."""
        self.engine = _engine(address)
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(self.engine.execution_options(gouji_writes=True), expire_on_commit=False)
        watch(self._write)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database, and changes nothing."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are all kept at the end, or, after an exception, none of them."""
        with self._write() as session, session.begin():
            yield session

    async def soon(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a little reading for a coroutine: on SQLite at once, as it takes less than to hand it to a thread does."""
        if self.engine.dialect.name == "sqlite":
            return work(*args, **kwargs)
        return await run_in_threadpool(work, *args, **kwargs)

    def upgrade(self) -> None:
        """Bring the tables to what this version of Gouji needs. Raises UsageError."""
        try:
            with self.engine.execution_options(gouji_writes=True).begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
                command.upgrade(migration_config(connection), "head")
        except (SQLAlchemyError, OSError) as error:
            said = str(error).partition("\n")[0]
            raise UsageError(f"the database {self.engine.url.render_as_string()} cannot be used: {said}") from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def migration_config(connection: sa.Connection | None = None) -> Config:
    """What Alembic has to know."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(address: str) -> sa.Engine:
    try:
        url = sa.make_url(address)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        return sa.create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=40)
    except (SQLAlchemyError, ImportError) as error:
        raise UsageError(f"the database {address.partition('://')[0]} cannot be used: {error}") from error


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, connect_args={"timeout": _WAITS, "check_same_thread": False}, pool_size=20, max_overflow=40
    )

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy says, see below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A transaction that starts reading and then writes fails where another has written meanwhile.
        writes = connection.get_execution_options().get("gouji_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
