"""Requests made up from the OpenAPI document (schemathesis): no answer is an error of the service, and all are as the
document describes them. Each request is sent twice: as it was made up, and with ids that exist."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from service import uploads
from service.app import create_app
from service.security.accounts import add_token, add_user
from service.security.roles import Role
from service.settings import ServiceSettings
from service.store import versions
from service.store.tables import Document
from tests.documents import SAMPLES
from tests.service.archive import SAMPLE, report, stored, unsure

BASE = "http://127.0.0.1"


FIELD = "applications.received.total"


BATCH = "0123456789abcdef"


CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]


@dataclass(frozen=True)
class Running:
    """A service, the token of an admin, and ids of what is there."""

    app: Any
    token: str
    there: dict[str, Any]

    def call(self, case: Any) -> Any:
        """What the service answers, which must be as it is described."""
        case.operation.app = self.app
        headers = {"Authorization": f"Bearer {self.token}"}
        return case.call_and_validate(base_url=BASE, headers=headers, checks=CHECKS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Running:
    app = create_app(ServiceSettings(data=str(tmp_path_factory.mktemp("service")), workers=0))
    service, content = app.state.service, (SAMPLES / SAMPLE / "report.pdf").read_bytes()
    (document_id,), _ = uploads.take(service, [(BytesIO(content), "a.pdf")], "local", BATCH)
    with service.store.writing() as session:
        document = session.get_one(Document, document_id)
        report_id = versions.save(session, document, unsure(report(), FIELD), versions.Provenance()).report_id
        for _ in range(3):
            stored(session, report())
        add_user(session, "tester", Role.ADMIN, None)
        token = add_token(session, "tester")
    ids = {
        "document_id": document_id,
        "report_id": report_id,
        "job_id": 1,
        "number": 1,
        "field_id": FIELD,
        "batch": BATCH,
    }
    return Running(app, token, ids)


def _schema() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        described = create_app(ServiceSettings(data=folder, workers=0)).openapi()
    made = schemathesis.openapi.from_dict(described)
    made.config.generation.update(with_security_parameters=False)  # the token that counts is given with each call
    return made


schema = _schema()


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_no_request_meets_an_error_of_ours(case: Any, running: Running) -> None:
    running.call(case)
    if case.method != "DELETE" and any(name in running.there for name in case.path_parameters or ()):
        case.path_parameters.update({n: v for n, v in running.there.items() if n in case.path_parameters})
        assert running.call(case).status_code not in (401, 403, 429)


def test_every_endpoint_is_described_with_its_errors(running: Running) -> None:
    for path, methods in running.app.openapi()["paths"].items():
        for method, says in methods.items():
            assert says.get("description"), f"{method} {path} says nothing"
            if path.startswith("/api/"):
                assert "401" in says["responses"], f"{method} {path} does not say that it takes a person"


def test_the_documentation_names_every_endpoint_and_no_other(running: Running) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "service.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(GET|POST|DELETE) (/[^ `]*)`", page))
    there = {(method.upper(), path) for path, methods in running.app.openapi()["paths"].items() for method in methods}
    assert named - there == set()
    assert there - named == set()
