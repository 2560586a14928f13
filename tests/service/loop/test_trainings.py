"""What is new since the last training, and who may start one."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.context import Service
from service.loop import trainings
from service.loop.collection import latest
from service.store.tables import Training
from tests.service.loop.reviews import accepted, web_report


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
