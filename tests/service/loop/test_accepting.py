"""Accepting a review."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from extraction.forms.identities import check_sums
from service.desk import statistics
from service.files import Files
from service.loop import collection
from service.loop.accepting import Cost, accept
from service.review.actions import Refused
from service.store import drafts, reports, versions
from service.store.engine import Store
from service.store.tables import Document, ReportRow, Version
from tests.service.archive import stored, unsure
from tests.service.review.cells import ALL, UPHELD, gold, value
from tests.service.store.conftest import filled as filled
from tests.service.store.conftest import store as store


def test_the_end_of_a_review_makes_a_version_and_an_annotation(store: Store, tmp_path: Path) -> None:
    files = Files(str(tmp_path / "files"))
    read = check_sums(unsure(gold(), UPHELD))
    with store.writing() as session:
        number = stored(session, read)
        row = session.get(ReportRow, number)
        assert row is not None
        document = session.get(Document, row.document_id)
        assert document is not None
        drafts.add(session, number, "甲", read, value(UPHELD, "3"))
        with pytest.raises(Refused, match="可信单元格未接受"):
            accept(session, files, row, document, "甲", Cost(3, 4.5))
        drafts.add(session, number, "甲", read, ALL)
        review = accept(session, files, row, document, "甲", Cost(3, 4.5))
        assert (row.state, row.to_review, review.cells, review.keystrokes) == (reports.ACCEPTED, 0, 1, 3)
        assert review.found["unsure_right"] == 1
        assert drafts.rows(session, number) == []
        kept = [version.kind for version in versions.listed(session, number)]
        assert kept == [versions.READ, versions.REVIEWED]
        newest = session.get(Version, row.version_id)
        assert newest is not None
        assert newest.author == "甲"
        annotation = collection.read(files, review)
    assert annotation is not None
    assert annotation.report.field(UPHELD).value == 3
    assert annotation.facts["reviewer"] == "甲"


def test_a_second_review_says_nothing_of_how_right_the_reading_was(store: Store, tmp_path: Path) -> None:
    files = Files(str(tmp_path / "files"))
    read = check_sums(unsure(gold(), UPHELD))
    with store.writing() as session:
        number = stored(session, read)
        row = session.get_one(ReportRow, number)
        document = session.get_one(Document, row.document_id)
        found_: list[dict[str, int]] = []
        for _ in range(2):
            drafts.add(session, number, "甲", read, value(UPHELD, "3"))
            drafts.add(session, number, "甲", read, ALL)
            found_.append(accept(session, files, row, document, "甲", Cost(3, 4.5)).found)
    assert found_[0]["unsure"] == 1
    assert not any(found_[1].values())
    with store.reading() as session:
        assert [one.whole for one in statistics.accuracies(session)] == [found_[0]["sure"], 1]
