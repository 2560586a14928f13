"""A PostgreSQL server of this machine for the tests that need one: started once a process, an empty database a test.

A test that takes the fixture `postgres` is skipped where no server is installed (Debian: `postgresql`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.system import how_to_get

_DEBIAN = Path("/usr/lib/postgresql")
_ROLE = "postgres"  # of the database, and the account that runs the server where the tests run as root


@pytest.fixture
def postgres(postgres_server: Path) -> Iterator[str]:
    """The address of an empty database, as SQLAlchemy takes it."""
    address = empty_database(postgres_server)
    yield address
    _tell(postgres_server, f"drop database {address.partition('@/')[2].partition('?')[0]} with (force)")


def empty_database(server: Path) -> str:
    """The address of a new database, which goes with the server."""
    name = f"test_{uuid4().hex}"
    _tell(server, f"create database {name}")
    return f"postgresql+psycopg://{_ROLE}@/{name}?host={server}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The folder of the socket of a server, which listens to nothing else."""
    programs, account = _programs(), _account()
    folder = Path(tempfile.mkdtemp(prefix="gouji-postgres-"))  # short: the path of a socket has 107 bytes at most
    if account:
        shutil.chown(folder, _ROLE)
    made = [programs / "initdb", "-D", folder / "data", "-U", _ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **account)
    options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "shared_buffers": "16MB"}
    given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *given], stdout=log, stderr=log, cwd=folder, **account
        )
    try:
        _wait_for(server, folder)
        yield folder
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder)


def _programs() -> Path:
    """The folder of PostgreSQL's programs: what is on the path, else Debian's newest."""
    found = [Path(p).resolve().parent for p in (shutil.which("postgres"), shutil.which("initdb")) if p]
    found += sorted(_DEBIAN.glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.skip(how_to_get("postgresql"))


def _account() -> dict[str, Any]:
    """Whose process the server is to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    try:
        found = pwd.getpwnam(_ROLE)
    except KeyError:
        pytest.skip(f"{how_to_get('postgresql')}, which makes the account {_ROLE}: PostgreSQL does not run as root")
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _wait_for(server: subprocess.Popen[bytes], folder: Path) -> None:
    import psycopg

    for _ in range(600):
        try:
            _tell(folder, "select 1")
            return
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text(errors='replace')}")


def _tell(folder: Path, command: str) -> None:
    import psycopg

    with psycopg.connect(host=str(folder), user=_ROLE, dbname="postgres", autocommit=True) as connection:
        connection.execute(command)  # type: ignore[call-overload]
