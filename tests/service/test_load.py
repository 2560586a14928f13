"""Many at once, in small: `eval.service` measures the same at its full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import service

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


def test_no_upload_is_lost_though_many_come_at_once_and_the_service_is_killed(data: Path) -> None:
    kept = service.uploads_under_kills(data, count=3, kills=1, workers=1)
    assert kept == service.Kept(sent=3, accepted=3, kills=1, done=3, lost=0, twice=0)


def test_reads_that_come_at_once_are_all_answered(data: Path) -> None:
    found = service.reads_at_once(data, count=20, connections=[20])
    assert [(r.reads, r.refused) for r in found] == [(20, 0)] * 5
