"""Annotations as a data set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from annotations.store import read_folder
from annotations.validation.datasets import validate
from extraction.cli import main
from extraction.document import Report
from service.context import Service
from service.loop.collection import latest, lay_out, read
from service.store.tables import ReportRow, Review
from service.uploads import delete
from tests.documents import SAMPLES
from tests.service.archive import report
from tests.service.loop.reviews import SAMPLE_NAMES, accepted, web_report


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
