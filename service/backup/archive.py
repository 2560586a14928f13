"""The backup file: a tar of what the service cannot make again.

    backup.json            the version of Gouji, the revision of the tables, rows and files with their SHA-256
    store/<table>.jsonl    a row a line
    files/<key>            uploaded documents and annotations, by their keys
    weights/...            versions of weights that were trained, and which one is in use
    trainings/...          comparisons, changes and networks of trainings

Pictures of pages are drawn again when somebody looks. Rows are read in one transaction, and files are never changed, so
the service may go on meanwhile; a document that is deleted meanwhile is named as missing.
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
_CARD = "backup.json"
_SPARED = ("annotations", "scratch", "training", "data")  # of a training: what it was made of, and can be again
_SPOOLED = 50_000_000  # bytes of a table that are held in memory


@dataclass(slots=True)
class Card:
    """What a backup holds. `rows` are counts by table, `files` SHA-256 by member, `missing` keys without a file."""

    gouji: str
    revision: str
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    schema_version: int = SCHEMA_VERSION


def backup(settings: ServiceSettings, store: Store, target: Path) -> Card:
    """Write everything to `target`, which appears when it is complete; only its owner may read it."""
    files = Files(settings.files_root)
    with in_place_of(target) as draft, _tar(draft, target) as tar, _snapshot(store) as connection:
        card = Card(version("gouji"), revision_of(connection))
        for table in tables():
            _add_table(tar, connection, table, card)
        for key in _keys(connection):
            content = files.get(key)
            if content is None:
                card.missing.append(key)
            else:
                _add(tar, f"files/{key}", io.BytesIO(content), len(content), card)
        for name, folder in (("weights", store_folder()), ("trainings", settings.data_folder / "trainings")):
            for path in _kept(folder):
                with path.open("rb") as file:
                    _add(tar, f"{name}/{path.relative_to(folder).as_posix()}", file, path.stat().st_size, card)
        content = json.dumps(asdict(card), ensure_ascii=False, indent=1).encode()
        tar.addfile(_info(_CARD, len(content)), io.BytesIO(content))
    target.chmod(0o600)
    return card


def restore(settings: ServiceSettings, store: Store, source: Path) -> Card:
    """Put everything back into a service that has nothing yet. Raises UsageError before anything is put where the file
    is no backup, is damaged, or is of another version of the tables."""
    files = Files(settings.files_root)
    with _opened(source) as tar:
        card = _verified(tar, source)
        with store.engine.execution_options(gouji_writes=True).begin() as connection:
            if (here := revision_of(connection)) != card.revision:
                raise UsageError(
                    f"{source} has tables of revision {card.revision}, this version of Gouji has {here}: "
                    f"restore it with Gouji {card.gouji}, then upgrade"
                )
            if any(connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables()):
                raise UsageError("the service holds something already; a backup is restored into an empty one")
            places = {"files": None, "weights": store_folder(), "trainings": settings.data_folder / "trainings"}
            _refuse_to_replace(card, places)
            for member in card.files:
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
    return card


def revision_of(connection: sa.Connection) -> str:
    """The migration that the tables are at."""
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


# ---- writing


@contextmanager
def _snapshot(store: Store) -> Iterator[sa.Connection]:
    """One moment of the database."""
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


def _add_table(tar: tarfile.TarFile, connection: sa.Connection, table: sa.Table, card: Card) -> None:
    with tempfile.SpooledTemporaryFile(_SPOOLED) as lines:
        count = 0
        for row in rows_of(connection, table):
            lines.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            count += 1
        size = lines.tell()
        lines.seek(0)
        _add(tar, f"store/{table.name}.jsonl", lines, size, card)
        card.rows[table.name] = count


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int, card: Card) -> None:
    digest = hashlib.file_digest(content, "sha256")  # type: ignore[arg-type]  # seekable, as it wants
    content.seek(0)
    tar.addfile(_info(name, size), content)
    card.files[name] = digest.hexdigest()


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _keys(connection: sa.Connection) -> Iterator[str]:
    """The keys of all files that rows name."""
    yield from connection.scalars(sa.select(Document.place).where(Document.deleted.is_(None)).order_by(Document.id))
    there = Review.annotation.is_not(None), Review.report_id.is_not(None)  # those of deleted reports are gone with them
    made = sa.select(Review.annotation).where(*there).order_by(Review.id)
    yield from (key for key in connection.scalars(made) if key)


def _kept(folder: Path) -> Iterator[Path]:
    """The files to keep of a folder of versions or of trainings."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part in _SPARED for part in parts):
            yield path


# ---- reading


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        tar = tarfile.open(source)  # noqa: SIM115  # closed below
    except tarfile.TarError as error:
        raise UsageError(f"{source} is no backup: {error}") from error
    with tar:
        yield tar


def _verified(tar: tarfile.TarFile, source: Path) -> Card:
    """The card, every file that it names compared with its hash. Raises UsageError."""
    try:
        data: dict[str, Any] = json.loads(_content(tar, _CARD))
        card = Card(**data)
        if card.schema_version != SCHEMA_VERSION:
            raise UsageError(f"{source} was made by another version of Gouji ({card.gouji})")
        for name, sha256 in card.files.items():
            if not _is_ours(name) or hashlib.sha256(_content(tar, name)).hexdigest() != sha256:
                raise UsageError(f"{source} is damaged: {name}")
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{source} is no backup, or a damaged one: {error}") from error
    return card


def _is_ours(name: str) -> bool:
    """Whether a member has a name that a backup gives: whatever it says is written below folders of ours."""
    kind, _, key = name.partition("/")
    parts = key.split("/")
    known = kind in ("store", "files", "weights", "trainings")
    return known and all(part not in ("", ".", "..") and "\\" not in part and ":" not in part for part in parts)


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(tar.getmember(name))
    if file is None:
        raise KeyError(f"{name} is no file")
    return file.read()


def _rows(tar: tarfile.TarFile, table: sa.Table) -> Iterator[dict[str, Any]]:
    for line in _content(tar, f"store/{table.name}.jsonl").splitlines():
        yield json.loads(line)


def _refuse_to_replace(card: Card, places: dict[str, Path | None]) -> None:
    for member in card.files:
        kind, _, key = member.partition("/")
        folder = places.get(kind)
        if folder is not None and (folder / key).exists():
            raise UsageError(f"{folder / key} is there already; a backup replaces nothing: move {folder} away")
