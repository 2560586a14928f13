"""From an accepted review to an annotation, to a training, to the list of what would change: over a real store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from annotations.store import dump_annotation, load_annotation, read_folder
from annotations.validation.constraints import findings_in
from annotations.validation.datasets import validate
from extraction.cli import main
from extraction.document import Report, Status
from extraction.settings import BulkSettings, ReadingSettings, Settings, load_settings
from models.gate.promote import Refused
from models.versions import SHIPPED, read_state
from models.weights import weights
from service.app import create_app
from service.context import Service
from service.loop import trainings
from service.loop.annotation import Reviewing, annotation_of
from service.loop.changes import (
    Change,
    Changes,
    FieldChange,
    field_changes,
    head_changes,
    read_changes,
    write_changes,
)
from service.loop.collection import keep, latest, lay_out, read
from service.loop.promotion import bring_into_use, changes_of
from service.loop.rereading import Rereading, compare, reread_commands, settings_toml
from service.loop.trainer import Trainer, training_folder
from service.settings import ServiceSettings
from service.store import jobs, versions
from service.store.tables import Document, ReportRow, Review, Training, now
from service.uploads import delete
from tests.documents import SAMPLES
from tests.service.archive import document, report

WHEN = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
SAMPLE_NAMES = ("moling-2024", "yunze-2020", "zheshui-2023")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path / "weights"))
    app = create_app(ServiceSettings(data=str(tmp_path / "data"), workers=0))
    made: Service = app.state.service
    yield made
    made.pictures.close()
    made.store.close()


def web_report(service: Service, sample: str, of: Report | None = None) -> int:
    """The id of a report whose document is the sample's page, read as `of` says."""
    content = (SAMPLES / sample / "report.html").read_bytes()
    service.files.put(f"documents/{sample}", content)
    with service.store.writing() as session:
        row = document(session, name=f"{sample}.html", media_type="text/html", place=f"documents/{sample}")
        return versions.save(session, row, of or report(sample), versions.Provenance()).report_id


def accepted(service: Service, report_id: int, reviewer: str = "zhang") -> int:
    """The id of a review that took the report as it is."""
    with service.store.writing() as session:
        row = session.get_one(ReportRow, report_id)
        version = versions.current(session, row)
        review = Review(report_id=report_id, version_id=version.id, reviewer=reviewer, started=WHEN, finished=WHEN)
        session.add(review)
        row.state = "accepted"
        keep(session, service.files, review, versions.report_in(version))
        return review.id


# ---------------------------------------------------------------- a review as gold


@pytest.mark.parametrize("sample", SAMPLE_NAMES)
def test_an_accepted_report_is_gold_with_its_reviewer_and_time(sample: str) -> None:
    gold = annotation_of(report(sample), Reviewing("张三", WHEN))
    assert list(findings_in(gold)) == []
    assert (gold.facts["reviewer"], gold.facts["reviewed"]) == ("张三", "2026-03-02T08:15:00+00:00")
    assert [(f.id, f.value, f.status) for f in gold.report.fields] == [
        (f.id, f.value, f.status) for f in report(sample).fields
    ]
    assert load_annotation(dump_annotation(gold)) == gold


def test_what_nobody_has_read_is_no_gold() -> None:
    first, second, third, *rest = report().fields
    of = replace(
        report(),
        fields=(
            replace(first, status=Status.CORRECTED, reading="7", confidence=0.98),
            replace(second, status=Status.INFERRED, printed="", confidence=0.98),
            replace(third, status=Status.MISSING, printed="12"),
            *rest,
        ),
    )
    gold = annotation_of(of, Reviewing("张三", WHEN))
    fields = gold.report.fields
    assert [f.status for f in fields[:3]] == [Status.READ, Status.REVIEW, Status.MISSING]
    assert (fields[0].reading, fields[0].confidence) == (None, 1.0)
    assert (fields[2].value, fields[2].printed, fields[2].box) == (None, "", None)
    assert f"unsure {second.id}" in gold.facts
    assert {finding.kind for finding in findings_in(gold)} == {"open"}


@given(st.text("张三a ", min_size=1, max_size=20), st.datetimes(timezones=st.just(UTC)))
def test_an_annotation_comes_back_as_it_was_kept(reviewer: str, when: datetime) -> None:
    gold = annotation_of(report(), Reviewing(reviewer, when))
    assert load_annotation(dump_annotation(gold)) == gold


def test_the_last_review_of_each_report_is_a_data_set(service: Service, tmp_path: Path) -> None:
    ids = [web_report(service, sample) for sample in SAMPLE_NAMES]
    for report_id in ids:
        accepted(service, report_id, "li")
    last = [accepted(service, report_id) for report_id in ids]
    with service.store.reading() as session:
        assert [review.id for review, _ in latest(session)] == last
        held = list(lay_out(service.files, latest(session), tmp_path / "mine"))
    assert [review.id for review in held] == last
    found = list(read_folder(tmp_path / "mine"))
    assert {annotation.facts["reviewer"] for annotation, _ in found} == {"zhang"}
    contents = {path.read_bytes() for _, path in found}
    assert contents == {(SAMPLES / sample / "report.html").read_bytes() for sample in SAMPLE_NAMES}


def test_gouji_reviews_writes_what_gouji_annotations_reads(service: Service, tmp_path: Path) -> None:
    accepted(service, web_report(service, "moling-2024", _of_the_page("moling-2024")))
    folder, data = tmp_path / "mine", service.settings.data
    assert main(["reviews", str(folder), "--data", data]) == 0
    assert [finding for finding in validate([folder]) if finding.kind != "open"] == []
    assert main(["reviews", str(folder), "--data", data]) == 2  # it mixes with nothing


def _of_the_page(sample: str) -> Report:
    """The sample's gold, as that of its web page alone."""
    import hashlib

    content = (SAMPLES / sample / "report.html").read_bytes()
    source = replace(report(sample).source, sha256=hashlib.sha256(content).hexdigest(), media_type="text/html")
    return replace(report(sample), source=replace(source, pages=None))


def test_a_deleted_document_takes_its_annotations_along(service: Service) -> None:
    report_id = web_report(service, "moling-2024")
    review_id = accepted(service, report_id)
    with service.store.reading() as session:
        key = session.get_one(Review, review_id).annotation
        document_id = session.get_one(ReportRow, report_id).document_id
    assert key is not None
    assert service.files.get(key) is not None
    delete(service, document_id)
    assert service.files.get(key) is None
    with service.store.reading() as session:
        assert latest(session) == []
        assert read(service.files, session.get_one(Review, review_id)) is None


# ---------------------------------------------------------------- counting, asking


def test_what_is_new_is_what_no_training_has_learnt_from(service: Service) -> None:
    def progress() -> tuple[int, int, int, int | None]:
        with service.store.reading() as session:
            found = trainings.progress(session)
        return found.annotated, found.new, found.organizations, found.under_way

    def ask() -> int:
        with service.store.writing() as session:
            return trainings.ask_for(session, "zhang").id

    with pytest.raises(ValueError, match="还没有新的核对结果"):
        ask()
    accepted(service, web_report(service, "moling-2024"))
    with pytest.raises(ValueError, match="至少要有 2 个机关"):
        ask()
    accepted(service, web_report(service, "yunze-2020"))
    assert progress() == (2, 2, 2, None)
    number = ask()
    with pytest.raises(ValueError, match="还没有结束"):
        ask()
    with service.store.writing() as session:
        training = session.get_one(Training, number)
        trainings.record_reviews(session, training, [review.id for review, _ in latest(session)])
    assert progress() == (2, 0, 2, number)
    with service.store.writing() as session:
        trainings.fail(session, session.get_one(Training, number), "no room")
    assert progress() == (2, 2, 2, None)  # what it was to learn is new again


# ---------------------------------------------------------------- what would change


def test_a_change_is_another_figure_or_another_status() -> None:
    was = report()
    one, other, *rest = was.fields
    assert list(field_changes(was, was)) == []
    assert list(field_changes(was, replace(was, fields=(replace(one, confidence=0.5), other, *rest)))) == []
    now_read = replace(was, fields=(replace(one, value=Decimal("0.10"), status=Status.REVIEW), *rest), year=1999)
    assert list(field_changes(was, now_read)) == [
        FieldChange(one.id, one.label, str(one.value), "read", "0.10", "review"),
        FieldChange(other.id, other.label, str(other.value), "read", "", "missing"),
    ]
    assert list(head_changes(was, now_read)) == [("year", str(was.year), "1999")]


def test_changes_come_back_as_they_were_written(tmp_path: Path) -> None:
    change = FieldChange("a.b", "甲", "1", "read", "", "review")
    changes = Changes(7, (Change(3, "a.pdf", "某局", None, "converted", (change,), (("year", "", "2023"),), "e"),))
    write_changes(tmp_path / "changes.json", changes)
    assert read_changes(tmp_path / "changes.json") == changes


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
    settings = Settings(reading=ReadingSettings(accept=0.95, layout=False), bulk=BulkSettings(worker_megabytes=7))
    (tmp_path / "settings.toml").write_text(settings_toml(settings), encoding="utf-8")
    assert load_settings(tmp_path / "settings.toml") == settings


# ---------------------------------------------------------------- training and promoting


def test_a_training_that_was_broken_off_goes_on_and_one_that_fails_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_WEIGHTS", str(tmp_path / "weights"))
    settings = ServiceSettings(data=str(tmp_path), workers=0, training=str(tmp_path / "no such.toml"))
    service: Service = create_app(settings).state.service
    for sample in SAMPLE_NAMES[:2]:
        accepted(service, web_report(service, sample))
    with service.store.writing() as session:
        number = trainings.ask_for(session, "zhang").id
    assert Trainer(service)._prepare(number, training_folder(service, number))  # and then the service was killed
    assert _training(service, number).state == "running"
    web_report(service, SAMPLE_NAMES[2])
    trainer = Trainer(service)
    trainer.start()
    until = time.monotonic() + 300
    while _training(service, number).state in ("waiting", "running"):
        assert time.monotonic() < until
        time.sleep(0.2)
    trainer.stop()
    training = _training(service, number)
    assert training.state == "failed"
    assert "no such.toml" in (training.error or "")
    with service.store.reading() as session:
        assert trainings.progress(session).new == 2
    assert len(list(read_folder(training_folder(service, number) / "annotations"))) == 2
    with pytest.raises(ValueError, match="没有可以启用的结果"):
        bring_into_use(service, number)
    service.pictures.close()
    service.store.close()


def test_a_training_that_another_machine_is_at_is_left_to_it(service: Service) -> None:
    with service.store.writing() as session:
        training = Training(state=trainings.RUNNING, started_by="zhang", created=now(), run="trainings/1/run")
        session.add(training)
        session.flush()
        number = training.id
    trainer = Trainer(service)
    trainer._take()  # no folder of it is here
    assert _training(service, number).state == trainings.RUNNING
    assert not training_folder(service, number).exists()


def test_others_write_while_documents_are_laid_out_and_one_of_two_machines_begins(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sample in SAMPLE_NAMES[:2]:
        accepted(service, web_report(service, sample))
    with service.store.writing() as session:
        number = trainings.ask_for(session, "zhang").id
    elsewhere = training_folder(service, number).with_name("another machine's")

    def slowly(*given: object) -> Iterator[Review]:
        """The other machine is done before the first review of this one is copied."""
        monkeypatch.setattr("service.loop.trainer.lay_out", lay_out)
        assert Trainer(service)._prepare(number, elsewhere)
        yield from lay_out(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("service.loop.trainer.lay_out", slowly)
    folder = training_folder(service, number)
    assert not Trainer(service)._prepare(number, folder)
    assert len(list(read_folder(elsewhere / "annotations"))) == 2
    assert sorted(p.name for p in folder.parent.iterdir() if not p.name.endswith(".lock")) == [elsewhere.name]


def _training(service: Service, number: int) -> Training:
    with service.store.reading() as session:
        return session.get_one(Training, number)


def test_promotion_goes_through_the_gate_and_reads_again_what_nobody_has_accepted(
    service: Service, tmp_path: Path
) -> None:
    open_one, done = web_report(service, "moling-2024"), web_report(service, "yunze-2020")
    accepted(service, done)
    with service.store.writing() as session:
        training = Training(state=trainings.TRAINED, started_by="zhang", created=now(), run="trainings/1/run")
        session.add(training)
        session.flush()
        number = training.id
    folder = training_folder(service, number)
    shutil.copytree(weights("labeller").path().parent, folder / "run" / "model")
    changes = Changes(2, tuple(Change(i, "a", "b", 2023, "converted") for i in (open_one, done)))
    write_changes(folder / "changes.json", changes)
    with pytest.raises(Refused, match="not compared"):  # no comparison: the gate refuses
        bring_into_use(service, number)
    assert _training(service, number).state == trainings.TRAINED
    assert bring_into_use(service, number, "a test of ours") == (1, 1)
    assert changes_of(service, number) == changes
    state = read_state(tmp_path / "weights", "labeller")
    assert (state.active, state.history[-1].reason, state.history[-1].forced) == (1, "a test of ours", True)
    with service.store.reading() as session:
        assert _waiting(session) == [open_one]
    with pytest.raises(ValueError, match="没有可以启用的结果"):  # once is enough
        bring_into_use(service, number, "again")


def _waiting(session: Session) -> list[int]:
    rows = session.query(ReportRow.id).join(Document, Document.id == ReportRow.document_id)
    return [row.id for row in rows.join(jobs.Job, jobs.Job.document_id == Document.id)]


def test_the_api_of_the_loop(service: Service, tmp_path: Path) -> None:
    report_id = web_report(service, "moling-2024")
    accepted(service, report_id)
    client = TestClient(create_app(service.settings), base_url="http://127.0.0.1")
    assert client.get("/api/training-progress").json()["new"] == 1
    (listed,) = client.get("/api/annotations").json()
    assert (listed["reviewer"], listed["report_id"], listed["trained_in"]) == ("zhang", report_id, None)
    text = client.get(f"/api/annotations/{report_id}").text
    assert load_annotation(text).facts["reviewer"] == "zhang"
    assert client.get("/api/annotations/77").status_code == 404
    refused = client.post("/api/trainings")
    assert (refused.status_code, "机关" in refused.json()["detail"]) == (409, True)
    for path in ("", "/comparison", "/changes"):
        assert client.get(f"/api/trainings/1{path}").status_code == 404
    assert client.post("/api/trainings/1/promote", json={}).status_code == 404
    assert client.get("/api/trainings").json() == []
    log = client.get("/api/audit", params={"limit": 5}).json()
    assert {"review.add", "report.change"} <= {row["action"] for row in log["rows"]}
    assert client.get("/api/audit", params={"action": "document.add"}).json()["rows"][0]["subject"] == "document/1"
    assert client.get("/api/audit", params={"user": "nobody"}).json() == {"count": 0, "rows": []}
