"""A backup is what was kept, whichever database it is put into; a damaged one puts nothing."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from extraction.cli import main
from models.versions import add_version, read_state, switch
from service.app import create_app
from service.backup.rows import rows_of
from service.context import Service
from service.files import Files
from service.loop.collection import keep, read
from service.security.accounts import add_token, add_user, open_session
from service.security.roles import Role
from service.settings import ServiceSettings
from service.store import versions
from service.store.engine import Store
from service.store.tables import (
    Audit,
    Base,
    Document,
    Draft,
    LoginSession,
    Review,
    Training,
    User,
    Version,
    now,
)
from service.uploads import delete
from tests.postgres import empty_database
from tests.service.archive import document, job, report

CONTENT = b"%PDF-1.7 some report"


class Place:
    """Where a service keeps things: a folder, and a database of its own."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self.settings = ServiceSettings(data=str(folder), store=address)
        self.weights = folder / "weights"
        self.backups = folder.with_name(f"{folder.name}-backups")
        self.backups.mkdir()

    def call(self, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
        monkeypatch.setenv("GOUJI_DATA", self.settings.data)
        monkeypatch.setenv("GOUJI_STORE", self.settings.store)
        monkeypatch.setenv("GOUJI_WEIGHTS", str(self.weights))
        return main(list(arguments))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        store = Store(self.settings.store_address)
        with store.engine.begin() as connection:
            found = {table.name: list(rows_of(connection, table)) for table in Base.metadata.sorted_tables}
        store.close()
        return found


@pytest.fixture
def filled(tmp_path: Path) -> Place:
    """A service with something of everything."""
    place = Place(tmp_path / "first")
    store, files = Store(place.settings.store_address), Files(place.settings.files_root)
    store.upgrade()
    with store.writing() as session:
        user = add_user(session, "张三", Role.ADMIN, "a long password")
        add_token(session, "张三", "nightly")
        open_session(session, user)
        kept = document(session, name="报告\u2028.pdf", place="documents/ab/abc")
        version = versions.save(session, kept, report(), versions.Provenance(weights={"labeller": 1}))
        session.add(Draft(report_id=version.report_id, user="张三", sequence=1, kind="value", after="7"))
        review = Review(
            report_id=version.report_id, version_id=version.id, reviewer="张三", started=now(), finished=now()
        )
        session.add(review)
        keep(session, files, review, report())
        session.add(Training(state="trained", started_by="张三", run="trainings/1/run", created=now()))
        job(session, place="documents/cd/cde")
        document(session, place="documents/gone", deleted=now())
    store.close()
    for key in ("documents/ab/abc", "documents/cd/cde"):
        files.put(key, CONTENT)
    run = Path(place.settings.data) / "trainings" / "1" / "run"
    for name in ("comparison.json", "model/labeller.onnx", "training/checkpoint", "../scratch/large"):
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_text(name, encoding="utf-8")
    switch(place.weights, "labeller", add_version(place.weights, "labeller", run / "model"), "better")
    return place


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    def make() -> str:
        return empty_database(request.getfixturevalue("postgres_server"))

    return make


def test_from_sqlite_to_postgresql_and_back_nothing_is_lost(
    filled: Place, new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = filled.rows()
    places = [filled, Place(tmp_path / "second", new_database()), Place(tmp_path / "third")]
    for number, (source, target) in enumerate(pairwise(places)):
        file = source.backups / f"backup.tar{'.gz' if number else ''}"
        assert source.call(monkeypatch, "backup", str(file)) == 0
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert target.call(monkeypatch, "restore", str(file)) == 0
        names = {path.relative_to(target.settings.data).as_posix() for path in Path(target.settings.data).rglob("*")}
        assert {"trainings/1/run/comparison.json", "trainings/1/run/model/labeller.onnx"} <= names
        assert not any("scratch" in name or "checkpoint" in name for name in names)
        assert read_state(target.weights, "labeller").active == 1
        now_there = target.rows()
        assert now_there.pop("session") == []
        for name, rows in now_there.items():
            same = [row for row in rows if row.get("action") not in ("store.restore", "session.delete")]
            assert same == was[name], name
        assert [row["action"] for row in now_there["audit"]][-1] == "store.restore"
        files = Files(target.settings.files_root)
        assert files.get("documents/ab/abc") == CONTENT
        store = Store(target.settings.store_address)
        with store.writing() as session:
            assert read(files, session.scalars(sa.select(Review)).one()) is not None
            assert versions.report_in(session.scalars(sa.select(Version)).one()) == report()
            taken = set(session.scalars(sa.select(Document.id)))
            assert document(session).id not in taken  # ids go on after those that were put there
            session.rollback()
        store.close()


def test_a_backup_goes_into_an_empty_service_only(filled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled.backups / "backup.tar"
    assert filled.call(monkeypatch, "backup", str(file)) == 0
    was = filled.rows()
    assert filled.call(monkeypatch, "restore", str(file)) == 2
    assert filled.call(monkeypatch, "backup", str(file)) == 2  # it replaces no file either
    assert filled.rows() == was


def test_what_is_missing_is_named(
    filled: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Files(filled.settings.files_root).remove("documents/cd/cde")
    assert filled.call(monkeypatch, "backup", str(filled.backups / "backup.tar")) == 1
    assert "not in the backup: documents/cd/cde" in capsys.readouterr().err


def test_what_was_deleted_is_not_missing(filled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    service: Service = create_app(filled.settings).state.service
    with service.store.reading() as session:
        of_review = session.scalars(sa.select(Document.id).where(Document.place == "documents/ab/abc")).one()
    delete(service, of_review)
    with service.store.reading() as session:
        assert session.scalars(sa.select(Review)).one().annotation is not None  # that it was reviewed is still known
    service.store.close()
    assert filled.call(monkeypatch, "backup", str(filled.backups / "backup.tar")) == 0


@pytest.mark.parametrize("at", [0.02, 0.3, 0.5, 0.7, 0.97])
def test_a_damaged_backup_puts_nothing(
    filled: Place, at: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled.backups / "backup.tar"
    filled.call(monkeypatch, "backup", str(file))
    content = bytearray(file.read_bytes())
    while not content[place := int(at * len(content))]:  # tars are filled up with zeros that say nothing
        at += 0.001
    content[place] ^= 0xFF
    file.write_bytes(content)
    target = Place(tmp_path / "target")
    assert target.call(monkeypatch, "restore", str(file)) == 2
    assert not any(target.rows().values())
    assert not Path(target.settings.files_root).exists()


@pytest.mark.parametrize(
    "member", ["files/../../outside", "files//outside", "/outside", "weights/..\\outside", "elsewhere/a", "files/C:/a"]
)
def test_no_backup_writes_elsewhere(
    member: str, filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = filled.backups / "backup.tar", filled.backups / "bad.tar"
    filled.call(monkeypatch, "backup", str(good))
    with tarfile.open(good) as source, tarfile.open(bad, "w") as tar:
        for info in source.getmembers():
            file = source.extractfile(info)
            assert file is not None
            content = file.read()
            if info.name == "backup.json":
                card = json.loads(content)
                card["files"][member] = card["files"].pop("files/documents/ab/abc")
                content = json.dumps(card).encode()
                info.size = len(content)
            if info.name == "files/documents/ab/abc":
                info.name = member
            tar.addfile(info, io.BytesIO(content))
    target = Place(tmp_path / "target")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert target.call(monkeypatch, "restore", str(bad)) == 2
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.name.partition("-")[0] for path in made} <= {"gouji.db"}
    assert not any(target.rows().values())


def test_another_revision_of_the_tables_is_refused(
    filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = filled.backups / "backup.tar"
    store = Store(filled.settings.store_address)
    filled.call(monkeypatch, "backup", str(file))
    with store.engine.execution_options(gouji_writes=True).begin() as connection:
        here = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    store.close()
    content = file.read_bytes()
    assert content.count(f'"revision": "{here}"'.encode()) == 1
    file.write_bytes(
        content.replace(f'"revision": "{here}"'.encode(), f'"revision": "{"9" * len(str(here))}"'.encode())
    )
    assert Place(tmp_path / "target").call(monkeypatch, "restore", str(file)) == 2
    assert "restore it with Gouji" in capsys.readouterr().err


def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.tar").write_bytes(b"")
    (tmp_path / "text.tar").write_bytes(b"no tar" * 1000)
    place = Place(tmp_path / "target")
    for name in ("empty.tar", "text.tar"):
        assert place.call(monkeypatch, "restore", str(tmp_path / name)) == 2
    assert place.call(monkeypatch, "restore", str(tmp_path / "nothing.tar")) == 2


def test_only_the_hash_of_a_password_is_in_it(filled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    file = filled.backups / "backup.tar"
    filled.call(monkeypatch, "backup", str(file))
    assert b"a long password" not in file.read_bytes()
    assert os.path.getsize(file) > 10_000
    rows = filled.rows()
    assert {User.__tablename__, LoginSession.__tablename__, Audit.__tablename__} <= rows.keys()
