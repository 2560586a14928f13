"""Webhooks: real requests to a server of this machine, which only a test allows; nothing private is told otherwise."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from service.app import create_app
from service.context import Service
from service.settings import ServiceSettings
from service.store import jobs
from service.store.tables import Job
from service.webhooks import SIGNATURE, Webhooks, is_public
from tests.service.archive import job

SECRET = "a secret"


class Listener(HTTPServer):
    """Keeps what it is told; answers the first requests with `faults`."""

    def __init__(self, faults: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults, self.told = faults, list[tuple[str, dict[str, str], bytes]]()
        self.heard = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.faults.pop(0) if self.server.faults else 204
        self.server.told.append((self.path, dict(self.headers), content))  # before the answer: a test may look then
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere")
        self.end_headers()
        if status == 204:
            self.server.heard.set()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    made = Listener(list(getattr(request, "param", [])))
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def service(data: Path, *addresses: str) -> Service:
    """With a job that is done."""
    made: Service = create_app(
        ServiceSettings(data=str(data), workers=0, webhooks=addresses, webhook_secret=SECRET)
    ).state.service
    with made.store.writing() as session:
        jobs.finish(session.get_one(Job, job(session, name="报告.pdf")), 3, None)
    return made


def test_the_end_of_a_job_is_delivered_signed(listener: Listener, tmp_path: Path) -> None:
    webhooks = Webhooks(service(tmp_path, f"http://localhost:{listener.server_port}/hook"), allowed=lambda _: True)
    webhooks.job_ended(1)
    assert listener.heard.wait(30)
    webhooks.close()
    ((path, headers, content),) = listener.told
    said = json.loads(content)
    assert (path, headers["Host"]) == ("/hook", f"localhost:{listener.server_port}")
    assert (said["event"], said["job"]["id"], said["document"]["name"]) == ("job.done", 1, "报告.pdf")
    assert headers[SIGNATURE] == "sha256=" + hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("listener", [[500], [302]], indirect=True, ids=["fault", "redirect"])
def test_a_refused_delivery_is_tried_again_and_never_sent_elsewhere(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.webhooks._RETRY_SECONDS", 0.01)
    webhooks = Webhooks(service(tmp_path, f"http://localhost:{listener.server_port}/hook"), allowed=lambda _: True)
    webhooks.job_ended(1)
    assert listener.heard.wait(30)
    webhooks.close()
    assert [path for path, _, _ in listener.told] == ["/hook", "/hook"]


def test_a_malformed_address_does_not_keep_others_from_being_notified(listener: Listener, tmp_path: Path) -> None:
    wrong = ("http://[::1", "http://localhost:port/", f"http://{'a' * 64}.example/", "http://.example/")
    made = service(tmp_path, *wrong, f"http://localhost:{listener.server_port}/hook")
    webhooks = Webhooks(made, allowed=lambda _: True)
    webhooks.job_ended(1)
    assert listener.heard.wait(30)
    webhooks.close()
    assert [path for path, _, _ in listener.told] == ["/hook"]


def test_a_store_that_cannot_be_read_costs_that_job_only(
    listener: Listener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = service(tmp_path, f"http://localhost:{listener.server_port}/hook")
    with made.store.writing() as session:
        session.execute(sa.text("ALTER TABLE job RENAME TO hidden"))
    webhooks = Webhooks(made, allowed=lambda _: True)
    webhooks.job_ended(1)
    while "job 1: the store cannot be read" not in caplog.text:
        assert webhooks._thread.is_alive()
        webhooks._thread.join(0.05)
    with made.store.writing() as session:
        session.execute(sa.text("ALTER TABLE hidden RENAME TO job"))
    webhooks.job_ended(1)
    assert listener.heard.wait(30)
    webhooks.close()


def test_nothing_is_sent_to_a_private_address(listener: Listener, tmp_path: Path) -> None:
    addresses = [f"http://{host}:{listener.server_port}/" for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]")]
    webhooks = Webhooks(service(tmp_path, *addresses, "file:///etc/passwd", "http://user:word@localhost/"))
    webhooks.job_ended(1)
    webhooks.job_ended(2)  # of a job that is not there
    webhooks.drain()
    assert listener.told == []


def test_an_event_for_which_there_is_no_room_is_dropped_and_logged(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("service.webhooks._MAX_QUEUED_EVENTS", 1)
    delivering, go_on = threading.Event(), threading.Event()

    def slowly(_: str) -> bool:
        delivering.set()
        return go_on.wait(60)

    webhooks = Webhooks(service(tmp_path, f"http://localhost:{listener.server_port}/hook"), allowed=slowly)
    webhooks.job_ended(1)
    assert delivering.wait(30)
    webhooks.job_ended(1)
    webhooks.job_ended(7)
    go_on.set()
    webhooks.drain()
    assert "job 7: webhook queue full, event dropped" in caplog.text
    assert [path for path, _, _ in listener.told] == ["/hook", "/hook"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds tell machines their secrets
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",  # 10.0.0.1 behind a translator
    ],
)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


def test_public_addresses() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")
