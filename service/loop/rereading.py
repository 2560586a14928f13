"""Read every report again with the weights of a training run, in a scratch folder: nothing of the service is changed.

The command is `gouji --weights SCRATCH/weights convert SCRATCH/documents -o SCRATCH/out`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import to_builtins
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extraction.output.files import read_manifest, read_report
from extraction.settings import Settings
from models.labeller import NAME
from models.versions import SHIPPED, add_version, read_state, store_folder, switch
from models.weights import shipped
from service.context import Service
from service.files import Files
from service.loop.changes import Change, Changes, field_changes, head_changes
from service.loop.collection import copy_out
from service.security.uploads import SUFFIXES
from service.store import versions
from service.store.tables import Document, ReportRow, Version


@dataclass(frozen=True, slots=True)
class Rereading:
    """The reports of a service, to be read with the weights of `run` below `folder`."""

    service: Service
    folder: Path
    run: Path

    @property
    def scratch(self) -> Path:
        """The scratch folder."""
        return self.folder / "scratch"


def reread_commands(reading: Rereading) -> Iterator[list[str]]:
    """Lay out documents and weights, and yield the arguments of the command to run; none without documents."""
    scratch = reading.scratch
    scratch.mkdir(parents=True, exist_ok=True)
    if not _lay_out(reading.service, scratch / "documents"):
        return
    if not (scratch / "weights").is_dir():
        _candidate(reading.run / "model", scratch / "weights")
    (scratch / "settings.toml").write_text(settings_toml(reading.service.reading), encoding="utf-8")
    workers = max(1, reading.service.settings.workers)
    given = ["--workers", str(workers), "--settings", str(scratch / "settings.toml"), "--quiet"]
    call = ["convert", str(scratch / "documents"), "-o", str(scratch / "out"), *given]
    yield ["--weights", str(scratch / "weights"), *call]


def compare(reading: Rereading) -> Changes:
    """The differences from the last reading of each report. Deletes the scratch folder."""
    out, count, changed = reading.scratch / "out", 0, list[Change]()
    lines = read_manifest(out) if out.is_dir() else {}
    with reading.service.store.reading() as session:
        for row, document in _reports(session):
            name = f"{row.id}{SUFFIXES[document.media_type]}"
            if name not in lines:
                continue  # uploaded meanwhile
            count += 1
            before = versions.report_in(_last_reading(session, row))
            said = Change(row.id, document.name, row.organization or "", row.year, row.state)
            if error := lines[name].error:
                changed.append(replace(said, error=error))
                continue
            after = read_report(out, name)
            fields, heads = tuple(field_changes(before, after)), tuple(head_changes(before, after))
            if fields or heads:
                changed.append(replace(said, fields=fields, heads=heads))
    shutil.rmtree(reading.scratch, ignore_errors=True)
    return Changes(count, tuple(changed))


def _reports(session: Session) -> Iterator[tuple[ReportRow, Document]]:
    found = select(ReportRow, Document).join(Document, Document.id == ReportRow.document_id)
    for pair in session.execute(found.where(Document.deleted.is_(None)).order_by(ReportRow.id)):
        yield pair[0], pair[1]


def _last_reading(session: Session, row: ReportRow) -> Version:
    """The last version of a report that Gouji read, not a reviewed one."""
    read = (Version.report_id == row.id) & (Version.kind == versions.READ)
    last = select(func.max(Version.number)).where(read).scalar_subquery()
    return session.scalars(select(Version).where(read, Version.number == last)).one()


def _lay_out(service: Service, folder: Path) -> int:
    """Lay out the documents, named by the id of their report, and count them."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with service.store.reading() as session:
        for row, document in _reports(session):
            target = folder / f"{row.id}{SUFFIXES[document.media_type]}"
            if not target.exists():
                _link(service.files, document.place, target)
            count += 1
    return count


def _link(files: Files, key: str, target: Path) -> None:
    """Link a document's file where it is on the same disk, else copy it."""
    try:
        os.link(files.path(key), target)
    except (OSError, TypeError):  # another disk, or an object store
        draft = target.with_name(f".{target.name}.part")
        copy_out(files, key, draft)
        draft.rename(target)


def _candidate(model: Path, folder: Path) -> None:
    """Make a folder of versions in which the model to be tried is in use, and all other weights are as they are now."""
    draft, store = folder.with_name(".weights.part"), store_folder()
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for known in shipped():
        if known.name != NAME and read_state(store, known.name).active != SHIPPED:
            shutil.copytree(store / known.name, draft / known.name)
    switch(draft, NAME, add_version(draft, NAME, model), "to be compared")
    draft.rename(folder)


def settings_toml(settings: Settings) -> str:
    """Settings as a TOML file."""
    lines: list[str] = []
    for stage, values in to_builtins(settings).items():
        lines.append(f"[{stage}]")
        lines += [
            f"{name} = {str(value).lower() if isinstance(value, bool) else value}" for name, value in values.items()
        ]
    return "\n".join(lines) + "\n"
