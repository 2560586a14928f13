"""The backup file: a tar of everything that cannot be made again.

    backup.json            the version of Gouji, the revision of the tables, rows and files with their SHA-256
    store/<table>.jsonl    a row a line
    files/<key>            uploaded documents and annotations, by their keys
    weights/...            trained versions of weights, and which one is in use
    trainings/...          comparisons, changes and networks of trainings

Pictures of pages are left out. Rows are read in one transaction and files never change, so the service may run
meanwhile; the file of a document that is deleted meanwhile is listed as missing.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from extraction.errors import UsageError
from extraction.output.files import in_place_of
from models.versions import store_folder
from service.backup.rows import put_rows, rows_of, tables
from service.files import Files
from service.settings import ServiceSettings
from service.store.engine import Store
from service.store.tables import Document, Review

SCHEMA_VERSION = 1
_INVENTORY = "backup.json"
_SKIPPED_FOLDERS = ("annotations", "scratch", "training", "data")  # of a training: inputs that can be made again
_MAX_TABLE_BYTES_IN_MEMORY = 50_000_000


@dataclass(slots=True)
class Inventory:
    """The inventory of a backup: row counts by table, SHA-256 by member, and file keys that were missing."""

    gouji: str
    revision: str
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    schema_version: int = SCHEMA_VERSION


def backup(settings: ServiceSettings, store: Store, target: Path) -> Inventory:
    """Write a backup to `target`, which appears once it is complete and is readable by its owner only."""
    files = Files(settings.files_root)
    with in_place_of(target) as draft, _tar(draft, target) as tar, _snapshot(store) as connection:
        inventory = Inventory(version("gouji"), revision_of(connection))
        for table in tables():
            _add_table(tar, connection, table, inventory)
        for key in _keys(connection):
            content = files.get(key)
            if content is None:
                inventory.missing.append(key)
            else:
                _add(tar, f"files/{key}", io.BytesIO(content), len(content), inventory)
        for name, folder in (("weights", store_folder()), ("trainings", settings.data_folder / "trainings")):
            for path in _kept(folder):
                with path.open("rb") as file:
                    _add(tar, f"{name}/{path.relative_to(folder).as_posix()}", file, path.stat().st_size, inventory)
        content = json.dumps(asdict(inventory), ensure_ascii=False, indent=1).encode()
        tar.addfile(_info(_INVENTORY, len(content)), io.BytesIO(content))
    target.chmod(0o600)
    return inventory


def restore(settings: ServiceSettings, store: Store, source: Path) -> Inventory:
    """Restore a backup into an empty service. Raises UsageError, before anything is written, where the file is not a
    backup, is damaged, or has another revision of the tables, or the service is not empty."""
    files = Files(settings.files_root)
    with _opened(source) as tar:
        inventory = _verified(tar, source)
        with store.engine.execution_options(gouji_writes=True).begin() as connection:
            if (here := revision_of(connection)) != inventory.revision:
                raise UsageError(
                    "{path} has tables of revision {revision}, and this version of Gouji has {here}: "
                    "restore it with Gouji {version}, then upgrade",
                    path=source,
                    revision=inventory.revision,
                    here=here,
                    version=inventory.gouji,
                )
            if any(connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables()):
                raise UsageError("the service is not empty; restore the backup into an empty one (another --data)")
            places = {"files": None, "weights": store_folder(), "trainings": settings.data_folder / "trainings"}
            _refuse_to_replace(inventory, places)
            for member in inventory.files:
                kind, _, key = member.partition("/")
                if kind not in places:
                    continue
                content, folder = _content(tar, member), places[kind]
                if folder is None:
                    files.put(key, content)
                else:
                    (folder / key).parent.mkdir(parents=True, exist_ok=True)
                    (folder / key).write_bytes(content)
            for table in tables():
                put_rows(connection, table, _rows(tar, table))
    return inventory


def revision_of(connection: sa.Connection) -> str:
    """The revision of the tables, by their last migration."""
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


# ---- writing


@contextmanager
def _snapshot(store: Store) -> Iterator[sa.Connection]:
    """A connection that sees the database as of one instant."""
    engine = store.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        yield connection


@contextmanager
def _tar(draft: IO[bytes], target: Path) -> Iterator[tarfile.TarFile]:
    packed = target.name.endswith((".gz", ".tgz"))
    with tarfile.open(fileobj=draft, mode="w:gz" if packed else "w", format=tarfile.PAX_FORMAT) as tar:
        yield tar


def _add_table(tar: tarfile.TarFile, connection: sa.Connection, table: sa.Table, inventory: Inventory) -> None:
    with tempfile.SpooledTemporaryFile(_MAX_TABLE_BYTES_IN_MEMORY) as lines:
        count = 0
        for row in rows_of(connection, table):
            lines.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            count += 1
        size = lines.tell()
        lines.seek(0)
        _add(tar, f"store/{table.name}.jsonl", lines, size, inventory)
        inventory.rows[table.name] = count


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int, inventory: Inventory) -> None:
    digest = hashlib.file_digest(content, "sha256")  # type: ignore[arg-type]  # seekable, as it wants
    content.seek(0)
    tar.addfile(_info(name, size), content)
    inventory.files[name] = digest.hexdigest()


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _keys(connection: sa.Connection) -> Iterator[str]:
    """The keys of all files that rows refer to."""
    yield from connection.scalars(sa.select(Document.place).where(Document.deleted.is_(None)).order_by(Document.id))
    there = (
        Review.annotation.is_not(None),
        Review.report_id.is_not(None),
    )  # those of deleted reports were deleted with them
    made = sa.select(Review.annotation).where(*there).order_by(Review.id)
    yield from (key for key in connection.scalars(made) if key)


def _kept(folder: Path) -> Iterator[Path]:
    """The files of a folder of versions or trainings that are backed up."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part in _SKIPPED_FOLDERS for part in parts):
            yield path


# ---- reading


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        tar = tarfile.open(source)  # noqa: SIM115  # closed below
    except tarfile.TarError as error:
        raise UsageError("{path} is not a backup: {why}", path=source, why=error) from error
    with tar:
        yield tar


def _verified(tar: tarfile.TarFile, source: Path) -> Inventory:
    """The inventory, after comparing every file with its hash. Raises UsageError."""
    try:
        data: dict[str, Any] = json.loads(_content(tar, _INVENTORY))
        inventory = Inventory(**data)
        if inventory.schema_version != SCHEMA_VERSION:
            made = "{path} was made by another version of Gouji ({version})"
            raise UsageError(made, path=source, version=inventory.gouji)
        for name, sha256 in inventory.files.items():
            if not _is_safe_name(name) or hashlib.sha256(_content(tar, name)).hexdigest() != sha256:
                raise UsageError("{path} is damaged: {part} is not as it was backed up", path=source, part=name)
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UsageError("{path} is not a backup, or is damaged: {why}", path=source, why=error) from error
    return inventory


def _is_safe_name(name: str) -> bool:
    """Whether a member has a name that a backup gives, so that nothing is written outside of the service's folders."""
    kind, _, key = name.partition("/")
    parts = key.split("/")
    known = kind in ("store", "files", "weights", "trainings")
    return known and all(part not in ("", ".", "..") and "\\" not in part and ":" not in part for part in parts)


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(tar.getmember(name))
    if file is None:
        raise KeyError(f"{name} is not a file")
    return file.read()


def _rows(tar: tarfile.TarFile, table: sa.Table) -> Iterator[dict[str, Any]]:
    for line in _content(tar, f"store/{table.name}.jsonl").splitlines():
        yield json.loads(line)


def _refuse_to_replace(inventory: Inventory, places: dict[str, Path | None]) -> None:
    for member in inventory.files:
        kind, _, key = member.partition("/")
        folder = places.get(kind)
        if folder is not None and (folder / key).exists():
            exists = "{path} exists already and would be replaced: move {folder} away first"
            raise UsageError(exists, path=folder / key, folder=folder)
