"""Addresses: what is an http(s) address, which ones may receive requests, and how they are
compared.

There is one rule: a URL is an address if it has the scheme http or https and a host, and every
library that parses it finds the same host. `is_address` tests this, `parse_http_url` checks user
input, and `check_address` also requires that credentials may be sent to it.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from quilt_core.errors import AuthenticationError, ValidationError
from quilt_core.redaction import redact

_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=256)
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
    """Return `url` if credentials may be sent to it, which requires https or loopback.

    Raises
    ------
    AuthenticationError
        For anything else, before anything is sent.
    """
    parts = _http_parts(url)
    if parts is None:
        raise AuthenticationError(
            f"{redact(str(url)[:200])!r} is not an https:// address, or could be read as another "
            "one; nothing is sent there.",
            hint="It looks like https://host or https://host:8443, without a user name.",
        )
    if _is_safe(parts):
        return url
    raise AuthenticationError(
        f"{origin(url)} is not an https:// address; no credentials are sent there.",
        hint="Configure the registry's https:// address; http:// is for loopback only.",
        context={"url": origin(url)},
    )


@lru_cache(maxsize=256)
def _parts(url: str) -> SplitResult | None:
    """The parts of a URL in which every library finds the same host; None otherwise."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    odd = not url.isprintable() or any(char in url for char in "\\ ")
    # Some libraries decode a percent sign in a host and others do not; an empty label is never
    # valid.
    odd = odd or any(mark in parts.netloc for mark in ("@", "%", ".."))
    return None if odd else parts


def _http_parts(url: object) -> SplitResult | None:
    """The parts of an http(s) address; None for everything else."""
    parts = _parts(url) if isinstance(url, str) else None
    return parts if parts is not None and _is_http(parts) else None


@lru_cache(maxsize=256)
def _is_safe(parts: SplitResult) -> bool:
    """Whether nobody on the way can read what is sent there."""
    return parts.scheme == "https" or is_loopback(parts.hostname)


@lru_cache(maxsize=256)
def _is_http(parts: SplitResult) -> bool:
    return parts.scheme in _DEFAULT_PORTS and bool(parts.hostname)


def is_address(url: object) -> bool:
    """Whether it is an http(s) URL in which every library finds the same host."""
    return _http_parts(url) is not None


def parse_http_url(value: object, name: str) -> str:
    """An http(s) address without its trailing slash; raises `ValidationError`, which names `name`,
    for anything else.
    """
    if isinstance(value, str) and is_address(value):
        return value.rstrip("/")
    raise ValidationError(
        f"{name}={redact(repr(value))} is not an address.", hint="It looks like 'https://host'."
    )


@lru_cache(maxsize=256)
def origin(url: str) -> str:
    """Scheme, host and port of a URL, without user, path or query, for comparing and showing.

    `?` if it is not an address; it equals no address.
    """
    parts = _parts(url)
    if parts is None:
        return "?"
    host = parts.hostname or ""
    port = parts.port
    named = f"[{host}]" if ":" in host else host
    suffix = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{named}{suffix}"


def same_place(first: str, second: str) -> bool:
    """Whether two registry URLs are the same place: same origin, same path."""
    one, other = _parts(first), _parts(second)
    if one is None or other is None or origin(first) != origin(second):
        return False
    return one.path.rstrip("/") == other.path.rstrip("/")


_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
"""A host's name in ASCII: labels of letters, digits, hyphens and underscores, no empty one."""


def _plain_host(parts: SplitResult) -> str | None:
    """The host, if every library finds the same one; otherwise None.

    Percent signs are decoded by some libraries and not by others, names beyond ASCII are mapped
    by several versions of IDNA, an empty label or a final dot is dropped by some. None of these
    is needed: a name beyond ASCII can be written in its `xn--` form.
    """
    host = (parts.hostname or "").lower()
    if _HOST.fullmatch(host) and len(host) <= 253:
        return host
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        return None


def host_allowed(url: str, allowed: tuple[str, ...]) -> bool:
    """Whether the host of `url` is one of `name`, `name:port`, or `*.domain`.

    `*.domain` matches any name below the domain, but not the domain itself. A host that could be
    read as another one (percent signs, characters beyond ASCII, empty labels, a final dot) does not
    match.
    """
    parts = _parts(url)
    host = None if parts is None else _plain_host(parts)
    if parts is None or host is None:
        return False
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    for entry in allowed:
        pattern = entry.strip().lower()
        if pattern.startswith("*."):
            if len(pattern) > 2 and host.endswith(pattern[1:]):
                return True
        elif pattern in (host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"):
            return True
    return False
