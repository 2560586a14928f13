"""Loopback, hosts and origins."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.security.addresses import is_loopback, same_origin


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *((host, True) for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")),
        *((host, False) for host in ("0.0.0.0", "::", "192.168.1.2", "localhost.evil.example", "")),
    ],
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://a:8000", "a:8000", True),
        ("https://a", "a", True),
        ("https://a", "a:443", True),
        ("http://a:8000", "a:8001", False),
        ("http://a.b", "a", False),
        ("null", "a", False),
        ("http://a:99999", "a", False),
        ("", "", False),
    ],
)
def test_a_page_is_ours_by_name_and_port(origin: str, host: str, same: bool) -> None:
    assert same_origin(origin, host) is same
