"""Tells configured addresses of every job that has ended. The only requests that the service makes by itself.

None goes to a private address: a name is looked up once, every address that it has must be a public one, and the
request goes to the one that was checked. Redirects are not followed, proxies of the environment not used. What is said
is signed where a secret is configured. It is said up to three times; a service that is killed meanwhile does not say it
again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpx

from service.context import Service
from service.store import reports
from service.store.tables import Document, Job

SIGNATURE = "X-Gouji-Signature"
_TRIES, _BETWEEN, _PATIENCE = 3, 5.0, 10.0
_TRANSLATED = IPv6Network("64:ff9b::/96")  # leads to the IPv4 address in its last 32 bits
_MOST_WAITING = 10_000
_LOG = logging.getLogger("gouji.webhooks")


class Refused(Exception):
    """The address is none that may be told."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    ip = ip_address(address)
    meant: Sequence[IPv4Address | IPv6Address] = [ip]
    if isinstance(ip, IPv6Address):
        translated = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _TRANSLATED else None
        meant = [inner for inner in (ip.ipv4_mapped, ip.sixtofour, translated) if inner is not None] or [ip]
    return all(found.is_global and not found.is_multicast and not found.is_reserved for found in meant)


class Webhooks:
    """A thread that does the telling. `allowed` says which IP addresses may be told."""

    def __init__(self, service: Service, allowed: Callable[[str], bool] = is_public) -> None:
        self._service, self._allowed = service, allowed
        self._waiting: queue.Queue[int | None] = queue.Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gouji-webhooks", daemon=True)
        if service.settings.webhooks:
            self._thread.start()

    def ended(self, job_id: int) -> None:
        """A job has ended."""
        if self._thread.is_alive():
            try:
                self._waiting.put_nowait(job_id)
            except queue.Full:
                _LOG.warning("job %d: nobody was told, too many wait to be told of", job_id)

    def close(self) -> None:
        """Stop telling; what waits is forgotten."""
        self._stopping.set()
        self.finish()

    def finish(self) -> None:
        """Tell all that waits, then stop."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._stopping.is_set() and (job_id := self._waiting.get()) is not None:
            try:
                self._tell_all(job_id)
            except Exception:  # the store cannot be read: the next ones may be told
                _LOG.exception("job %d: nobody was told", job_id)

    def _tell_all(self, job_id: int) -> None:
        said = self._said(job_id)
        for number, address in enumerate(self._service.settings.webhooks if said is not None else (), 1):
            try:
                self._tell(address, said or b"")
            except Exception:  # an address that is none, above all: the others are told all the same
                _LOG.exception("job %d: webhook %d was not told", job_id, number)

    def _said(self, job_id: int) -> bytes | None:
        with self._service.store.reading() as session:
            job = session.get(Job, job_id)
            document: Any = job and session.get(Document, job.document_id)
            if job is None or document is None:
                return None
            report = reports.of_document(session, document.id)
        content = {
            "event": f"job.{job.state}",
            "job": {"id": job.id, "batch": job.batch, "state": job.state, "error": job.error, "pages": job.pages},
            "document": {"id": document.id, "name": document.name, "sha256": document.sha256},
            "report": report and {"id": report.id, "organization": report.organization, "year": report.year},
        }
        return json.dumps(content, ensure_ascii=False).encode()

    def _tell(self, address: str, said: bytes) -> None:
        for _ in range(_TRIES):
            try:
                self._send(address, said)
                return
            except Refused as error:
                _LOG.warning("webhook: %s", error)
                return
            except (httpx.HTTPError, OSError) as error:
                _LOG.warning("webhook %s: %s", httpx.URL(address).host, error)
            if self._stopping.wait(_BETWEEN):
                return

    def _send(self, address: str, said: bytes) -> None:
        """Say it once. Raises Refused, httpx.HTTPError or OSError."""
        url = httpx.URL(address)
        if url.scheme not in ("http", "https") or url.userinfo:
            raise Refused(f"{url.host}: the address of a webhook is http:// or https:// and has no password in it")
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        found = list(dict.fromkeys(str(a[4][0]) for a in socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)))
        if not found or not all(self._allowed(ip) for ip in found):
            raise Refused(f"{url.host} is a private address ({', '.join(found)}): nothing is sent there")
        headers = {"Host": url.netloc.decode(), "Content-Type": "application/json"}
        if secret := self._service.settings.webhook_secret:
            headers[SIGNATURE] = "sha256=" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
        with httpx.Client(timeout=_PATIENCE, trust_env=False, follow_redirects=False) as client:
            for ip in found:
                checked = url.copy_with(host=ip)
                try:
                    answer = client.post(checked, content=said, headers=headers, extensions={"sni_hostname": url.host})
                    break
                except httpx.ConnectError:
                    if ip == found[-1]:
                        raise
        answer.raise_for_status()
