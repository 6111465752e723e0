"""Which addresses a request may go to, and how they are compared."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from quilt_core.errors import AuthenticationError

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_loopback(host: str | None) -> bool:
    """Whether a host name is this machine: `localhost`, 127.0.0.0/8, ::1."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(url: str) -> str:
    """Return `url` when credentials may travel to it, over https or to loopback.

    Raises
    ------
    AuthenticationError
        For anything else, before a byte is sent.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and is_loopback(parts.hostname):
        return url
    raise AuthenticationError(
        f"{origin(url)} is not an https:// address; no credentials are sent there.",
        hint="Configure the registry's https:// address; http:// is for loopback only.",
        context={"url": origin(url)},
    )


def origin(url: str) -> str:
    """Scheme, host and port of a URL, without user, path or query, for comparing and showing."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port
    named = f"[{host}]" if ":" in host else host
    suffix = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{named}{suffix}"


def same_place(first: str, second: str) -> bool:
    """Whether two registry URLs are the same place: same origin, same path."""
    return origin(first) == origin(second) and (
        urlsplit(first).path.rstrip("/") == urlsplit(second).path.rstrip("/")
    )


def host_allowed(url: str, allowed: tuple[str, ...]) -> bool:
    """Whether `url` leads to one of the hosts `name`, `name:port`, or `*.domain`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    for entry in allowed:
        pattern = entry.lower()
        if pattern.startswith("*."):
            if host.endswith(pattern[1:]):
                return True
        elif pattern in (host, f"{host}:{port}"):
            return True
    return False
