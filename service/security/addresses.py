"""Tell loopback addresses from others, and compare hosts and origins of requests."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_LOCAL_NAME = "localhost"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens at `host`."""
    if host.lower() == _LOCAL_NAME:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The host of a Host header or of an origin, in lower case, without port; "" where there is none."""
    try:
        return (urlsplit(header if "//" in header else f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of `origin` (its header) was served from `host` (the Host header): name and port agree."""
    try:
        of_page, asked = urlsplit(origin), urlsplit(f"//{host}")
        usual = {"http": 80, "https": 443}.get(of_page.scheme)
        names = of_page.hostname is not None and of_page.hostname == asked.hostname
        return names and (of_page.port or usual) == (asked.port or usual)
    except ValueError:
        return False
