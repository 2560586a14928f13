"""Reading every report again with other weights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.document import Status
from extraction.settings import BulkSettings, ReadingSettings, Settings, load_settings
from models.versions import SHIPPED, read_state
from models.weights import weights
from service.context import Service
from service.loop.changes import (
    FieldChange,
)
from service.loop.rereading import Rereading, compare, reread_commands, settings_toml
from service.store import versions
from service.store.tables import ReportRow
from tests.service.archive import report
from tests.service.loop.reviews import web_report


@pytest.mark.slow
def test_every_report_is_read_again_in_a_place_of_its_own(service: Service, tmp_path: Path) -> None:
    kept = web_report(service, "moling-2024")
    with service.store.reading() as session:
        row = session.get_one(ReportRow, kept)
        same = versions.report_in(versions.current(session, row))
    spoilt = replace(report("yunze-2020"), year=1999)
    first = next(f for f in spoilt.fields if f.value)
    wrong = replace(first, value=Decimal(77), status=Status.REVIEW)
    spoilt = replace(spoilt, fields=tuple(wrong if f is first else f for f in spoilt.fields))
    other = web_report(service, "yunze-2020", spoilt)
    run = tmp_path / "run"
    shutil.copytree(weights("labeller").path().parent, run / "model")  # reads as the one in use does
    reading = Rereading(service, tmp_path / "training", run)
    before = _everything(service)
    for arguments in reread_commands(reading):
        call = [sys.executable, "-m", "service.loop.command_process", str(os.getpid()), *arguments]
        assert subprocess.run(call, check=False).returncode == 0
    found = compare(reading)
    assert found.compared == 2
    (change,) = [change for change in found.changed if change.report_id == other]
    assert (change.heads, change.state) == ((("year", "1999", str(report("yunze-2020").year)),), "converted")
    assert change.fields[0] == FieldChange(first.id, first.label, "77", "review", str(first.value), "read")
    assert not [c for c in found.changed if c.report_id == kept and c.fields], same.title
    assert _everything(service) == before  # nothing was replaced
    assert read_state(tmp_path / "weights", "labeller").active == SHIPPED
    assert not reading.scratch.exists()


def _everything(service: Service) -> list[tuple[Any, ...]]:
    with service.store.reading() as session:
        rows = session.query(versions.Version.id, versions.Version.number, ReportRow.revision).join(
            ReportRow, ReportRow.id == versions.Version.report_id
        )
        return [tuple(row) for row in rows.order_by(versions.Version.id)]


def test_settings_are_said_as_a_file_says_them(tmp_path: Path) -> None:
    settings = Settings(reading=ReadingSettings(layout=False), bulk=BulkSettings(worker_megabytes=7))
    (tmp_path / "settings.toml").write_text(settings_toml(settings), encoding="utf-8")
    assert load_settings(tmp_path / "settings.toml") == settings
