"""Trainings that are interrupted, fail, or run on another machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from annotations.store import read_folder
from service.app import create_app
from service.context import Service
from service.loop import trainings
from service.loop.collection import lay_out
from service.loop.promotion import bring_into_use
from service.loop.trainer import Trainer, training_folder
from service.settings import ServiceSettings
from service.store.tables import Review, Training, now
from tests.service.loop.reviews import SAMPLE_NAMES, accepted, training_row, web_report


@pytest.mark.slow
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
    assert training_row(service, number).state == "running"
    web_report(service, SAMPLE_NAMES[2])
    trainer = Trainer(service)
    trainer.start()
    until = time.monotonic() + 300
    while training_row(service, number).state in ("waiting", "running"):
        assert time.monotonic() < until
        time.sleep(0.2)
    trainer.stop()
    training = training_row(service, number)
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
    assert training_row(service, number).state == trainings.RUNNING
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
