"""Uploads of unknown senders."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.security.credentials import (
    new_token,
)
from service.store.tables import Document
from tests.service.security.senders import bearer


def test_of_nobody_no_upload_is_taken_and_of_a_viewer_none_is_kept(
    app: FastAPI, browser: TestClient, people: dict[str, str]
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.7'
    large, whole = {"Content-Type": "multipart/form-data; boundary=x"}, head + b"\r\n--x--\r\n"
    # a body that is no form would be 400 or 422, if anybody looked at it before they asked who sends it
    assert browser.post("/api/documents", content=b"no form", headers=large).status_code == 401
    for sent, status in ((bearer(new_token()), 401), (bearer(people["viewer"]), 403)):
        assert browser.post("/api/documents", content=whole, headers=large | sent).status_code == status
    with app.state.service.store.reading() as session:
        assert session.scalars(sa.select(Document)).all() == []
