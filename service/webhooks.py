"""Notify configured addresses of every job that has ended: the only requests that the service makes by itself.

No private address is notified: a name is resolved once, every address that it resolves to must be public, and the
request goes to the one that was checked. Redirects are not followed and proxies of the environment not used. The body
is signed where a secret is configured. Delivery is tried up to three times; what waits is lost when the service is
killed.
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
_MAX_ATTEMPTS = 3
_RETRY_SECONDS = 5.0
_TIMEOUT_SECONDS = 10.0
_MAX_QUEUED_EVENTS = 10_000
_NAT64 = IPv6Network("64:ff9b::/96")  # the last 32 bits are the IPv4 address that is meant (RFC 6052)
_LOG = logging.getLogger("gouji.webhooks")


class Refused(Exception):
    """The webhook's address may not be notified."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, the IPv4 address embedded in an IPv6 one included."""
    ip = ip_address(address)
    meant: Sequence[IPv4Address | IPv6Address] = [ip]
    if isinstance(ip, IPv6Address):
        translated = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
        meant = [inner for inner in (ip.ipv4_mapped, ip.sixtofour, translated) if inner is not None] or [ip]
    return all(found.is_global and not found.is_multicast and not found.is_reserved for found in meant)


class Webhooks:
    """A thread that delivers events. `allowed` says which IP addresses may be notified."""

    def __init__(self, service: Service, allowed: Callable[[str], bool] = is_public) -> None:
        self._service, self._allowed = service, allowed
        self._queue: queue.Queue[int | None] = queue.Queue(_MAX_QUEUED_EVENTS)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gouji-webhooks", daemon=True)
        if service.settings.webhooks:
            self._thread.start()

    def job_ended(self, job_id: int) -> None:
        """Queue the event of a job that has ended; with a full queue it is dropped, and logged."""
        if self._thread.is_alive():
            try:
                self._queue.put_nowait(job_id)
            except queue.Full:
                _LOG.warning("job %d: webhook queue full, event dropped", job_id)

    def close(self) -> None:
        """Stop after the event in hand; what is queued is dropped."""
        self._stopping.set()
        self.drain()

    def drain(self) -> None:
        """Deliver what is queued, then stop."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(_TIMEOUT_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set() and (job_id := self._queue.get()) is not None:
            try:
                self._notify_all(job_id)
            except Exception:  # the store cannot be read: later events may be delivered
                _LOG.exception("job %d: the store cannot be read, no webhook was notified", job_id)

    def _notify_all(self, job_id: int) -> None:
        payload = self._payload(job_id)
        for number, address in enumerate(self._service.settings.webhooks if payload is not None else (), 1):
            try:
                self._deliver(address, payload or b"")
            except Exception:  # the address is malformed, for one: the others are notified all the same
                _LOG.exception("job %d: webhook %d was not notified", job_id, number)

    def _payload(self, job_id: int) -> bytes | None:
        """The event as JSON, None for a job that was deleted meanwhile."""
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

    def _deliver(self, address: str, payload: bytes) -> None:
        for _ in range(_MAX_ATTEMPTS):
            try:
                self._post(address, payload)
                return
            except Refused as error:
                _LOG.warning("webhook not notified: %s", error)
                return
            except (httpx.HTTPError, OSError) as error:
                _LOG.warning("webhook %s: delivery failed: %s", httpx.URL(address).host, error)
            if self._stopping.wait(_RETRY_SECONDS):
                return

    def _post(self, address: str, payload: bytes) -> None:
        """Post the event once. Raises Refused, httpx.HTTPError or OSError."""
        url = httpx.URL(address)
        if url.scheme not in ("http", "https") or url.userinfo:
            raise Refused(f"{url.host}: the address of a webhook is http:// or https:// and has no password in it")
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        found = list(dict.fromkeys(str(a[4][0]) for a in socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)))
        if not found or not all(self._allowed(ip) for ip in found):
            raise Refused(f"{url.host} is a private address ({', '.join(found)}): nothing is sent there")
        headers = {"Host": url.netloc.decode(), "Content-Type": "application/json"}
        if secret := self._service.settings.webhook_secret:
            headers[SIGNATURE] = "sha256=" + hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
        with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client:
            for ip in found:
                checked = url.copy_with(host=ip)
                sni = {"sni_hostname": url.host}
                try:
                    answer = client.post(checked, content=payload, headers=headers, extensions=sni)
                    break
                except httpx.ConnectError:
                    if ip == found[-1]:
                        raise
        answer.raise_for_status()
