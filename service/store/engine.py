"""The store's database: SQLite in WAL mode by default, or PostgreSQL."""

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
_LOCK_TIMEOUT_SECONDS = 30.0  # for another writer to finish
_MIGRATION_LOCK = 0x676F756A  # PostgreSQL's advisory lock of a service that migrates the database ("gouj")


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
        """A session for reading, which sees the database as of one instant."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed at the end, or rolled back after an exception."""
        with self._write() as session, session.begin():
            yield session

    async def read_inline(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a short read for a coroutine: on SQLite directly, which is faster than handing it to a thread."""
        if self.engine.dialect.name == "sqlite":
            return work(*args, **kwargs)
        return await run_in_threadpool(work, *args, **kwargs)

    def upgrade(self) -> None:
        """Migrate the tables to this version of Gouji. Raises UsageError."""
        try:
            with self.engine.execution_options(gouji_writes=True).begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                command.upgrade(migration_config(connection), "head")
        except (SQLAlchemyError, OSError) as error:
            said = str(error).partition("\n")[0]
            address = self.engine.url.render_as_string()
            raise UsageError("the database {address} cannot be used: {why}", address=address, why=said) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def migration_config(connection: sa.Connection | None = None) -> Config:
    """The configuration of Alembic for these migrations."""
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
        kind = address.partition("://")[0]
        raise UsageError("the database {address} cannot be used: {why}", address=kind, why=error) from error


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, connect_args={"timeout": _LOCK_TIMEOUT_SECONDS, "check_same_thread": False}, pool_size=20, max_overflow=40
    )

    @sa.event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # _begin starts transactions
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A transaction that reads first and then writes would fail if another had written meanwhile.
        writes = connection.get_execution_options().get("gouji_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
